"""Weights from the Hub: what a file is, how large and under which licence, and then the file itself, checked by its sha256.

Where the Hub stores a file in Xet, huggingface_hub fetches it with hf_xet. Mirrors and private Hubs without Xet would be read in one
stream; there hf_transfer fetches a large file in pieces side by side. Either way what is there is not fetched again.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import huggingface_hub as hf
from huggingface_hub import errors as hub_errors
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, and exported in a way that mypy misses
    build_hf_headers,
    hf_raise_for_status,
    httpx,
)

from qagen.engines.embedded.deadlines import pace
from qagen.engines.embedded.gguf import read_gguf
from qagen.engines.embedded.weights import KNOWN, Kept, find, folder, note_of
from qagen.errors import HubBusy, HubError, InputError, WorkspaceError
from qagen.redaction import learn
from qagen.workspace import translate_os_errors

PIECE = 16 * 2**20
"""Bytes of a piece; a file of no more than two pieces is read in one stream."""
_PARALLEL = 8
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_REQUEST_SECONDS = 600.0
"""Seconds that one request may take in all, if hardly any data comes."""
_QUANTS = ("Q4_K_M", "Q4_K_S", "Q5_K_M", "Q4_0", "Q8_0")
"""What is taken where only a repository is named: the usual compromise between size and quality first."""

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Offer:
    """A file of the Hub that could be fetched.

    Attributes:
        revision: the commit.
        license: as the repository's card names it; None where it does not.
        sha256: None where the Hub does not tell it (a file that is not in its large storage).
        parallel: whether it is fetched in pieces by hf_transfer.
        endpoint: the Hub.
        token: goes to the Hub and nowhere else.
    """

    repo: str
    file: str
    revision: str
    size: int
    license: str | None
    sha256: str | None
    parallel: bool
    endpoint: str
    token: str | None = field(repr=False)

    @property
    def url(self) -> str:
        """Where the file lies."""
        return hf.hf_hub_url(self.repo, self.file, revision=self.revision, endpoint=self.endpoint)

    @property
    def path(self) -> Path:
        """Where it will lie."""
        return folder() / self.repo / Path(self.file).name


def look(name: str, *, piece: int = PIECE, endpoint: str | None = None, token: str | None = None) -> Offer:
    """Ask the Hub about a model; fetches nothing.

    Args:
        name: a short name, `owner/repository`, `owner/repository:QUANT` or `owner/repository/file.gguf`.
        piece: bytes of a piece.
        endpoint: the Hub; None takes that of the environment.
        token: None takes that of huggingface_hub's own places.

    Raises:
        InputError: where the name is none of these.
        HubError: where the Hub does not have it, or a choice is needed.
    """
    repo, wanted = _parsed(name)
    token = token or hf.get_token()
    learn(token)
    api = hf.HfApi(endpoint=endpoint, token=token or False, library_name="qagen")
    place = str(api.endpoint)
    with translate_hub_errors(repo, place):
        info = api.model_info(repo, files_metadata=True, timeout=_TIMEOUT.read)
        files = {entry.rfilename: entry for entry in info.siblings or ()}
        file = _chosen(repo, wanted, tuple(path for path in files if path.lower().endswith(".gguf")))
        url = hf.hf_hub_url(repo, file, revision=info.sha, endpoint=place)
        told = hf.get_hf_file_metadata(url, token=token, endpoint=place)
    entry = files[file]
    size = entry.size or told.size or 0
    license_ = getattr(info.card_data, "license", None)
    return Offer(
        repo=repo,
        file=file,
        revision=str(info.sha),
        size=size,
        license=license_ if isinstance(license_, str) else None,
        sha256=entry.lfs.sha256 if entry.lfs else None,
        parallel=told.xet_file_data is None and size > 2 * piece,
        endpoint=place,
        token=token,
    )


def fetch(offer: Offer, *, piece: int = PIECE, progress: Progress = lambda _: None) -> Kept:
    """Fetch a file, or what is missing of it, compare its sha256 and put it into the folder with its note.

    Raises:
        HubError: where it cannot be had, or is not what the Hub says it is.
        WorkspaceError: where the disk has no room for it.
    """
    place = offer.path
    with translate_os_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        if not (place.is_file() and place.stat().st_size == offer.size):
            _refuse_full_disk(offer)
            got = _in_pieces(offer, piece, progress) if offer.parallel else _in_one_stream(offer)
            _verify(got, offer)
            got.replace(place)
        said = {
            "repo": offer.repo,
            "revision": offer.revision,
            "sha256": offer.sha256,
            "license": offer.license,
        }
        note_of(place).write_text(json.dumps(said) + "\n", encoding="utf-8")
    read_gguf(place)
    return find(f"{offer.repo}/{place.name}")


def _parsed(name: str) -> tuple[str, str | None]:
    """Repository and file, quantisation or None."""
    for known in KNOWN:
        if name == known.name:
            return known.repo, known.file
    repo, _, quant = name.partition(":")
    parts = repo.split("/")
    if len(parts) == 2 and all(parts):
        return repo, quant or None
    if len(parts) > 2 and all(parts) and repo.endswith(".gguf"):
        return "/".join(parts[:2]), "/".join(parts[2:])
    raise InputError(
        f"{name!r} is no model's name",
        remedy=f"take one of {', '.join(known.name for known in KNOWN)}, or owner/repository:Q4_K_M, or "
        "owner/repository/file.gguf",
    )


def _chosen(repo: str, wanted: str | None, files: tuple[str, ...]) -> str:
    shown = ", ".join(map(repr, files[:20])) or "no GGUF file at all"
    if wanted in files:
        found = [wanted]
    elif wanted is not None:
        found = [path for path in files if wanted.lower() in path.lower()]
    else:
        found = next(
            (
                [path for path in files if quant in path]
                for quant in _QUANTS
                if any(quant in p for p in files)
            ),
            list(files),
        )
    if any("-of-0" in path for path in found):
        raise HubError(
            f"{repo} has that model in several files, which cannot be fetched",
            remedy="merge them, or take another repository",
        )
    if len(found) != 1:
        what = f"{wanted!r}" if wanted else "one model"
        raise HubError(
            f"{repo} has {shown}, of which {what} does not name one", remedy=f"name it as {repo}/FILE.gguf"
        )
    return str(found[0])


def _in_one_stream(offer: Offer) -> Path:
    """By huggingface_hub, with hf_xet where the Hub has it; goes on where an earlier try stopped."""
    with translate_hub_errors(offer.repo, offer.endpoint):
        found = hf.hf_hub_download(
            offer.repo,
            offer.file,
            revision=offer.revision,
            local_dir=folder() / ".partial" / offer.repo,
            endpoint=offer.endpoint,
            token=offer.token or False,
        )
    return Path(found)


def _in_pieces(offer: Offer, piece: int, progress: Progress) -> Path:
    part = folder() / ".partial" / offer.repo / f"{offer.revision[:12]}-{Path(offer.file).name}"
    part.parent.mkdir(parents=True, exist_ok=True)
    headers = build_hf_headers(token=offer.token or False, library_name="qagen")
    if not part.exists():
        _transfer(offer.url, part, piece, headers, progress)
    missing = list(_missing(part, offer.size, piece))
    with translate_hub_errors(offer.repo, offer.endpoint), ThreadPoolExecutor(_PARALLEL) as pool:
        for size in pool.map(lambda span: _piece(offer.url, part, span, headers), missing):
            progress(size)
    return part


def _transfer(url: str, part: Path, piece: int, headers: dict[str, str], progress: Progress) -> None:
    """All pieces by hf_transfer; those that it does not get are left to be fetched one by one, with the Hub's own words."""
    asked = {"url": url, "path": str(part), "piece": piece, "parallel": _PARALLEL, "headers": headers}
    with subprocess.Popen(
        [sys.executable, "-m", "qagen.engines.embedded.transfer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps(asked))
            child.stdin.close()
            for line in child.stdout:
                progress(int(line))
        finally:
            child.kill()
    part.touch()


def _missing(part: Path, size: int, piece: int) -> Iterator[tuple[int, int]]:
    """The pieces `[start, end)` that are not there: a hole in the file reads as zeros.

    A piece that really is zeros is fetched once more, which does no harm.
    """
    have = part.stat().st_size
    with part.open("rb") as file:
        for start in range(0, size, piece):
            end = min(start + piece, size)
            file.seek(max(start, end - 4096))
            if have < end or not any(file.read(end - file.tell())):
                yield start, end


def _piece(url: str, part: Path, span: tuple[int, int], headers: dict[str, str]) -> int:
    start, end = span
    session = hf.get_session()
    reply = session.get(
        url, headers={**headers, "Range": f"bytes={start}-{end - 1}"}, follow_redirects=True, timeout=_TIMEOUT
    )
    hf_raise_for_status(reply)
    if reply.status_code != httpx.codes.PARTIAL_CONTENT or len(reply.content) != end - start:
        raise HubError(
            f"{url} does not send parts of a file as they are asked for", remedy="take another mirror"
        )
    with part.open("r+b") as file:
        file.seek(start)
        file.write(reply.content)
    return end - start


def _verify(got: Path, offer: Offer) -> None:
    digest = hashlib.sha256()
    with got.open("rb") as file:
        while data := file.read(2**20):
            digest.update(data)
    size = got.stat().st_size
    if size != offer.size or digest.hexdigest() != (offer.sha256 or digest.hexdigest()):
        got.unlink()
        raise HubError(
            f"{offer.repo}/{offer.file} came with {size:,} bytes and the sha256 {digest.hexdigest()}, and the Hub says "
            f"{offer.size:,} bytes and {offer.sha256}",
            remedy="what came is deleted: fetch it again, or from another mirror",
        )


def _refuse_full_disk(offer: Offer) -> None:
    free = shutil.disk_usage(offer.path.parent).free
    if free < offer.size:
        raise WorkspaceError(
            f"{offer.file} has {offer.size:,} bytes, and {str(offer.path.parent)!r} has {free:,} free",
            remedy="free some, or name another folder with QAGEN_MODELS",
        )


@contextmanager
def translate_hub_errors(what: str, endpoint: str) -> Iterator[None]:
    """Errors of the Hub's client as ours, and a deadline in all for each of its requests."""
    pace(hf.get_session(), _REQUEST_SECONDS)
    try:
        yield
    except hub_errors.GatedRepoError:
        raise HubError(
            f"{what} wants its terms accepted first",
            remedy=f"do so on {endpoint}/{what}, and log in with `hf auth login`",
        ) from None
    except hub_errors.RepositoryNotFoundError:
        raise HubError(
            f"{what} is not on {endpoint}, or cannot be seen with this token",
            remedy="look at the name, or log in with `hf auth login`",
        ) from None
    except hub_errors.OfflineModeIsEnabled:
        raise HubError("HF_HUB_OFFLINE is set, so the Hub cannot be asked", remedy="unset it") from None
    except hub_errors.HfHubHTTPError as error:
        words = " ".join((error.server_message or f"HTTP {error.response.status_code}").split())[:300]
        raise HubError(
            f"{endpoint} turns {what} down ({words})",
            remedy="try again later, or another mirror with HF_ENDPOINT",
        ) from None
    except (httpx.TransportError, hub_errors.LocalEntryNotFoundError) as error:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise HubBusy(
            f"cannot reach {endpoint} ({words})", remedy="what is fetched stays: run it again"
        ) from None
    except OSError as error:
        if error.errno is not None:  # of the disk
            raise
        words = (
            " ".join(str(error).split())[:300] or type(error).__name__
        )  # hf_xet's, whatever happened on the way
        raise HubBusy(
            f"cannot reach {endpoint} ({words})", remedy="what is fetched stays: run it again"
        ) from None
    except (LookupError, TypeError, ValueError) as error:
        words = " ".join(str(error).split())[:300]
        raise HubError(
            f"{endpoint} does not answer about {what} as a Hub does ({type(error).__name__}: {words})",
            remedy="see HF_ENDPOINT",
        ) from None
