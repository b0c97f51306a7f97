#!/bin/bash
# A part of the papers for each task of an array, each with a vLLM of its own:
#
#     export PAPERS=$SCRATCH/papers WORK=$SCRATCH/parts MODEL=Qwen/Qwen3-14B
#     fill=$(sbatch --parsable --array=1-64 slurm.sh)
#     sbatch --dependency="afterok:$fill" --export=ALL,PARTS=64,OUT="$SCRATCH/dataset" slurm_assemble.sh
#
# A task that was killed, lost its node or ran out of time is queued again (`sbatch --array=7,12 slurm.sh` with PARTS=64): it goes on from
# what its workspace has. OPTIONS are further options of qagen, the same for all tasks and for the dataset.
#SBATCH --job-name=qagen
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=8
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
: "${PAPERS:?the folder of PDFs}" "${WORK:?the folder of workspaces}" "${MODEL:?the model}"
parts=${PARTS:-$SLURM_ARRAY_TASK_COUNT}
part=$SLURM_ARRAY_TASK_ID
port=${PORT:-$((20000 + ${SLURM_JOB_ID:-0} % 20000))} # tasks of one node do not meet
read -ra options <<< "${OPTIONS:-}"

vllm serve "$MODEL" --host 127.0.0.1 --port "$port" &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/v1/models"; do
    kill -0 "$server" 2> /dev/null || { echo "vLLM ended before it answered" >&2; exit 1; }
    sleep "${POLL:-5}"
done

status=0
qagen build "$PAPERS" --shard "$part/$parts" --work "$WORK/part-$part" --model "$MODEL" \
    --base-url "http://127.0.0.1:$port/v1" ${options[@]+"${options[@]}"} || status=$?
# 3: the part is done, though some papers or chunks gave nothing; its receipt says which.
[ "$status" -eq 3 ] || exit "$status"
