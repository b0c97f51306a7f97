"""One try to publish: what is there, what a version is made of, and sending it."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from builder.card import card
from builder.card.texts import CARD, texts
from builder.diffing import version_number
from builder.diffing.diff import Diff, diff
from builder.diffing.version_number import Columns, Version
from builder.folder import manifest, read
from builder.folder.manifest import Manifest
from builder.folder.manifest_parts import ReleaseNote
from builder.folder.retraction_notices import refuse_retracted, with_retracted
from builder.folder.schema import CONFIGS
from builder.folder.trainers import CONTRASTING
from builder.hub.history import Published, ReleaseHistory, open_request, release_history
from builder.hub.hub import Remote, RemoteFile
from builder.hub.licenses import doubtful
from builder.hub.options import Attempt, Landed, Overtaken, PushContext, PushOptions, PushResult
from qagen.errors import DatasetError, HubBusy, HubError
from qagen.redaction import redact

_OURS = ("data/", "prompts/", "plots/")
_DATA = (".parquet", ".arrow", ".jsonl", ".csv")
_NAMED_PAPERS = 10


class Release:
    """One try: what is there, what is to be sent, and sending it."""

    def __init__(
        self,
        folder: Path,
        stage: Path,
        repo: str,
        made: Manifest,
        options: PushOptions,
        context: PushContext,
    ) -> None:
        self.folder, self.stage, self.repo, self.options = folder, stage, repo, options
        self.hub, self.context = context.hub, context
        self.made = published(made, with_rejected=options.with_rejected)

    def attempt(self, mine: str | None) -> Attempt:
        """Look, and do what is left to be done.

        Args:
            mine: the commit that an earlier try made.

        Raises:
            HubBusy: where the Hub could not answer, or the branch has moved on since it was looked at.
            HubError: where the Hub refuses.
            DatasetError: where the dataset or what is asked for does not fit what is there.
        """
        remote = self._remote()
        if remote is None or remote.head is None:
            if not self.options.dry_run:
                return Overtaken(f"{self.repo} was made just now")
            remote = Remote(self.options.private, None, {})
        self._refuse_doubtful(public=not remote.private)
        history = release_history(self.hub, self.repo, remote.tags)
        if history.ours:
            refuse_retracted(self.made, history.ours.made)
            self.made = with_retracted(self.made, history.ours.made)
        if remote.head and (done := self._untagged(remote, remote.head, mine)):
            return done
        if history.ours and version_number.identity(history.ours.made) == version_number.identity(self.made):
            return self._same(history.ours, mine)
        return self._send(remote, history)

    def _remote(self) -> Remote | None:
        """What is there; a repository or branch that is not, is made, unless nothing is to be sent."""
        remote = self.hub.look(self.repo, self.options.branch)
        if remote is not None and self.options.private:
            refuse_public(self.repo, remote)
        if remote is None and not self.options.dry_run:
            self._refuse_doubtful(public=not self.options.private)
            first = self._publication(version_number.FIRST, ())
            self.hub.card_is_valid(card.render(self.folder, self.made, first))
            self.hub.create(self.repo, private=self.options.private)
            return self.hub.look(self.repo, self.options.branch)
        if remote is not None and remote.head is None and not self.options.dry_run:
            self.hub.branch(self.repo, self.options.branch)
            return self.hub.look(self.repo, self.options.branch)
        return remote

    def _refuse_doubtful(self, *, public: bool) -> None:
        found = doubtful(self.made.papers)
        if found and public and not self.options.yes:
            named = "; ".join(f"{file}: {why}" for file, why in found[:_NAMED_PAPERS])
            more = f"; and {len(found) - _NAMED_PAPERS} more" if len(found) > _NAMED_PAPERS else ""
            raise DatasetError(
                f"{len(found)} of the papers have no licence that allows this for sure ({named}{more})",
                remedy="publish with --private, or with --yes if you have made sure that you may",
            )

    def _untagged(self, remote: Remote, head: str, mine: str | None) -> Attempt | None:
        """Give a whole commit of qagen at the head the tag that it lacks; None where there is none to give.

        Another publisher's too: it is a release that waits for its tag, and ours comes after it.
        """
        there = self.hub.manifest(self.repo, head)
        version = Version.of(there.version or "") if there else None
        if there is None or version is None or version.tag in remote.tags:
            return None
        if head != mine and not self._is_whole(head):
            return None
        ours = version_number.identity(there) == version_number.identity(self.made)
        if self.options.dry_run:
            return (
                self._pushed(
                    version, None, version_number.changes_of(there), "its commit is there and lacks its tag"
                )
                if ours
                else None
            )
        if self.options.create_pr and not ours:
            return None
        self.hub.tag(self.repo, version.tag, head, f"Version {version}")
        if not ours:
            return Overtaken(f"{self.repo} got version {version} from somebody else just now")
        why = "its commit was there and lacked its tag" if head != mine else there.why or ""
        return self._pushed(version, head, version_number.changes_of(there), why)

    def _is_whole(self, commit: str) -> bool:
        """Whether a commit has just the files that its manifest says; somebody may have changed one by hand."""
        try:
            self.hub.fetch(self.repo, commit)
        except HubBusy:
            raise
        except HubError:
            return False
        return True

    def _same(self, last: Published, mine: str | None) -> PushResult:
        done = self._pushed(
            last.version, last.commit, version_number.changes_of(last.made), last.made.why or ""
        )
        if last.commit == mine:
            return done
        return self._pushed_before(last, "the same as {}")

    def _pushed_before(self, last: Published, why: str) -> PushResult:
        done = self._pushed(last.version, last.commit, version_number.changes_of(last.made), "")
        return replace(done, changed=False, why=f"{why.format(last.version.tag)}, which is published")

    def _is_news(self, changes: Diff, columns: Columns, before: Manifest) -> bool:
        asked = version_number.parse_version(self.options.version) is not None
        return asked or version_number.is_news(changes, columns, before, self.made)

    def _pushed(self, version: Version, commit: str | None, changes: tuple[str, ...], why: str) -> PushResult:
        return PushResult(
            self.repo,
            str(version),
            version.tag,
            commit,
            changed=True,
            why=why,
            changes=changes,
            records=self.made.records,
            url=f"{self.hub.endpoint}/datasets/{self.repo}",
        )

    def _send(self, remote: Remote, history: ReleaseHistory) -> PushResult | Landed:
        before = history.ours.fetched(self.hub, self.repo) if history.ours else None
        changes, columns = self._changes(before)
        if history.ours and changes and not self._is_news(changes, columns, history.ours.made):
            return self._pushed_before(history.ours, "but for names of files and the base, the same as {}")
        version, why = version_number.next_version(history.greatest, changes, columns)
        version, why = self._wanted(version, why, remote, history.greatest)
        if lost := self._lost_number(remote):
            why = f"{why}; it was committed as {lost} before, and somebody else took the tag {lost.tag}"
        sentences = version_number.describe_changes(changes, columns)
        if self.options.create_pr and remote.head and (done := self._requested(version, sentences)):
            return done
        adds = self._tree(before, version, why, sentences, changes)
        there = self.hub.files(self.repo, remote.head) if remote.head else {}
        deletes, kept = self._others(remote, there, adds, history)
        new = {
            path: place.stat().st_size
            for path, place in adds.items()
            if not _is_there(there.get(path), place)
        }
        plan = PushResult(
            self.repo, str(version), None if self.options.create_pr else version.tag, None, True, why, sentences, new,
            deletes, kept, self.made.records, f"{self.hub.endpoint}/datasets/{self.repo}",
        )  # fmt: skip
        self.hub.card_is_valid(adds[CARD].read_text(encoding="utf-8"))
        if self.options.dry_run or remote.head is None:
            return plan
        commit, pull_request = self.hub.commit(
            self.repo,
            adds=adds,
            deletes=deletes,
            message=f"Version {version}: {'; '.join(sentences)}"[:200],
            branch=self.options.branch,
            parent=remote.head,
            pull_request=self.options.create_pr,
            sums={path: self.made.files[path].sha256 for path in adds if path.startswith(_OURS)},
        )
        if self.options.create_pr:
            return replace(plan, commit=commit, pull_request=pull_request)
        self.context.say(
            f"version {version} is committed, {sum(new.values()):,} bytes in {len(new)} files; its tag is next"
        )
        return Landed(replace(plan, commit=commit))

    def _lost_number(self, remote: Remote) -> Version | None:
        """The number that the head says of this very version, if a tag of somebody else has it; None otherwise.

        Manifest, card and change log say the number, so that another one needs a commit of its own; data is not sent again.
        """
        there = self.hub.manifest(self.repo, remote.head) if remote.head else None
        version = Version.of(there.version or "") if there else None
        if there is None or version is None or version.tag not in remote.tags:
            return None
        return version if version_number.identity(there) == version_number.identity(self.made) else None

    def _requested(self, version: Version, sentences: tuple[str, ...]) -> PushResult | None:
        """An open pull request that has the version already: one whose response was lost, or of an earlier push."""
        found = open_request(self.hub, self.repo, self.made, version)
        if found is None:
            return None
        why = f"the pull request {found[1]} has it and is open; push again once it is merged"
        return replace(
            self._pushed(version, found[0], sentences, why),
            tag=None,
            changed=False,
            pull_request=found[1],
        )

    def _changes(self, before: Path | None) -> tuple[Diff | None, Columns]:
        if before is None:
            return None, Columns()
        there = {config: read.columns(before, config) for config in CONFIGS}
        sent = {config: read.columns(self.folder, config) for config in self.made.configs}
        return diff(before, self.folder), Columns.between(there, sent)

    def _wanted(self, auto: Version, why: str, remote: Remote, last: Version | None) -> tuple[Version, str]:
        chosen = version_number.parse_version(self.options.version)
        if chosen is None:
            return auto, why
        if chosen.tag in remote.tags:
            raise DatasetError(
                f"{self.repo} has {chosen.tag} already, with something else in it",
                remedy=f"a version never changes: name a new one, or let --version auto take {auto}",
            )
        if last is not None and chosen < last:
            raise DatasetError(
                f"{chosen} is before the last version of {self.repo}, {last}", remedy="name a later one"
            )
        return chosen, f"asked for; {auto} by meaning: {why}"

    def _publication(self, version: Version, listed: tuple[ReleaseNote, ...]) -> card.Publication:
        return card.Publication(
            self.repo, str(version), self.made.license or "", listed,
            date=self.context.today.isoformat(), endpoint=redact(self.hub.endpoint),
        )  # fmt: skip

    def _tree(
        self,
        before: Path | None,
        version: Version,
        why: str,
        sentences: tuple[str, ...],
        changes: Diff | None,
    ) -> dict[str, Path]:
        """All files of the version: path in the repository -> file here."""
        earlier = manifest.read(before) if before else None
        listed = version_number.releases(earlier, version, sentences)
        log = before / version_number.CHANGELOG if before else None
        entry = version_number.entry(version, self.context.today.isoformat(), why, sentences, changes)
        publication = self._publication(version, listed)
        written = {
            **texts(self.folder, self.made, self.made.files, publication),
            version_number.CHANGELOG: version_number.changelog(
                log.read_text(encoding="utf-8") if log and log.is_file() else None, entry
            ),
        }
        tree = {name: self._staged(name) for name in self.made.files if name.startswith(_OURS)}
        for name, text in written.items():
            tree[name] = self.stage / name
            tree[name].write_text(text, encoding="utf-8", newline="\n")
        listing = {name: self.made.files[name] for name in tree if name not in written}
        for name in written:
            listing[name] = manifest.file_entry(tree[name])
        told = [asdict(one) for one in listed]
        value = self.made.having(version=str(version), why=why, releases=told)
        tree[manifest.FILE] = manifest.write_listed(self.stage, value, dict(sorted(listing.items())))
        return tree

    def _staged(self, name: str) -> Path:
        """A file as it is sent: small ones as a copy, since a build may replace the folder meanwhile.

        Data stays where it is, since a copy of it may not fit anywhere; its hash is compared when it is uploaded.
        """
        place = self.folder / name
        if name.startswith("data/"):
            return place
        copy = self.stage / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(place, copy)
        except FileNotFoundError:
            raise DatasetError(
                f"{name} is gone from {str(self.folder)!r} while it was being published", remedy="push again"
            ) from None
        return copy

    def _others(
        self,
        remote: Remote,
        there: Mapping[str, RemoteFile],
        adds: Mapping[str, Path],
        history: ReleaseHistory,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Paths that go, and paths of others that stay.

        What qagen published goes, as does everything in its folders and a script that `datasets` would take for a loader.
        """
        if remote.head is None:
            return (), ()
        earlier = self.hub.manifest(self.repo, remote.head) or (history.ours.made if history.ours else None)
        if earlier is None:
            refuse_data_of_others(self.repo, there)
        published = set(earlier.files) if earlier else set()
        script = f"{self.repo.split('/')[1]}.py"
        goes = {
            path for path in there if path in published or path.startswith(_OURS) or path == script
        } - set(adds)
        return tuple(sorted(goes)), tuple(sorted(set(there) - goes - set(adds)))


def refuse_public(repo: str, remote: Remote) -> None:
    """Refuse to take a repository that is there for a private one.

    Raises:
        DatasetError: where it is public.
    """
    if not remote.private:
        raise DatasetError(
            f"{repo} is there and public, and --private makes new repositories only",
            remedy="make it private on its page, or leave --private out",
        )


def refuse_data_of_others(repo: str, files: Iterable[str]) -> None:
    """Refuse to publish beside rows that nobody knows, where qagen has published nothing yet.

    Raises:
        DatasetError: where `datasets` would read rows from one of the files.
    """
    if any(path.endswith(_DATA) for path in files):
        raise DatasetError(
            f"{repo} holds data that qagen did not publish, and is left alone",
            remedy="name another, or take the data out first",
        )


TURNED_DOWN = (*sorted(CONTRASTING), "rejected")
"""Configs that hold what was turned down."""


def published(made: Manifest, *, with_rejected: bool) -> Manifest:
    """The manifest without what is not sent."""
    if with_rejected:
        return made
    stays = tuple(f"data/{config}/" for config in TURNED_DOWN)
    sent = made.having(
        configs={name: rows for name, rows in made.configs.items() if name not in TURNED_DOWN},
        files={name: file.as_json() for name, file in made.files.items() if not name.startswith(stays)},
    )
    if made.num_bytes is None:
        return sent
    return sent.having(
        num_bytes={name: sizes for name, sizes in made.num_bytes.items() if name not in TURNED_DOWN}
    )


def _is_there(remote: RemoteFile | None, place: Path) -> bool:
    """Whether the repository has the very file, as far as it tells."""
    if remote is None or remote.size != place.stat().st_size:
        return False
    if remote.sha256 is not None:
        return remote.sha256 == manifest.digest(place)
    return remote.blob_id == _blob_id(place.read_bytes())


def _blob_id(content: bytes) -> str:
    """What git knows a file by that is not stored apart: the SHA-1 of its size and content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
