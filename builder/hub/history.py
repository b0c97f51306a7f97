"""The versions that a repository has, and which of them a new one is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.diffing.version_number import Version, identity
from builder.folder.manifest import Manifest
from builder.hub.hub import Hub
from qagen.errors import HubBusy, HubError


@dataclass(frozen=True, slots=True)
class Published:
    """A version that qagen published: its commit, and its manifest there."""

    version: Version
    commit: str
    made: Manifest

    def fetched(self, hub: Hub, repo: str) -> Path:
        """Its files.

        Raises:
            HubError: where they are not what its manifest says.
        """
        try:
            return hub.fetch(repo, self.commit)
        except HubBusy:
            raise
        except HubError as error:
            raise HubError(
                f"the new version cannot be compared with {self.version.tag}: {error}",
                remedy="if that tag is not a version that `qagen push` made, delete it",
            ) from error


@dataclass(frozen=True, slots=True)
class ReleaseHistory:
    """What came before.

    Attributes:
        greatest: the greatest version among the tags, whoever made it: a new one comes after it.
        ours: the greatest that qagen published: a new one is compared with it.
    """

    greatest: Version | None = None
    ours: Published | None = None


def release_history(hub: Hub, repo: str, tags: Mapping[str, str]) -> ReleaseHistory:
    """Look through the tags, the greatest version first, for one with a manifest of qagen.

    Raises:
        HubError: where the Hub does not tell.
    """
    found = sorted(
        (version for tag in tags if (version := Version.of(tag)) and version.tag == tag), reverse=True
    )
    for version in found:
        commit = hub.commit_of(repo, version.tag)  # an annotated tag is an object of its own
        if (made := hub.manifest(repo, commit)) is not None:
            return ReleaseHistory(found[0], Published(version, commit, made))
    return ReleaseHistory(found[0] if found else None)


def open_request(hub: Hub, repo: str, made: Manifest, version: Version) -> tuple[str, str] | None:
    """The commit and the address of an open pull request that has a version already, or None.

    Args:
        hub: the Hub.
        repo: `name/dataset`.
        made: the manifest of what is to be published.
        version: its number.

    Raises:
        HubError: where the Hub does not tell.
    """
    for reference, url in hub.pull_requests(repo).items():
        commit = hub.commit_of(repo, reference)
        there = hub.manifest(repo, commit)
        if there and there.version == str(version) and identity(there) == identity(made):
            return commit, url
    return None
