"""What the Hub's libraries raise, as one line for a person that never holds a token, and whether another try is worth it."""

import json
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import errors as hub_errors
from huggingface_hub.utils import httpx  # httpx2 from its second version on

from qagen.errors import HubBusy, HubError
from qagen.redaction import redact
from qagen.terminal import printable_line

_AGAIN = frozenset({408, 409, 412, 425, 429, 500, 502, 503, 504})
_TOKEN = re.compile(r"hf_\w+")
_OF_AN_ANSWER = re.compile(r"improperly formatted|malformed", re.IGNORECASE)
"""What the client says of a Hub's answer that it checked; its other ValueErrors are of what it was given."""
_OF_XET = re.compile(r"\((?P<status>[45]\d\d)\b[^)]*\).*/xet-\w+-token/", re.DOTALL)


@contextmanager
def translate_hub_errors(what: str, endpoint: str) -> Iterator[None]:
    """Turn the errors of huggingface_hub, its transport and hf_xet into ours.

    Args:
        what: was asked about or sent.
        endpoint: the Hub's address.

    Raises:
        HubBusy: where another try is worth it.
        HubError: where it is not.
    """
    try:
        yield
    except (hub_errors.LocalTokenNotFoundError, hub_errors.OfflineModeIsEnabled) as error:
        raise _not_asked(error, endpoint) from None
    except hub_errors.HfHubHTTPError as error:
        raise _by_hub(error, what, endpoint) from None
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise HubError(
            f"{endpoint!r} is no address of a Hub", remedy="correct HF_ENDPOINT, or unset it"
        ) from None
    except (httpx.TransportError, hub_errors.LocalEntryNotFoundError) as error:
        raise _unreachable(endpoint, error) from None
    except OSError as error:
        raise _by_xet(error, what, endpoint) if error.errno is None else _by_disk(error) from None
    except RuntimeError as error:
        raise (_by_transfer(error, what, endpoint) if type(error) is RuntimeError else error) from None
    except (AttributeError, LookupError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise (_unreadable(error, what, endpoint) if _is_over_an_answer(error) else error) from None
    except ValueError as error:
        if _OF_AN_ANSWER.search(str(error)):
            raise _unreadable(error, what, endpoint) from None
        raise HubError(f"{endpoint} does not take {what}: {error_line(error)}") from None


def _not_asked(error: Exception, endpoint: str) -> HubError:
    if isinstance(error, hub_errors.LocalTokenNotFoundError):
        return HubError(f"no token for {endpoint}", "log in with `hf auth login`, or set HF_TOKEN", ": ")
    return HubError("HF_HUB_OFFLINE is set, so the Hub cannot be asked", remedy="unset it")


def error_line(error: object) -> str:
    """An error's text in one line that may be printed, without a secret of ours or anything that looks like a token of the Hub."""
    text = printable_line(" ".join(redact(str(error)).split())) or type(error).__name__
    return _TOKEN.sub("hf_…", text)[:400]


def _is_over_an_answer(error: Exception) -> bool:
    """Whether huggingface_hub, or what calls it here, stumbled: both take an answer's shape for granted."""
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return True
    frame = traceback.extract_tb(error.__traceback__)[-1].filename
    return "huggingface_hub" in Path(frame).parts or Path(frame).name == "hub.py"


def _unreadable(error: Exception, what: str, endpoint: str) -> HubError:
    """What to say of an answer that has another shape than the Hub's; the client raises it while it reads an error, too."""
    cause = error.__context__
    response = cause.response if isinstance(cause, httpx.HTTPStatusError) else None
    if response is None:
        return HubBusy(
            f"{endpoint} gave an answer for {what} that is none ({type(error).__name__}: {error_line(error)})"
        )
    words = f"{endpoint} answers {response.status_code} for {what}: {error_line(response.text)}"
    return HubBusy(words) if response.status_code in _AGAIN else HubError(words)


def _unreachable(endpoint: str, error: object) -> HubBusy:
    return HubBusy(f"cannot reach {endpoint} ({error_line(error)})", remedy="look at the connection")


def _by_hub(error: hub_errors.HfHubHTTPError, what: str, endpoint: str) -> HubError:
    status = error.response.status_code
    said = error_line(error.server_message or error)
    if isinstance(error, hub_errors.RevisionNotFoundError):
        return HubError(
            f"{what} is not on {endpoint}: there is no such version", remedy="`qagen versions` lists them"
        )
    if isinstance(error, hub_errors.RepositoryNotFoundError):
        return HubError(
            f"{what} is not on {endpoint}, or cannot be seen with this token",
            remedy="look at the name, or log in with `hf auth login`",
        )
    if status == 401:
        return HubError(
            f"{endpoint} does not know this token",
            remedy="log in anew with `hf auth login`, or correct HF_TOKEN",
        )
    if status == 403:
        return HubError(
            f"{endpoint} does not let this token change {what}: {said}",
            remedy="use a token with write access to it, from an account that may write there",
        )
    if status in _AGAIN:
        return HubBusy(f"{endpoint} answers {status} for {what}: {said}")
    return HubError(f"{endpoint} answers {status} for {what}: {said}")


def _by_xet(error: OSError, what: str, endpoint: str) -> HubError:
    """hf_xet has Python's own names for everything that may happen on the way, a wrong status too, and no numbers."""
    found = _OF_XET.search(str(error))
    status = int(found["status"]) if found else 0
    if status == 404:
        return HubError(
            f"{endpoint} does not take {what} over Xet ({error_line(error)})",
            remedy="where that Hub has no Xet, set HF_HUB_DISABLE_XET=1",
        )
    if status in (401, 403) or isinstance(error, PermissionError):
        return HubError(
            f"{endpoint} does not let this token change {what}: {error_line(error)}",
            remedy="use a token with write access to it",
        )
    return _unreachable(endpoint, error)


def _by_transfer(error: RuntimeError, what: str, endpoint: str) -> HubError:
    """How the client tells of an upload that failed, with its cause, and hf_xet of itself, without one."""
    cause = error.__cause__
    if isinstance(cause, hub_errors.HfHubHTTPError):
        return _by_hub(cause, what, endpoint)
    if isinstance(cause, httpx.TransportError):
        return _unreachable(endpoint, cause)
    if isinstance(cause, OSError) and cause.errno is not None:
        return _by_disk(cause)
    return HubBusy(f"the transfer of {what} to or from {endpoint} failed ({error_line(cause or error)})")


def _by_disk(error: OSError) -> HubError:
    return HubError(
        f"cannot read or write {str(error.filename or 'a file on this machine')!r}: {error.strerror}",
        remedy="see to that and run it again",
    )
