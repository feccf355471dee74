#!/usr/bin/env bash
# Carry a run to its end by `vllm run-batch`, a round at a time. Started again, it goes on where it stopped.
#
#   causalsynth batch prepare runs/mine --graph asia -n 1000 --model Qwen/Qwen3-8B
#   scripts/vllm_batches.sh runs/mine [options of vllm run-batch, such as --max-model-len 8192]
#
# The model is the one that the run was begun with. RUN_BATCH is the program that answers a file, if not vllm's.
set -euo pipefail

if [ $# -lt 1 ] || [ "$1" = "--help" ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 2
fi
run=$1
shift
read -ra answer <<<"${RUN_BATCH:-vllm run-batch}"

from_json() { python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"; }

# What was answered but not taken in, here or by a run of this script that was killed.
ingest_answers() {
    local answers status
    for answers in "$run"/batch/answers-*.jsonl; do
        [ -e "$answers" ] || continue
        status=0
        causalsynth batch ingest "$run" "$answers" || status=$?
        # 3: not one was answered. They are asked again when this is started again.
        case $status in 0 | 3) mv "$answers" "${answers%.jsonl}.ingested" ;; esac
        [ "$status" = 0 ] || exit "$status"
    done
}

ingest_answers
while :; do
    prepared=$(causalsynth batch prepare "$run" --json)
    model=$(from_json 'it["model"]' <<<"$prepared")
    mapfile -t requests < <(from_json '"\n".join(it["files"])' <<<"$prepared")
    if [ -z "${requests[0]}" ]; then
        echo "$run: every record is finished"
        exit 0
    fi
    for file in "${requests[@]}"; do
        answers=${file/requests-/answers-}
        "${answer[@]}" -i "$file" -o "$answers.part" --model "$model" "$@"
        mv "$answers.part" "$answers"
    done
    ingest_answers
done
