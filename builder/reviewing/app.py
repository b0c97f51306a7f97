"""The pages, made on the server: they work without script, which only gives keys to what is there."""

import re
import secrets
import textwrap
from functools import cache
from importlib import resources
from math import ceil
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from builder.folder.review_table import Query
from builder.reviewing.desk import CONFIGS, STATES, Desk, Filter, written_text
from builder.reviewing.guard import PICTURE_POLICY, Guard
from builder.reviewing.numbers import figures
from qagen.errors import InputError, PictureError, QagenError
from qagen.reasons import Reason
from qagen.records import Rejection, sha256
from qagen.reviews import Decision, Verdict

PAGE = 50
"""Rows of a list."""
REASONS = (
    "wrong",
    "not supported by the passage",
    "cannot be understood by itself",
    "unclear question",
    "incomplete answer",
    "trivial",
)
"""Reasons that have a key, 1 to 6; any other is typed."""
_STATIC = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}
_SAID = {
    Verdict.ACCEPT: "Accepted",
    Verdict.REJECT: "Turned down",
    Verdict.EDIT: "Edited",
    Verdict.BRING_BACK: "Brought back",
    Verdict.UNDO: "Taken back",
}
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_DIGITS = 9
"""Of the number of a row or a page, at most."""
_NOTICES = 100
"""Notices that wait for their page, at most."""
_LINE, _LINES = 52, 12
"""Letters of a line, and lines, that stand in place of a picture."""
_PLACE = re.compile(r"[0-9]{1,3}")
"""The number of one of several places of a pair."""
_FIELDS = ("q", "paper", "section", "reason", "kind", "support", "state", "sample")


def make_app(desk: Desk, guard: Guard) -> Starlette:
    """The application."""
    pages = _Pages(desk, guard)
    routes = [
        Route("/", pages.listed, methods=["GET"]),
        Route("/item/{config}/{number}", pages.shown, methods=["GET"]),
        Route("/item/{config}/{number}", pages.decided, methods=["POST"]),
        Route("/undo", pages.undone, methods=["POST"]),
        Route("/figures", pages.counted, methods=["GET"]),
        Route("/picture/{config}/{number}/{page}.svg", pages.drawn, methods=["GET"]),
        Route("/static/{name}", _static, methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
        exception_handlers={QagenError: pages.failed, PermissionError: pages.forbidden, 404: pages.lost},
    )


class _Pages:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk, self._guard = desk, guard
        self._notices: dict[str, str] = {}
        """What is to be said when a page is shown next, by what its address ends with: each tab is told of its own."""

    async def listed(self, request: Request) -> Response:
        return await run_in_threadpool(self._listed, request)

    async def shown(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, request)

    async def counted(self, request: Request) -> Response:
        return await run_in_threadpool(self._counted, request)

    async def drawn(self, request: Request) -> Response:
        return await run_in_threadpool(self._drawn, request)

    async def decided(self, request: Request) -> Response:
        fields = await self._guard.form(request)
        return await run_in_threadpool(self._decided, request, fields)

    async def undone(self, request: Request) -> Response:
        await self._guard.form(request)
        return await run_in_threadpool(self._undone, request)

    # ---- reading

    def _listed(self, request: Request) -> Response:
        config, wanted = _config(request.query_params.get("config", "")), _filter(request.query_params)
        table, found = self._desk.table(config), self._desk.matching(config, wanted)
        last = max(1, ceil(len(found) / PAGE))
        page = min(max(1, _number(request.query_params.get("page", ""), 1)), last)
        rows = table.brief(found[(page - 1) * PAGE : page * PAGE].tolist())
        reviews = self._desk.reviews
        for row in rows:
            name = table.content_ids[row["number"]]
            mine = reviews.of_pair(name).get(self._desk.reviewer) if name else None
            row["state"] = _SAID[mine.verdict] if mine else ""
        nexts = self._desk.matching(config, Filter(wanted.query, wanted.state or "unreviewed", wanted.sample))
        return self._page(
            "list.html.jinja",
            config=config,
            wanted=wanted,
            choices=table.choices,
            rows=rows,
            count=len(found),
            total=len(table),
            page=page,
            last=last,
            first=int(nexts[0]) if len(nexts) else None,
            query=_query(wanted),
            states=STATES,
            told=self._told(request),
        )

    def _shown(self, request: Request, problem: str = "", typed: dict[str, str] | None = None) -> Response:
        config, number = _config(request.path_params["config"]), _of_path(request, "number")
        wanted = _filter(request.query_params)
        item = self._desk.item(config, number)
        before, after, place, count = self._desk.neighbours(config, number, wanted)
        thing = item.thing
        return self._page(
            "item.html.jinja",
            400 if problem else 200,
            item=item,
            thing=thing,
            rejected=isinstance(thing, Rejection),
            config=config,
            wanted=wanted,
            query=_query(wanted),
            before=before,
            after=after,
            place=place,
            count=count,
            told=self._told(request),
            problem=problem,
            typed=typed or {},
            reasons=REASONS,
            meaning=thing.reason.meaning if isinstance(thing, Rejection) else "",
        )

    def _counted(self, request: Request) -> Response:
        del request
        return self._page("figures.html.jinja", figures=figures(self._desk))

    def _drawn(self, request: Request) -> Response:
        config = _config(request.path_params["config"])
        try:
            place = request.query_params.get("place", "0")
            picture, boxes = self._desk.picture(
                config,
                _of_path(request, "number"),
                _of_path(request, "page"),
                int(place) if _PLACE.fullmatch(place) else -1,
            )
        except PictureError as error:
            return self._svg("nopicture.svg.jinja", lines=textwrap.wrap(error.line, _LINE)[:_LINES])
        return self._svg("picture.svg.jinja", picture=picture, boxes=boxes)

    def _svg(self, template: str, **names: Any) -> Response:
        text = _environment().get_template(template).render(**names)
        return Response(text, media_type="image/svg+xml", headers={"Content-Security-Policy": PICTURE_POLICY})

    # ---- writing

    def _decided(self, request: Request, fields: dict[str, str]) -> Response:
        config, number = _config(request.path_params["config"]), _of_path(request, "number")
        wanted = _filter(request.query_params)
        verdict = _verdict(fields)
        item = self._desk.item(config, number)
        if fields.get("id") != item.id:
            raise InputError(
                "the dataset was built anew since this page was made", remedy="go back to the list"
            )
        _, after, _, _ = self._desk.neighbours(config, number, wanted)
        new = (fields.get("question", ""), fields.get("answer", ""))
        reason = fields.get("preset") or fields.get("reason", "")
        try:
            if verdict is Verdict.REJECT and config == "default" and not reason.strip():
                raise InputError(
                    "say why the record is turned down", remedy="take one of the reasons, or write another"
                )
            decision, against = self._desk.decide(config, number, verdict, reason=reason, new=new)
        except InputError as error:
            return self._shown(request, problem=error.line, typed=fields)
        said = _sentence(decision, against)
        if after is None:
            said += " That was the last of these."
            return self._to(f"/?{urlencode({'config': config})}{_query(wanted)}", said)
        return self._to(f"/item/{config}/{after}?{_query(wanted)}", said)

    def _undone(self, request: Request) -> Response:
        last = self._desk.undo()
        if last is None:
            return self._to("/?", "There is nothing to take back.")
        said = f"Taken back: {_SAID[last.verdict].lower()}. Decide again."
        found = self._desk.find(last.id)
        query = _query(_filter(request.query_params))
        return self._to("/?" if found is None else f"/item/{found[0]}/{found[1]}?{query}", said)

    def _to(self, place: str, said: str) -> Response:
        """To another page, which says something once."""
        name = secrets.token_hex(8)
        self._notices[name] = said
        for old in list(self._notices)[:-_NOTICES]:
            self._notices.pop(old, None)
        return RedirectResponse(f"{place}&told={name}", 303)

    def _told(self, request: Request) -> str:
        return self._notices.pop(request.query_params.get("told", ""), "")

    # ---- in common

    def _page(self, template: str, status: int = 200, **names: Any) -> Response:
        text = (
            _environment()
            .get_template(template)
            .render(
                desk=self._desk,
                form_token=self._guard.form_token,
                assets=_asset_tags(),
                said=_SAID,
                **{"told": "", **names},
            )
        )
        return HTMLResponse(text, status)

    async def failed(self, request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, QagenError)
        return self._page("problem.html.jinja", 400, problem=error.line)

    async def forbidden(self, request: Request, error: Exception) -> Response:
        del request
        return PlainTextResponse(f"{error}\n", 403)

    async def lost(self, request: Request, error: Exception) -> Response:
        del request, error
        return self._page("problem.html.jinja", 404, problem="there is no such page; go back to the list")


def _sentence(decision: Decision, against: tuple[str, ...]) -> str:
    said = f"{_SAID[decision.verdict]}{f': {decision.reason}' if decision.reason else ''}."
    if against:
        said += f" The checks object ({'; '.join(against)}), and your word holds."
    return said


def _verdict(fields: dict[str, str]) -> Verdict:
    """What a form decides; a button with a reason on it rejects."""
    said = Verdict.REJECT if fields.get("preset") else fields.get("verdict", "")
    if said not in tuple(Verdict) or said == Verdict.UNDO:
        raise PermissionError("the form does not say what is decided")
    return Verdict(said)


def _config(value: str) -> str:
    return value if value in CONFIGS else CONFIGS[0]


def _number(value: str, otherwise: int) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else otherwise


def _of_path(request: Request, name: str) -> int:
    """A number of the address.

    Raises:
        HTTPException: 404, where it is none that a row or a page can have.
    """
    value = request.path_params[name]
    if not (value.isascii() and value.isdigit() and len(value) <= _DIGITS):
        raise HTTPException(404)
    return int(value)


def _filter(given: Any) -> Filter:
    said = {name: str(given.get(name, ""))[:500] for name in _FIELDS}
    query = Query(said["q"], said["paper"], said["section"], said["reason"], said["kind"], said["support"])
    return Filter(query, said["state"] if said["state"] in STATES else "", said["sample"] == "1")


def _query(wanted: Filter) -> str:
    """A filter as the rest of an address, each part with its `&`; empty where it asks for nothing."""
    query = wanted.query
    values = (
        query.text,
        query.paper,
        query.section,
        query.reason,
        query.kind,
        query.support,
        wanted.state,
        "1" if wanted.sample else "",
    )
    found = urlencode({name: value for name, value in zip(_FIELDS, values, strict=True) if value})
    return f"&{found}" if found else ""


def _visible(value: object) -> object:
    """What a template puts out; controls that turn the direction of a text around are named and not obeyed."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    return value


@cache
def _asset(name: str) -> bytes:
    return (resources.files("builder.reviewing") / "static" / name).read_bytes()


@cache
def _asset_tags() -> dict[str, str]:
    """Name of a file of ours -> what its address ends with, so that a browser takes a new one at once."""
    return {name: sha256(_asset(name))[:12] for name in _STATIC}


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return PlainTextResponse("there is no such file\n", 404)
    return Response(
        _asset(name),
        media_type=_STATIC[name],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("builder.reviewing", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typed"] = written_text
    environment.globals["reason_meanings"] = {reason.value: reason.meaning for reason in Reason}
    return environment
