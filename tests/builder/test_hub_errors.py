"""What the libraries that talk to the Hub raise, as a user sees it."""

import errno

import pytest
from huggingface_hub.utils import httpx

from builder.hub.errors import translate_hub_errors
from qagen.errors import HubBusy, HubError

HUB = "http://127.0.0.1:9"
TOKEN_PAGE = f"domain: {HUB}/api/datasets/org/qa/xet-write-token/main"


def raised(error: Exception) -> Exception:
    with pytest.raises(Exception) as caught, translate_hub_errors("org/qa", HUB):  # noqa: PT011 -- the class is what is tested
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        ConnectionError(
            f"Network error: Request error: HTTP status client error (404 Not Found), {TOKEN_PAGE}"
        ),
        ConnectionError(
            f"Network error: Request error: HTTP status client error (403 Forbidden), {TOKEN_PAGE}"
        ),
        PermissionError("Authentication error: the token has expired"),
    ],
)
def test_what_xet_refuses_for_good_is_not_tried_again(error):
    found = raised(error)
    assert type(found) is HubError
    assert ("HF_HUB_DISABLE_XET=1" in str(found)) == ("404" in str(error))
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionError(
            f"Server error: Request error: HTTP status server error (503 Service Unavailable), {TOKEN_PAGE}"
        ),
        ConnectionError("Network error: error sending request for url (https://cas/v1/xorbs/404)"),
        TimeoutError("Timeout: the server did not answer"),
        RuntimeError("Internal error: data integrity, hf_secretsecret"),
        httpx.ReadError(""),
    ],
)
def test_what_breaks_on_the_way_is_worth_another_try_and_shows_no_token(error):
    found = raised(error)
    assert type(found) is HubBusy
    assert HUB in str(found)
    assert "hf_secret" not in str(found)


def test_a_full_disk_is_no_fault_of_the_hub():
    full = OSError(errno.ENOSPC, "No space left on device", "/cache/blob")
    failed = RuntimeError("Error while uploading 'a.parquet' to the Hub.")
    failed.__cause__ = full
    for error in (full, failed):
        found = raised(error)
        assert type(found) is HubError
        assert str(found) == (
            "cannot read or write '/cache/blob': No space left on device; see to that and run it again"
        )


def test_a_bug_keeps_its_traceback():
    for error in (RecursionError("deep"), KeyError("x")):
        assert raised(error) is error


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol("no protocol"), httpx.InvalidURL("no port")])
def test_an_address_that_is_none_is_not_tried_again(error):
    found = raised(error)
    assert type(found) is HubError
    assert str(found) == f"{HUB!r} is no address of a Hub; correct HF_ENDPOINT, or unset it"
