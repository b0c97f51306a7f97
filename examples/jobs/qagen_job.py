# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["qagen"]
# ///
"""A build as a job of the Hub: papers from a dataset repository or a mounted folder, the dataset pushed, or a part of the papers filled.

    hf jobs uv run --flavor cpu-upgrade --secrets HF_TOKEN --secrets QAGEN_API_KEY examples/jobs/qagen_job.py \\
        --papers me/papers --push me/papers-qa --license cc-by-4.0 --private \\
        -- --model Qwen/Qwen3-14B --base-url https://models.example.org/v1

    hf jobs uv run ... examples/jobs/qagen_job.py --papers /data/papers --shard 2/8 --work /data/parts/2 -- --model ...

What stands behind `--` goes to `qagen build` as it is. The job starts no model server: name one that it can reach. `--license`,
`--private`, `--yes` and `--allow-extractive` go to `qagen push`. What a push would refuse for want of a licence, a word about the papers'
licences (`--private` or `--yes`), a token or a fitting repository is refused before anything is fetched or built; a repository that is not
there is made at once. Where a push fails all the same, the dataset is in `--out`, which a job's own disk loses: name a mounted folder.

A part needs a `--work` that outlives the job, as a mounted bucket does; `qagen assemble` makes the dataset of all parts. A job that is
stopped and started again with the same `--work` goes on where it was. With `--dry-run` the commands are printed, and nothing is run or
fetched.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from huggingface_hub import snapshot_download

from builder.hub.errors import translate_hub_errors
from builder.hub.hub import Hub
from builder.hub.release import refuse_data_of_others, refuse_public
from qagen.errors import QagenError

UNFINISHED = 3
"""Exit code of a build that made a dataset, though some papers or chunks gave nothing; it is pushed all the same."""


@dataclass(frozen=True)
class Job:
    """What is to be done.

    Attributes:
        papers: a folder, or name/dataset[@revision] on the Hub.
        work: the workspace.
        out: the dataset folder.
        push: what `qagen push` is given behind the folder, the repository first; empty for a part, or where the dataset stays here.
        shard: the part, as in `2/8`.
        options: of `qagen build`.
        dry: only print what would be done.
    """

    papers: str
    work: Path
    out: Path
    push: tuple[str, ...]
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
    parser.add_argument("--license", help="with --push: the dataset's licence as the Hub spells it")
    parser.add_argument("--private", action="store_true", help="with --push: make a new repository private")
    parser.add_argument("--yes", action="store_true", help="with --push: the papers' licences allow it")
    parser.add_argument(
        "--allow-extractive", action="store_true", help="with --push: send records that no model made"
    )
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
    push = _push_of(given, options, parser)
    return Job(given.papers, work, given.out, push, given.shard, tuple(options), given.dry_run)


def _push_of(
    given: argparse.Namespace, options: Sequence[str], parser: argparse.ArgumentParser
) -> tuple[str, ...]:
    """What `qagen push` is given; what it would refuse whatever is built ends the job at once."""
    flags = [f"--{name}" for name in ("private", "yes", "allow-extractive") if vars(given)[name.replace("-", "_")]]  # fmt: skip
    if not given.push:
        if given.license or flags:
            parser.error(f"{', '.join(flags) or '--license'} is for --push, and no repository is named")
        return ()
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", given.push):
        parser.error(f"--push {given.push} is no name of a dataset on the Hub; write it as name/dataset")
    if not given.license:
        parser.error("--push needs a --license, as the Hub spells it, for instance cc-by-4.0")
    if not (given.private or given.yes):
        parser.error("--push needs --private, or --yes where the papers' licences allow that they are public")
    if extractive(options) and not given.allow_extractive:
        parser.error("--push needs --allow-extractive where no model makes the records")
    return (given.push, "--license", given.license, *flags)


def extractive(options: Sequence[str]) -> bool:
    """Whether options of `qagen build` say that no model is asked."""
    return "--engine=extractive" in options or any(
        pair == ("--engine", "extractive") for pair in pairwise(options)
    )


def refuse_push(repo: str, license_: str, *, private: bool) -> None:
    """Ask the Hub what it would have against a push, before hours are spent on what is to be pushed.

    Raises:
        QagenError: where there is no token that may make it, no such licence, or a repository that a push leaves alone.
    """
    hub = Hub()
    hub.user()
    hub.card_is_valid(f"---\nlicense: {license_}\n---\n")
    remote = hub.look(repo)
    if remote is None:
        hub.create(repo, private=private)  # which a token that may not write cannot
        return
    if private:
        refuse_public(repo, remote)
    if remote.head and hub.manifest(repo, remote.head) is None:
        refuse_data_of_others(repo, hub.files(repo, remote.head))


def on_hub(papers: str) -> bool:
    """Whether papers are named that have to be fetched."""
    return not Path(papers).exists() and papers.count("/") == 1 and not papers.startswith((".", "/"))


def fetch(papers: str, folder: Path) -> Path:
    """Fetch the PDFs of a dataset repository, with what `papers.csv` says of them.

    Raises:
        QagenError: where the Hub does not have it, or gives none.
    """
    name, _, revision = papers.partition("@")
    patterns = ["*.[pP][dD][fF]", "*papers.csv"]
    hub = Hub()
    with translate_hub_errors(papers, hub.endpoint):
        snapshot_download(
            name,
            repo_type="dataset",
            revision=revision or None,
            local_dir=folder,
            allow_patterns=patterns,
            endpoint=hub.endpoint,
            token=hub.token,
        )
    return folder


def commands(job: Job, papers: Path) -> list[list[str]]:
    """What is run, in order."""
    build = ["qagen", "build", str(papers), "--work", str(job.work), *job.options]
    if job.shard:
        return [[*build, "--shard", job.shard]]
    made = [[*build, "--out", str(job.out)]]
    return [*made, ["qagen", "push", str(job.out), *job.push]] if job.push else made


def main(arguments: Sequence[str]) -> int:
    """Do it; gives the exit code of the first command that failed, else of the build."""
    job = job_of(arguments)
    try:
        return done(job)
    except QagenError as error:
        print(f"error: nothing is built: {error}", file=sys.stderr)
        return 1


def beside_python() -> dict[str, str]:
    """The environment in which `qagen` is the one beside the Python that runs this, wherever its folder is on the path."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }


def done(job: Job) -> int:
    """Do what a job says; gives the exit code.

    Raises:
        QagenError: where something speaks against it before anything is built.
    """
    if job.push and not job.dry:
        repo, _, license_, *flags = job.push
        refuse_push(repo, license_, private="--private" in flags)
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
            code = 0 if job.dry else subprocess.run(command, check=False, env=beside_python()).returncode
            if code not in (0, UNFINISHED):
                return code
            ended = ended or code
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
