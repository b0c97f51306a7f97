"""The Hub, as far as qagen uses it: what is there, one commit, one tag, and files that are what their manifest says.

huggingface_hub does the talking. Added are time limits on its requests, which have none; errors in one line that
never hold a token; and the difference between what is worth another try and what is not.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import huggingface_hub as hf
from huggingface_hub import errors as hub_errors
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, and exported in a way that mypy misses
    build_hf_headers,
    disable_progress_bars,
    hf_raise_for_status,
    httpx,
)

from builder.folder import manifest
from builder.folder.manifest import Manifest
from builder.hub.errors import error_line, translate_hub_errors
from qagen.engines.embedded.deadlines import pace
from qagen.errors import DatasetError, HubError
from qagen.redaction import learn, learn_environment, learn_url, redact

MAIN = "main"
_KIND = "dataset"
_TIMEOUT = httpx.Timeout(300.0, connect=15.0)
"""Seconds that one request may stand still; the Hub itself needs minutes for a commit of many files."""
_REQUEST_SECONDS = 600.0
"""Seconds that one request may take in all, if hardly any data comes or goes."""
_REQUESTS = 50
"""Open pull requests that are looked at."""
_BATCH = 64
"""Files that are uploaded before the next ones are looked at."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What a repository looks like.

    Attributes:
        private: whether others cannot see it.
        head: the branch's commit; None where the branch is not there.
        tags: tag -> commit.
    """

    private: bool
    head: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a commit: its size in bytes, the sha256 of its content where the Hub tells it (large files), and git's blob id."""

    size: int
    sha256: str | None
    blob_id: str


class Hub:
    """The Hub that `HF_ENDPOINT` names, with the token of huggingface_hub's own places."""

    def __init__(
        self, *, endpoint: str | None = None, token: str | None = None, cache: Path | None = None
    ) -> None:
        """Ask nobody yet.

        Args:
            endpoint: another than that of the environment.
            token: another than that of huggingface_hub's own places.
            cache: the folder for what is fetched; None takes that of huggingface_hub.
        """
        self._api = hf.HfApi(endpoint=endpoint, token=token, library_name="qagen")
        learn_environment()
        learn(token or hf.get_token())
        learn_url(self.endpoint)
        self._cache = cache
        if not sys.stderr.isatty():
            disable_progress_bars()

    @property
    def endpoint(self) -> str:
        """The Hub's address."""
        return str(self._api.endpoint)

    @property
    def token(self) -> str | bool | None:
        """The token that was given; None where huggingface_hub's own places are asked."""
        return self._api.token

    def user(self) -> str:
        """Whose token it is.

        Raises:
            HubError: without a token, or with one that the Hub does not know.
        """
        with self._told("the Hub"):
            return str(self._api.whoami()["name"])

    def look(self, repo: str, branch: str = MAIN) -> Remote | None:
        """What is there; None where the repository is not, or cannot be seen with this token."""
        with self._told(repo):
            try:
                info = self._api.repo_info(repo, repo_type=_KIND)
                refs = self._api.list_repo_refs(repo, repo_type=_KIND)
            except hub_errors.GatedRepoError:
                raise
            except hub_errors.RepositoryNotFoundError:
                return None
        heads = {ref.name: ref.target_commit for ref in refs.branches}
        tags = {ref.name: ref.target_commit for ref in refs.tags}
        return Remote(bool(info.private), heads.get(branch), tags)

    def create(self, repo: str, *, private: bool) -> None:
        """Make the repository; one that is there stays as it is."""
        with self._told(repo):
            self._api.create_repo(repo, repo_type=_KIND, private=private, exist_ok=True)

    def branch(self, repo: str, name: str) -> None:
        """Make a branch at the head of main."""
        with self._told(repo):
            self._api.create_branch(repo, branch=name, repo_type=_KIND, exist_ok=True)

    def commit_of(self, repo: str, revision: str) -> str:
        """The commit that a branch, tag or shortened hash names."""
        with self._told(f"{repo}@{revision}"):
            return str(self._api.repo_info(repo, repo_type=_KIND, revision=revision).sha)

    def files(self, repo: str, commit: str) -> dict[str, RemoteFile]:
        """All files of a commit."""
        with self._told(f"{repo}@{commit}"):
            entries = self._api.list_repo_tree(repo, repo_type=_KIND, revision=commit, recursive=True)
            return {
                entry.path: RemoteFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
                for entry in entries
                if isinstance(entry, hf.RepoFile)
            }

    def manifest(self, repo: str, commit: str) -> Manifest | None:
        """The manifest of a commit; None where it has none of qagen, or a damaged one."""
        text = self.text(repo, commit, manifest.FILE)
        return None if text is None else manifest.of_text(text)

    def text(self, repo: str, commit: str, path: str) -> str | None:
        """A small file of a commit; None where it is not there."""
        with self._told(f"{repo}@{commit}"):
            try:
                found = self._api.hf_hub_download(
                    repo, path, repo_type=_KIND, revision=commit, cache_dir=self._cache
                )
            except hub_errors.EntryNotFoundError:
                return None
            return Path(found).read_text(encoding="utf-8", errors="replace")

    def fetch(self, repo: str, revision: str, *, cache: Path | None = None) -> Path:
        """Fetch a version, and compare every file with its manifest.

        Args:
            repo: `name/dataset`.
            revision: a tag, a branch or a commit; what it names is looked up first, and fetched by commit.
            cache: a folder for this fetch only.

        Returns:
            The folder, inside the cache.

        Raises:
            HubError: where it cannot be had, has no manifest, or other bytes than that says, twice.
        """
        commit = self.commit_of(repo, revision)
        if self.manifest(repo, commit) is None:
            raise HubError(
                f"{repo}@{revision} has no {manifest.FILE} of qagen, so that its files cannot be compared with anything",
                remedy="name a version that `qagen push` published",
            )
        faults: list[str] = []
        for again in (False, True):
            folder = self._snapshot(repo, commit, cache, again=again)
            value = manifest.read(folder)
            faults = list(manifest.faults(folder, value))
            if not faults:
                return folder
        raise HubError(
            f"{repo}@{revision} is not what its manifest says, also when fetched again: {faults[0]}"
            f"{f', and {len(faults) - 1} more' if len(faults) > 1 else ''}",
            remedy="do not use it, and tell its publisher",
        )

    def _snapshot(self, repo: str, commit: str, cache: Path | None, *, again: bool) -> Path:
        with self._told(f"{repo}@{commit}"):
            found = self._api.snapshot_download(
                repo, repo_type=_KIND, revision=commit, cache_dir=cache or self._cache, force_download=again
            )
        return Path(found)

    def commit(
        self,
        repo: str,
        *,
        adds: Mapping[str, Path],
        deletes: Iterable[str],
        message: str,
        branch: str,
        parent: str,
        pull_request: bool = False,
        sums: Mapping[str, str] | None = None,
    ) -> tuple[str, str | None]:
        """One commit on top of `parent`, or none.

        Args:
            repo: `name/dataset`.
            adds: path in the repository -> file here.
            deletes: paths that go.
            message: the commit's first line.
            branch: where it goes.
            parent: the commit that the branch has to be at.
            pull_request: whether it goes into a pull request instead.
            sums: path in the repository -> sha256 that the file has to have when it is sent.

        Returns:
            The commit, and the pull request's address where there is one.

        Raises:
            HubBusy: where the branch has moved on, or the Hub could not answer; the commit may have landed.
            HubError: where the Hub refuses it.
            DatasetError: where a file is not what `sums` says; nothing was committed.
        """
        with self._told(repo):
            files = [hf.CommitOperationAdd(path, str(place)) for path, place in adds.items()]
            for first in range(0, len(files), _BATCH):
                self._api.preupload_lfs_files(
                    repo,
                    files[first : first + _BATCH],
                    repo_type=_KIND,
                    revision=branch,
                    free_memory=False,
                    create_pr=pull_request,
                )
            for file in files:
                _refuse_changed(file, (sums or {}).get(file.path_in_repo))
            made = self._api.create_commit(
                repo,
                [*files, *(hf.CommitOperationDelete(path, is_folder=False) for path in deletes)],
                commit_message=message,
                repo_type=_KIND,
                revision=branch,
                parent_commit=parent,
                create_pr=pull_request,
            )
        return made.oid, made.pr_url

    def pull_requests(self, repo: str) -> dict[str, str]:
        """The open pull requests: reference -> address, the newest first."""
        with self._told(repo):
            found = self._api.get_repo_discussions(
                repo, repo_type=_KIND, discussion_type="pull_request", discussion_status="open"
            )
            latest = sorted(islice(found, _REQUESTS), key=lambda one: -one.num)
            return {str(one.git_reference): one.url for one in latest}

    def tag(self, repo: str, name: str, commit: str, message: str) -> None:
        """Give a commit an annotated tag.

        Raises:
            HubBusy: where the tag is there by now, or the Hub could not answer; the tag may have landed.
        """
        with self._told(repo):
            self._api.create_tag(repo, tag=name, tag_message=message, revision=commit, repo_type=_KIND)

    def card_is_valid(self, card: str) -> None:
        """Have the Hub look at a card's header before anything is sent.

        Raises:
            HubError: with what the Hub does not take, for instance its list of licences.
        """
        # The client's own method for this always asks huggingface.co, whatever the endpoint is.
        with self._told("the card"):
            response = hf.get_session().post(
                f"{self.endpoint}/api/validate-yaml",
                json={"content": card, "repoType": _KIND},
                headers=build_hf_headers(token=self._api.token),
            )
            if response.status_code == httpx.codes.BAD_REQUEST:
                raise HubError(
                    f"{redact(self.endpoint)} does not take the card: {_complaints(response)}",
                    remedy="name another licence with --license, or correct what it names",
                )
            hf_raise_for_status(response)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Time limits on the shared client, and errors of its libraries as ours."""
        session = hf.get_session()
        session.timeout = _TIMEOUT
        pace(session, _REQUEST_SECONDS)
        with translate_hub_errors(what, redact(self.endpoint)):
            yield


def _refuse_changed(file: hf.CommitOperationAdd, wanted: str | None) -> None:
    """The hash is that of the bytes that were uploaded; a build may have replaced the file since the manifest was read."""
    if wanted is not None and file.upload_info.sha256.hex() != wanted:
        raise DatasetError(
            f"{file.path_in_repo} changed while it was being published; nothing was committed",
            "push again",
            ": ",
        )


def _complaints(response: httpx.Response) -> str:
    try:
        return error_line("; ".join(str(error["message"]) for error in response.json()["errors"]))
    except (ValueError, LookupError, TypeError):
        return error_line(response.text)
