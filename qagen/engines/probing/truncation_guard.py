"""The server engine with an eye on its prompts: whether they reach the model whole.

Before the first call of a run a prompt as long as its longest is tried, where the server does not say that it is long enough or is not
known to refuse one that is not; a run that makes no call tries nothing. During the run an answer for which the server counted far
fewer tokens than we sent is an alarm: the trial is made again, and where it confirms the cut the answer is thrown away.
"""

import asyncio
from collections.abc import Callable

from qagen.engines.presets import sampling
from qagen.engines.probing.probe import (
    CHARS_PER_TOKEN,
    Reach,
    characters,
    is_alarming,
    probe_head,
    share_read,
)
from qagen.engines.probing.server_info import ServerInfo, ask_server_info
from qagen.engines.server.engine import ServerEngine
from qagen.engines.server.host import Failed, Host
from qagen.errors import NoAnswer, PromptTruncated
from qagen.records import Completion, Request
from qagen.settings import AskSettings

_FEWEST_CHARS_PER_TOKEN = 2.0
"""Of text full of formulas: a context that holds the longest prompt even so needs no trial."""

_CLEARLY_LESS = 0.8
"""So much of the smallest share that a trial cleared, or less, is another alarm; there can be some twenty of them at most."""


class TruncationGuard:
    """Asks a server engine, and raises where prompts are cut.

    Args:
        server: is asked.
        settings: how the model is sampled.
        model: whose prompts they are.
        longest: characters of the longest prompt of the run.
        note: tells a person what a server's context is too short for.
    """

    def __init__(
        self,
        server: ServerEngine,
        settings: AskSettings,
        model: str,
        longest: int,
        note: Callable[[str], None],
    ) -> None:
        self._server = server
        self._settings = settings
        self._model = model
        self._longest = longest
        self._note = note
        self._cleared = 0
        self._least = 1.0
        """The smallest share of a prompt's tokens that a server counted and a trial cleared."""
        self._looked = False
        self._one = asyncio.Lock()

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
        return self._server.limit

    async def idle(self) -> None:
        """Wait until a call could be sent at once."""
        await self._server.idle()

    async def ask(self, request: Request, *, held: bool = False) -> Completion:
        """As the server engine, but for an answer to half a prompt.

        Raises:
            PromptTruncated: where the server cuts prompts of this length; nothing of its answer is kept.
            EngineError: as the server engine.
        """
        async with self._one:
            if not self._looked:
                await self._look()
                self._looked = True
        completion = await self._server.ask(request, held=held)
        try:
            await self._examine(request, completion)
        except BaseException:  # whatever it is, the answer is thrown away
            if held:
                self._server.mark_persisted()
            raise
        return completion

    def mark_persisted(self) -> None:
        """Free the slot of an answer that `ask` held."""
        self._server.mark_persisted()

    async def _examine(self, request: Request, completion: Completion) -> None:
        if is_alarming(request, completion):
            async with self._one:
                # Some servers do not count what they had in their cache; a trial clears all alarms about prompts that are no
                # longer, unless the server counts clearly less than it did then: its context may have shrunk since.
                share = share_read(request, completion)
                if characters(request) > self._cleared or share < _CLEARLY_LESS * self._least:
                    await self._try(self._server.hosts, self._longest)
                    self._cleared = max(self._longest, characters(request))
                    self._least = min(self._least, share)

    async def _look(self) -> None:
        doubtful = []
        for host in self._server.hosts:
            facts = await ask_server_info(host.http, host.url, self._model)
            room = sampling(self._settings, self._model).max_tokens
            prompt = round(self._longest / CHARS_PER_TOKEN)
            if facts.context is not None and facts.context < prompt + room:
                self._note(too_short(host.url, facts, prompt, room))
            if not (facts.refuses_long_prompts or _holds(facts, self._longest)):
                doubtful.append(host)
        await self._try(doubtful, self._longest)

    async def _try(self, hosts: "tuple[Host, ...] | list[Host]", length: int) -> None:
        for host in hosts:
            facts = await ask_server_info(host.http, host.url, self._model)

            async def ask(request: Request, host: Host = host) -> Completion:
                return await host.complete(request, self._settings.timeout)

            try:
                arrival = await probe_head(ask, self._settings, self._model, length)
            except (Failed, NoAnswer) as error:
                self._note(
                    f"whether {host.url!r} reads a prompt of {length:,} characters whole is not known: {error}"
                )
                continue
            if arrival.reach is Reach.CUT:
                said = "does not count them" if arrival.counted is None else f"read {arrival.counted:,}"
                raise PromptTruncated(
                    f"the server at {host.url!r} cuts prompts without a word: of one of about {arrival.expected:,} tokens the model "
                    f"did not see the beginning, and the server {said}",
                    remedy=remedy(facts.kind, arrival.expected, self._room),
                )
            if arrival.reach is Reach.UNCLEAR:
                self._note(
                    f"{self._model!r} could not say back a code word, so that only the server's count tells that prompts arrive whole"
                )

    @property
    def _room(self) -> int:
        return sampling(self._settings, self._model).max_tokens


def _holds(facts: ServerInfo, length: int) -> bool:
    return facts.context is not None and facts.context >= length / _FEWEST_CHARS_PER_TOKEN


def too_short(url: str, facts: ServerInfo, prompt: int, room: int) -> str:
    """What a context holds not, with the remedy."""
    return (
        f"the server at {url!r} gives a call {facts.context:,} tokens, and a prompt of about {prompt:,} with an answer of up to "
        f"{room:,} takes more, so that answers may break off; {remedy(facts.kind, prompt, room)}"
    )


def remedy(kind: str | None, prompt: int, room: int) -> str:
    """How a server of a kind is given enough context."""
    need = -(-(prompt + room) // 1024) * 1024
    ways = {
        "Ollama": f"start it as `OLLAMA_CONTEXT_LENGTH={need} ollama serve`",
        "llama.cpp": f"start it with `-c {need}` times the slots of `-np`, or [embedded] context = {need}",
        "vLLM": f"start it with `--max-model-len {need}`",
        "SGLang": f"start it with `--context-length {need}`",
        "LM Studio": f"load the model with a context length of {need}",
    }
    known = ways.get(kind or "", f"give it a context of {need} tokens (Ollama: OLLAMA_CONTEXT_LENGTH={need})")
    return f"{known}, or lower max_tokens or --chunk-chars"
