"""What is to be built from what, and how its records are to be made: the model resolved, the sample chosen."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qagen import convert
from qagen.engines.presets import sampling
from qagen.errors import SettingsError
from qagen.pipeline import Recipe, body_chunks, is_asked
from qagen.prompts import load_prompt
from qagen.records import Document, Paper, sha256
from qagen.settings import API_KEY_VARIABLE, Settings
from qagen.workspace import Workspace

if TYPE_CHECKING:
    from qagen.engines.server import ServerEngine


@dataclass(frozen=True)
class Choice:
    """Which papers and chunks of those found: the first `limit` papers, `sample` chunks; None for all."""

    limit: int | None = None
    sample: int | None = None


EVERYTHING = Choice()
"""All papers and all chunks."""


@dataclass(frozen=True)
class Order:
    """What is to be built from what."""

    papers: Sequence[Paper]
    workspace: Workspace
    settings: Settings
    choice: Choice
    offline: bool


def recipe_of(order: Order) -> Recipe:
    """How the records of an order are to be made; asks a server which model it has, where the settings leave that open.

    Raises:
        QagenError: where the build could not begin.
    """

    async def resolved() -> Recipe:
        if not needs_server(order):
            return await resolved_recipe(order, None)
        async with server_of(order.settings) as server:
            return await resolved_recipe(order, server)

    return asyncio.run(resolved())


def choose_chunks(order: Order, recipe: Recipe) -> Recipe:
    """The recipe with the sample of chunks that the order wants, out of the papers that are converted.

    Those whose hash is smallest: the same ones for every prompt and model, whatever the order of the papers.
    """
    if order.choice.sample is None:
        return recipe
    fingerprint = convert.fingerprint(order.settings.convert)
    ranked = []
    for paper in order.papers:
        document = convert.load(order.workspace.conversion(paper.sha256, fingerprint), paper.sha256)
        if isinstance(document, Document):
            ranked += [
                (sha256(f"{paper.sha256} {chunk.text}"), (paper.sha256, chunk.index))
                for chunk in body_chunks(document, order.settings)
                if is_asked(chunk, paper, recipe)
            ]
    return replace(recipe, sample=frozenset(key for _, key in sorted(ranked)[: order.choice.sample]))


def needs_server(order: Order) -> bool:
    """Whether the order makes calls."""
    return order.settings.ask.engine != "extractive" and not order.offline


def server_of(settings: Settings, note: Callable[[str], None] | None = None) -> "ServerEngine":
    """The servers that the settings name, with the key from the environment; `note` tells a person how they fare."""
    from qagen.engines.server import ServerEngine

    return ServerEngine(settings.ask, api_key=os.environ.get(API_KEY_VARIABLE), note=note)


async def digests_of(settings: Settings, model: str) -> list[str | None]:
    """What each server that the settings name says of a model's weights; None where it does not say."""
    from qagen.engines.identity import digest_of

    key = os.environ.get(API_KEY_VARIABLE)
    return [await digest_of(url, model, api_key=key) for url in settings.ask.base_url]


async def resolved_recipe(order: Order, server: "ServerEngine | None") -> Recipe:
    """With the model resolved before anything is converted, so that a wrong name or sampling costs nothing."""
    ask = order.settings.ask
    if ask.engine == "extractive":
        return Recipe(order.settings, "extractive")
    prompt = load_prompt(ask.prompt)
    rules = tuple(load_prompt(rule.prompt) for rule in order.settings.rules)
    if server is not None:
        model = await server.resolve_model()
        sampling(ask, model)
        return Recipe(order.settings, "server", model, prompt, rules=rules)
    if ask.model is None:
        raise SettingsError(
            "--offline cannot ask a server which model it has; name the model whose answers are in the ledger with --model"
        )
    return Recipe(order.settings, "server", ask.model, prompt, rules=rules)
