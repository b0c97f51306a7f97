#!/bin/bash
# The dataset of all parts that slurm.sh has filled. It asks no model; a part that is missing is a line that names it, and no dataset.
#SBATCH --job-name=qagen-assemble
#SBATCH --cpus-per-task=1
#SBATCH --mem=4G
set -euo pipefail
: "${PAPERS:?the folder of PDFs}" "${WORK:?the folder of workspaces}" "${MODEL:?the model}" "${PARTS:?how many parts}" "${OUT:?the dataset folder}"
read -ra options <<< "${OPTIONS:-}"
works=()
for part in $(seq "$PARTS"); do
    works+=(--work "$WORK/part-$part")
done
status=0
qagen assemble "$PAPERS" "${works[@]}" --out "$OUT" --model "$MODEL" ${options[@]+"${options[@]}"} || status=$?
[ "$status" -eq 3 ] || exit "$status"
