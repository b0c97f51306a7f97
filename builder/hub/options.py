"""What publishing is told, what it needs from outside, and what it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from builder.html import code, listing, page, table
from builder.hub.hub import MAIN, Hub

_SHOWN = 20
"""Files that a notebook lists."""
_DIGITS = 12
"""Of a commit, as a notebook shows it."""


@dataclass(frozen=True, slots=True)
class PushOptions:
    """How to publish.

    Attributes:
        license: the Hub's identifier of the dataset's licence.
        version: `auto`, or the version.
        branch: where the commit goes.
        create_pr: into a pull request; then there is no tag before it is merged and pushed again.
        private: whether a new repository is private.
        with_rejected: whether what was turned down goes too.
        allow_extractive: whether records without a model may go.
        yes: go on although licences of papers are unknown or forbid derivatives.
        dry_run: say what would be done, and send nothing.
        deadline: seconds after which no further try is made; in a dry run 5 at most.
    """

    license: str | None = None
    version: str = "auto"
    branch: str = MAIN
    create_pr: bool = False
    private: bool = False
    with_rejected: bool = False
    allow_extractive: bool = False
    yes: bool = False
    dry_run: bool = False
    deadline: float = 600.0


@dataclass(frozen=True, slots=True)
class PushResult:
    """What was published, or would be.

    Attributes:
        repo: `name/dataset`.
        version: the version.
        tag: its tag; None in a pull request.
        commit: the commit; None in a dry run.
        changed: whether this command made the commit or the tag, or would.
        why: why it has this number, or why nothing is to be done.
        changes: what changed since the last version, in short sentences.
        files: path -> bytes of what is new or other in the repository.
        deleted: paths that go.
        kept: paths of others that stay.
        records: records in the version.
        url: where it is.
        pull_request: its address, or None.
    """

    repo: str
    version: str
    tag: str | None
    commit: str | None
    changed: bool
    why: str
    changes: tuple[str, ...]
    files: Mapping[str, int] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    records: int = 0
    url: str = ""
    pull_request: str | None = None

    def _repr_html_(self) -> str:
        if not self.changed and not self.pull_request:
            return page(f"nothing to publish: {self.why}")
        done = "published" if self.commit or self.pull_request else "would be published"
        facts: list[tuple[str, object]] = [("why", self.why), ("records", self.records)]
        facts += [("commit", self.commit[:_DIGITS])] if self.commit else []
        facts += [("page", self.url)]
        facts += [("pull request", self.pull_request)] if self.pull_request else []
        sent = [(path, size) for path, size in list(self.files.items())[:_SHOWN]]
        total = f"{len(self.files):,} files new or other, {sum(self.files.values()):,} bytes"
        load = f"datasets.load_dataset({self.repo!r}, revision={self.tag!r})"
        return page(
            f"{self.repo} {self.version} {done}",
            table(facts),
            listing(self.changes),
            table(sent, ("file", "bytes"), total),
            table([(path,) for path in self.deleted[:_SHOWN]], ("file that goes",)),
            table([(path,) for path in self.kept[:_SHOWN]], ("file of others that stays",)),
            code([load] if self.commit and self.tag else []),
        )


@dataclass(frozen=True, slots=True)
class Landed:
    """Our commit is there; its tag comes in the next try, from what the Hub says."""

    result: PushResult


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody did something meanwhile, `why` says what: what is there has to be looked at again."""

    why: str


Attempt = PushResult | Landed | Overtaken
"""What came of one try: all is done, or what the next one goes on from."""


@dataclass(frozen=True, slots=True)
class PushContext:
    """What publishing needs from outside: the Hub, the date, a clock in seconds, and a way to wait."""

    hub: Hub
    today: date
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
