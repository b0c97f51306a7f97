# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["qagen"]
# ///
"""A build as a job of the Hub: papers from a dataset repository or a mounted folder, the dataset pushed, or a part of the papers filled.

    hf jobs uv run --flavor a100-large --secrets HF_TOKEN examples/jobs/qagen_job.py \\
        --papers me/papers --push me/papers-qa -- --model Qwen/Qwen3-14B --base-url http://127.0.0.1:8000/v1

    hf jobs uv run ... examples/jobs/qagen_job.py --papers /data/papers --shard 2/8 --work /data/work/2 -- --model ...

What stands behind `--` goes to `qagen build` as it is. A part needs a `--work` that outlives the job, as a mounted bucket does; `qagen
assemble` makes the dataset of all parts. A job that is stopped and started again with the same `--work` goes on where it was. With
`--dry-run` the commands are printed, and nothing is run or fetched.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

UNFINISHED = 3
"""Exit code of a build that made a dataset, though some papers or chunks gave nothing; it is pushed all the same."""


@dataclass(frozen=True)
class Job:
    """What is to be done.

    Attributes:
        papers: a folder, or name/dataset[@revision] on the Hub.
        work: the workspace.
        out: the dataset folder.
        push: the repository that the dataset is pushed to; None for a part, or where it stays here.
        shard: the part, as in `2/8`.
        options: of `qagen build`.
        dry: only print what would be done.
    """

    papers: str
    work: Path
    out: Path
    push: str | None
    shard: str | None
    options: tuple[str, ...]
    dry: bool


def job_of(arguments: Sequence[str]) -> Job:
    """Read the command line; what cannot be ends it with a line and the exit code 2."""
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    own, options = arguments[:end], arguments[end + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", required=True, help="a folder, or name/dataset[@revision] on the Hub")
    parser.add_argument("--push", help="the repository for the dataset")
    parser.add_argument("--shard", help="only the part I/N; fills --work, and pushes nothing")
    parser.add_argument(
        "--work", type=Path, help="the workspace; with --shard on a disk that outlives the job"
    )
    parser.add_argument("--out", type=Path, default=Path("dataset"), help="the dataset folder")
    parser.add_argument("--dry-run", action="store_true", help="print the commands only")
    given = parser.parse_args(own)
    if given.shard and given.push:
        parser.error(
            "--push is for the whole dataset, and --shard fills a workspace for a part of its papers"
        )
    if given.shard and given.work is None:
        parser.error("--shard needs a --work that outlives the job, such as a mounted bucket")
    work = given.work or Path(".qagen")
    return Job(given.papers, work, given.out, given.push, given.shard, tuple(options), given.dry_run)


def on_hub(papers: str) -> bool:
    """Whether papers are named that have to be fetched."""
    return not Path(papers).exists() and papers.count("/") == 1 and not papers.startswith((".", "/"))


def fetch(papers: str, folder: Path) -> Path:
    """Fetch the PDFs of a dataset repository, with what `papers.csv` says of them."""
    from huggingface_hub import snapshot_download

    name, _, revision = papers.partition("@")
    patterns = ["*.pdf", "*.PDF", "*papers.csv"]
    snapshot_download(name, repo_type="dataset", revision=revision or None, local_dir=folder, allow_patterns=patterns)  # fmt: skip
    return folder


def commands(job: Job, papers: Path) -> list[list[str]]:
    """What is run, in order."""
    build = ["qagen", "build", str(papers), "--work", str(job.work), *job.options]
    if job.shard:
        return [[*build, "--shard", job.shard]]
    made = [[*build, "--out", str(job.out)]]
    return [*made, ["qagen", "push", str(job.out), job.push]] if job.push else made


def main(arguments: Sequence[str]) -> int:
    """Do it; gives the exit code of the first command that failed, else of the build."""
    job = job_of(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        papers = Path(job.papers)
        if on_hub(job.papers):
            papers = Path(scratch) / "papers"
            if job.dry:
                print(f"# fetch the PDFs of {job.papers} to {papers}")
            else:
                fetch(job.papers, papers)
        ended = 0
        for command in commands(job, papers):
            print(shlex.join(command), flush=True)
            code = 0 if job.dry else subprocess.run(command, check=False).returncode
            if code not in (0, UNFINISHED):
                return code
            ended = ended or code
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
