"""An entailment model in the process: ONNX weights on one core, one claim at a time.

One at a time, since weights in int8 scale their inputs by what is in a batch together: a score would hang on a claim's company, and a
kept one could not be had again. Nothing else in qagen imports the runtime or the tokenizers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from math import exp
from pathlib import Path
from typing import Any

from qagen.errors import ModelMissing, SettingsError
from qagen.grounding.weights import CONFIG, TOKENIZER, WEIGHTS, Kept
from qagen.grounding.windows import Claim
from qagen.records import canonical_json, sha256

_RUNTIME = ("onnxruntime", "tokenizers")
DECIMALS = 3
"""Of a score: the last bits differ between processors."""
_MOST_TOKENS = 512
_SUPPORTED = frozenset(
    {"entailment", "entailed", "supported", "support", "consistent", "grounded", "label_1"}
)
"""What the label that speaks for a claim is called; the last where labels have no names, as MiniCheck's."""
_INVENTED = frozenset({"hallucinated", "hallucination", "unsupported", "label_1"})
"""The same of models that mark single tokens, for the label that speaks against them."""
_PER_TOKEN = 3
"""Dimensions of what a model says that marks tokens: claims, tokens, labels."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a claim is written for a model: two texts with the names `question`, `sentence` and `window` in braces.

    Attributes:
        tokens: of both together; the longer one is cut.
    """

    first: str
    second: str
    tokens: int

    def texts(self, claim: Claim) -> tuple[str, str]:
        """The two texts."""
        parts = {"question": claim.question, "sentence": claim.sentence, "window": claim.window}
        return _filled(self.first, parts), _filled(self.second, parts)


def _filled(form: str, parts: dict[str, str]) -> str:
    """A form with its names replaced; braces in a paper's text mean nothing."""
    for name in parts:
        form = form.replace(f"{{{name}}}", f"\0{name}\0")
    pieces = form.split("\0")
    return "".join(parts.get(piece, piece) for piece in pieces)


def runtime(name: str) -> str:
    """What runs the model of a name, with versions.

    Raises:
        SettingsError: where it is not installed.
    """
    if missing := [package for package in _RUNTIME if find_spec(package) is None]:
        raise SettingsError(
            f"the entailment model {name!r} needs {' and '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed",
            remedy="install what it needs with: pip install 'qagen[grounding]', or do without with --grounding off",
        )
    return ", ".join(f"{package} {version(package)}" for package in _RUNTIME)


class EntailmentModel:
    """Scores claims: 1 where the window bears the sentence out, 0 where it does not."""

    def __init__(self, kept: Kept) -> None:
        """Read the files of a model.

        Raises:
            SettingsError: where the runtime is not installed.
            ModelMissing: where the files are no model that it can run.
        """
        self.runtime = runtime(kept.name)
        import numpy as np
        import onnxruntime
        import tokenizers

        self._array = partial(np.array, dtype=np.int64)
        self.name = kept.name
        self.identity = kept.identity
        self.key = sha256(canonical_json([self.identity, self.runtime]))
        """What a kept score is kept under, beside the claim."""
        try:
            config = json.loads((kept.place / CONFIG).read_text(encoding="utf-8"))
            self._labels = _labels(config)
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(kept.place / TOKENIZER))
            self._session: Any = _session(onnxruntime, kept.place / WEIGHTS)
            self._inputs = {one.name for one in self._session.get_inputs()}
            output = self._session.get_outputs()[0]
            self._output = [output.name]
            self._per_token = len(output.shape) == _PER_TOKEN
            self.layout = _layout(config, self._per_token)
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(self.layout.tokens, strategy="longest_first")
        except Exception as error:  # noqa: BLE001 - besides what damaged files raise, the runtime and the tokenizers raise bare exceptions of their own
            raise _unusable(kept, error) from None

    def scores(self, claims: Sequence[Claim]) -> tuple[float, ...]:
        """The score of each claim, in [0, 1], rounded to `DECIMALS`.

        Raises:
            ModelMissing: where the model cannot be run on what it was given.
        """
        return tuple(round(self._score(claim), DECIMALS) for claim in claims)

    def _score(self, claim: Claim) -> float:
        encoded = self._tokenizer.encode(*self.layout.texts(claim))
        given = {
            "input_ids": [encoded.ids],
            "attention_mask": [encoded.attention_mask],
            "token_type_ids": [encoded.type_ids],
        }
        try:
            (said,) = self._session.run(
                self._output,
                {name: self._array(rows) for name, rows in given.items() if name in self._inputs},
            )
        except Exception as error:  # noqa: BLE001 - the runtime raises bare exceptions of its own
            raise ModelMissing(
                f"the entailment model {self.name!r} cannot be run: {_line(error)}",
                remedy="name another with --grounding",
            ) from None
        if not self._per_token:
            return _share(said[0].tolist(), self._labels, _SUPPORTED)
        against = [
            _share(row, self._labels, _INVENTED)
            for row, text in zip(said[0].tolist(), encoded.sequence_ids, strict=True)
            if text == 1
        ]
        return 1.0 - max(against, default=1.0)


def _session(onnxruntime: Any, weights: Path) -> Any:
    """One thread and one order of work, so that the same claim is computed the same way every time."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _labels(config: dict[str, Any]) -> tuple[str, ...]:
    named = config.get("id2label") or {"0": "supported"}
    return tuple(str(named[key]).lower() for key in sorted(named, key=int))


def _layout(config: dict[str, Any], per_token: bool) -> Layout:
    """As `config.json` says under `qagen`; else as such models are trained: the source first, then what is claimed."""
    own = config.get("qagen") or {}
    first = "{window} {question}" if per_token else "{window}"
    tokens = own.get("tokens", min(_MOST_TOKENS, int(config.get("max_position_embeddings") or _MOST_TOKENS)))
    return Layout(str(own.get("first", first)), str(own.get("second", "{sentence}")), int(tokens))


def _share(logits: list[float], labels: tuple[str, ...], wanted: frozenset[str]) -> float:
    """The probability of the label that is wanted."""
    if len(logits) == 1:
        return 1.0 / (1.0 + exp(-max(-60.0, min(60.0, logits[0]))))
    place = next((number for number, label in enumerate(labels[: len(logits)]) if label in wanted), None)
    if place is None:
        raise ModelMissing(
            f"none of the model's labels {', '.join(labels)} says whether a claim is borne out",
            remedy="name an entailment model with --grounding",
        )
    top = max(logits)
    weights = [exp(value - top) for value in logits]
    return weights[place] / sum(weights)


def _unusable(kept: Kept, error: Exception) -> ModelMissing:
    return ModelMissing(
        f"the files in {str(kept.place)!r} are no entailment model that can be run: {_line(error)}",
        remedy="fetch it again, or name another with --grounding",
    )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
