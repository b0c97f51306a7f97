"""Who may read and write, and what a browser may do with what it is given.

The server listens on the loopback interface, where every program and every page in a browser can reach it. So:

* a request names the very address that is listened on, so that no other name that leads here (DNS rebinding) is served;
* reading takes a cookie, which is got with the token that is printed, and which no other site's request carries (SameSite=Strict);
* writing takes a second secret out of the page itself, and the browser's word that the page is ours (Origin, Sec-Fetch-Site);
* a page may load nothing but from here and runs no script but our own file.
"""

import secrets
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

MOST_BYTES = 200_000
"""Of what a form may send."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PICTURE_POLICY = "default-src 'none'; img-src data:; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with none at all, the browser would not say where a form comes from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_WAY_IN = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>qagen review</title>"
    "<link rel='icon' href='/static/icon.svg'>"
    "<meta http-equiv='refresh' content='0;url=/'></head><body><p><a href='/'>Go on to the review</a></p></body></html>"
)


class Guard:
    """The secrets of one run, and what they open.

    Args:
        port: that is listened on.
        make: makes a secret.
    """

    def __init__(self, port: int, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> None:
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self.cookie = f"qagen-review-{port}"
        self.token, self.form_token = make(), make()
        self._session = make()

    async def __call__(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Serve a request, or say why not."""
        response = self._refusal(request) or await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse("this address is not served here\n", 421)
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("only GET and POST\n", 405)
        if request.url.path.startswith("/static/"):
            return None
        given = request.query_params.get("token")
        if given is not None and request.url.path == "/" and request.method == "GET":
            return self._let_in(given)
        held = request.cookies.get(self.cookie, "")
        if not compare_digest(held.encode(), self._session.encode()):
            return PlainTextResponse("open the address that `qagen review` printed, with its token\n", 403)
        return self._forged(request) if request.method == "POST" else None

    def _let_in(self, given: str) -> Response:
        """The cookie for the token, and a page that leads on to an address without it."""
        if not compare_digest(given.encode(), self.token.encode()):
            return PlainTextResponse(
                "the token is not that of this run: open the address that it printed\n", 403
            )
        # No redirect: where a link on another site's page led here, the browser would not send the cookie along.
        response = HTMLResponse(_WAY_IN)
        response.set_cookie(self.cookie, self._session, httponly=True, samesite="strict", path="/")
        return response

    def _forged(self, request: Request) -> Response | None:
        origin = request.headers.get("origin")
        if origin is not None and origin != f"http://{request.headers['host'].lower()}":
            return PlainTextResponse("another site's page may not write here\n", 403)
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("another site's page may not write here\n", 403)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return PlainTextResponse("only forms are taken\n", 415)
        return None

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form that one of our pages sent.

        Raises:
            PermissionError: where it is too long, or was not one of ours.
        """
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise PermissionError("the form is too long")
        try:
            found = parse_qs(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=50, errors="replace"
            )
        except ValueError:
            raise PermissionError("the form cannot be read") from None
        fields = {name: values[-1] for name, values in found.items()}
        if not compare_digest(fields.pop("form_token", "").encode(), self.form_token.encode()):
            raise PermissionError("the page is of an earlier run: load it again")
        return fields
