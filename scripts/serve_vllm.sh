#!/usr/bin/env bash
# Serve a model with vLLM the way that `causalsynth generate` uses it best, and say with which command it is used.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/serve_vllm.sh MODEL [options] [-- further vLLM options]

Serves MODEL (a folder, or a name on the model hub) with vLLM's OpenAI-compatible server.

  --name NAME            name that it is served under [MODEL's last part]
  --host HOST            address to listen on [127.0.0.1; 0.0.0.0 lets other machines in]
  --port PORT            [8000]
  --gpus N               GPUs to use [all that nvidia-smi lists]
  --replicas N           copies of the model, each on GPUS / N of them [1]
  --max-model-len N      longest prompt and answer together, in tokens [8192]
  --max-num-seqs N       requests computed at once; the others queue [256]
  --memory SHARE         of each GPU's memory to take [0.90]
  --python PYTHON        an environment's Python that has vLLM [$VLLM_PYTHON, or python3]
  --cpu                  no GPU: vLLM's CPU build, for tests and tiny models
  --dry-run              print what would be run
  --help

Rules of thumb, 16-bit weights on GPUs of 80 GB: 8 billion parameters on 1 (with 4 GPUs, --replicas 4); 32 billion on 2;
70 billion on 4 (on 2 with --max-model-len 4096 --memory 0.95, or with an FP8 or AWQ copy of the weights).
Most of a prompt of CausalSynth (3,600 characters for asia, 17,900 for alarm) is the same for every record of a run.
Prefix caching computes it once.
TEXT
}

fail() {
  echo "serve_vllm.sh: $1" >&2
  exit 2
}

number() {
  [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 $2: not a whole number from 1"
}

model="" name="" host=127.0.0.1 port=8000 gpus="" replicas=1 longest=8192 sequences=256 memory=0.90
python=${VLLM_PYTHON:-python3} cpu=false dry=false further=()

while (($#)); do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --cpu) cpu=true && shift && continue ;;
    --dry-run) dry=true && shift && continue ;;
    --)
      shift
      further=("$@")
      break
      ;;
    --*) (($# > 1)) || fail "$1 needs a value (see --help)" ;;
    *)
      [[ -z $model ]] || fail "one model only: $model or $1 (see --help)"
      model=$1
      shift
      continue
      ;;
  esac
  case $1 in
    --name) name=$2 ;;
    --host) host=$2 ;;
    --port) number "$1" "$2" && port=$2 ;;
    --gpus) number "$1" "$2" && gpus=$2 ;;
    --replicas) number "$1" "$2" && replicas=$2 ;;
    --max-model-len) number "$1" "$2" && longest=$2 ;;
    --max-num-seqs) number "$1" "$2" && sequences=$2 ;;
    --memory) memory=$2 ;;
    --python) python=$2 ;;
    *) fail "$1: no such option (see --help)" ;;
  esac
  shift 2
done

[[ -n $model ]] || fail "which model? (see --help)"
name=${name:-$(basename "$model")}

flags=(
  --model "$model" --served-model-name "$name" --host "$host" --port "$port"
  --max-model-len "$longest" --max-num-seqs "$sequences" --enable-prefix-caching
  # Edits as JSON without white space: fewer tokens, and a weak model can't spend all of them on it.
  --structured-outputs-config '{"backend": "xgrammar", "disable_any_whitespace": true}'
)
if $cpu; then
  # One process, eager, and no binding of threads to cores: small machines and containers have few of them.
  # Prompts whole: for a part of one, vLLM 0.32 rewinds its seed's generator, which can't be done on a CPU, and ends.
  flags+=(--enforce-eager --dtype bfloat16 --no-enable-chunked-prefill)
  settings=(VLLM_CPU_KVCACHE_SPACE="${VLLM_CPU_KVCACHE_SPACE:-1}" VLLM_CPU_OMP_THREADS_BIND=nobind
    OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}")
else
  if [[ -z $gpus ]]; then
    gpus=$(nvidia-smi --list-gpus 2>/dev/null | grep -c '^GPU' || true)
    ((gpus > 0)) || fail "no GPU found: give --gpus N, or --cpu for a tiny model"
  fi
  ((gpus >= replicas)) || fail "--replicas $replicas on $gpus GPUs: at most one copy a GPU"
  # Attention heads are divided among the GPUs of a copy; their number is nearly always a multiple of a power of two.
  each=1
  while ((each * 2 * replicas <= gpus)); do each=$((each * 2)); done
  flags+=(--tensor-parallel-size "$each" --gpu-memory-utilization "$memory")
  ((replicas == 1)) || flags+=(--data-parallel-size "$replicas")
  ((each * replicas == gpus)) || echo "Note: $((each * replicas)) of $gpus GPUs are used (a power of two a copy)." >&2
  settings=()
fi
settings+=(VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1)
[[ ! -d $model ]] || settings+=(HF_HUB_OFFLINE=1)

# /metrics is on by default, and `causalsynth generate` reads the queue's length from it.
reached=$host
[[ $host != 0.0.0.0 ]] || reached=$(hostname)
answer=$((longest / 4 < 1024 ? longest / 4 : 1024))
cat >&2 <<TEXT
Once it serves, write texts with:

  causalsynth generate asia -n 100 --realizer openai --base-url http://$reached:$port/v1 --model $(printf %q "$name") \\
    --concurrency 8-$((sequences * replicas)) --max-tokens $answer

TEXT

command=(env "${settings[@]}" "$python" -m vllm.entrypoints.openai.api_server "${flags[@]}" ${further[@]+"${further[@]}"})
if $dry; then
  printf '%q ' "${command[@]}"
  echo
  exit 0
fi
exec "${command[@]}"
