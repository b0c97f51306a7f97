"""`qagen models`: weights for the embedded engine."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from builder.commands import options as o
from qagen.cli.app import say
from qagen.errors import InputError
from qagen.terminal import tell

if TYPE_CHECKING:
    from qagen.engines.embedded.pull import Offer
    from qagen.engines.embedded.weights import Kept
    from qagen.grounding.pull import Offer as EntailmentOffer
    from qagen.grounding.weights import Kept as EntailmentKept

app = typer.Typer(
    no_args_is_help=True, help="Weights for the embedded engine, and entailment models: list, fetch, remove."
)

Entailment = Annotated[
    bool, typer.Option("--grounding", help="Entailment models, which `--grounding` of build and check names.")
]

_GB = 10**9


@app.command("list", epilog="Example: qagen models list")
def list_models(grounding: Entailment = False, as_json: o.AsJson = False) -> None:
    """List the models that are here, and those that are known by a short name."""
    if grounding:
        _list_entailment(as_json)
        return
    from qagen.engines.embedded.memory import total_memory
    from qagen.engines.embedded.weights import KNOWN, folder, installed_models, suggestion

    memory = total_memory()
    here, default = installed_models(), suggestion(memory)
    if as_json:
        known = [{**asdict(one), "suggested": one == default} for one in KNOWN]
        say(
            json.dumps(
                {
                    "folder": str(folder()),
                    "memory": memory,
                    "here": [_told(one) for one in here],
                    "known": known,
                },
                sort_keys=True,
            )
        )
        return
    say(f"here        {len(here)} in {str(folder())!r}")
    for model in here:
        say(
            f"  {model.name}  {model.size / _GB:.2f} GB, licence {model.license or 'not known'}, from {model.repo}"
        )
    say(
        f"known       this machine has {f'{memory / 2**30:.0f} GiB of memory' if memory else 'an unknown memory'}"
    )
    for one in KNOWN:
        mark = "  <- for this machine" if one == default else ""
        say(f"  {one.name:<11} {one.about}; from {one.memory or 4} GiB on; {one.repo}{mark}")
    say(
        "fetch one with `qagen models pull NAME`; any GGUF of the Hub as owner/repository:Q4_K_M or owner/repository/file.gguf"
    )


@app.command(epilog="Example: qagen models pull r1-7b")
def pull(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A known name, owner/repository:QUANT or owner/repository/file.gguf; without, what suits this machine."
        ),
    ] = None,
    to: Annotated[
        Literal["ollama"] | None,
        typer.Option("--to", help="Make it known to the Ollama on this machine too."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch without asking.")] = False,
    grounding: Entailment = False,
    as_json: o.AsJson = False,
) -> None:
    """Fetch a model's weights from the Hub, after showing their size and licence."""
    if grounding:
        _pull_entailment(name, yes=yes, as_json=as_json)
        return
    from qagen.engines.embedded.engine import CONTEXT
    from qagen.engines.embedded.memory import total_memory
    from qagen.engines.embedded.ollama import hand_over
    from qagen.engines.embedded.pull import fetch, look
    from qagen.engines.embedded.weights import suggestion

    offer = look(name or suggestion(total_memory()).name)
    for line in _shown(offer):
        tell(line)
    if not (yes or (offer.path.exists() and offer.path.stat().st_size == offer.size)):
        _ask()
    model = fetch(offer, progress=_Progress(offer.size))
    other = hand_over(model, CONTEXT) if to == "ollama" else None
    if as_json:
        say(json.dumps({**_told(model), "ollama": other}, sort_keys=True))
        return
    say(f"here        {model.name}: {model.path}")
    if other:
        say(f"ollama      {other}, with a context of {CONTEXT} tokens")
        say(f"            qagen build papers/ --out dataset/ --model {other}")
    else:
        say(f"            qagen build papers/ --out dataset/ --engine embedded --model {model.name}")


@app.command(epilog="Example: qagen models rm r1-7b")
def rm(
    name: Annotated[str, typer.Argument(help="A name of `qagen models list`.")],
    grounding: Entailment = False,
    as_json: o.AsJson = False,
) -> None:
    """Delete a model's weights."""
    if grounding:
        from qagen.grounding import weights

        told = _entailment(weights.find(name))
        gone = weights.remove(name)
        say(json.dumps(told, sort_keys=True) if as_json else f"deleted     {gone.name}: {gone.place}")
        return
    from qagen.engines.embedded.weights import remove

    model = remove(name)
    say(
        json.dumps(_told(model), sort_keys=True)
        if as_json
        else f"deleted     {model.path} ({model.size / _GB:.2f} GB)"
    )


def _list_entailment(as_json: bool) -> None:
    from qagen.engines.embedded.weights import folder
    from qagen.grounding.weights import KNOWN, installed_models

    here = [_entailment(model) for model in installed_models()]
    if as_json:
        known = [asdict(one) for one in KNOWN]
        say(
            json.dumps(
                {"folder": str(folder()), "here": [asdict(one) for one in here], "known": known},
                sort_keys=True,
            )
        )
        return
    say(f"here        {len(here)} in {str(folder())!r}")
    for model in here:
        say(
            f"  {model.name}  {model.size / _GB:.2f} GB, licence {model.license or 'not known'}, {model.sha256[:12]}"
        )
    say("known")
    for one in KNOWN:
        say(f"  {one.name:<11} {one.about}; {one.repo}")
    say(
        "fetch one with `qagen models pull --grounding NAME`; any ONNX file of the Hub as owner/repository/file.onnx"
    )


def _pull_entailment(name: str | None, *, yes: bool, as_json: bool) -> None:
    from qagen.grounding.pull import fetch, look
    from qagen.grounding.weights import KNOWN

    offer = look(name or KNOWN[0].name)
    for line in _shown(offer):
        tell(line)
    if not (yes or offer.is_here):
        _ask()
    model = fetch(offer)
    if as_json:
        say(json.dumps(asdict(_entailment(model)), sort_keys=True))
        return
    say(f"here        {model.name}: {model.place}")
    say(f"            qagen build papers/ --out dataset/ --grounding {offer.name}")


@dataclass(frozen=True, slots=True)
class _EntailmentModel:
    """An entailment model that is here; its size is in bytes."""

    name: str
    place: str
    size: int
    sha256: str
    license: str | None


def _entailment(model: "EntailmentKept") -> _EntailmentModel:
    from qagen.grounding.weights import licence_of

    size = sum(file.stat().st_size for file in model.place.iterdir() if file.is_file())
    return _EntailmentModel(model.name, str(model.place), size, model.identity, licence_of(model))


def _shown(offer: "Offer | EntailmentOffer") -> Iterator[str]:
    yield f"model       {offer.repo}/{offer.file}, revision {offer.revision[:12]}"
    yield f"size        {offer.size / _GB:.2f} GB ({offer.size:,} bytes)"
    yield f"licence     {offer.license or 'not named by its card; look at its page before you use it'}"
    yield f"to          {offer.path}"


def _ask() -> None:
    if not sys.stdin.isatty():
        raise InputError("nobody is there to say yes to this download", remedy="say it with --yes")
    if not typer.confirm("fetch it?", err=True):
        raise typer.Exit(1)


class _Progress:
    """A line for every tenth of a download."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._got = 0

    def __call__(self, size: int) -> None:
        before = 10 * self._got // self._size
        self._got += size
        if 10 * self._got // self._size > before:
            tell(f"fetched     {self._got / _GB:.2f} of {self._size / _GB:.2f} GB")


def _told(model: "Kept") -> dict[str, object]:
    return {**asdict(model), "path": str(model.path)}
