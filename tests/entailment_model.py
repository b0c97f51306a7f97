"""A stand-in for an entailment model, made on the spot: a claim is borne out as far as its words stand in its window.

Real files of the kinds that the Hub has, ONNX weights and a tokenizer of the `tokenizers` library, so that all but the judgement is real.
"""

import json
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

OPSET = 17
COST = 8.0
"""What a word costs that the window does not have; a claim without any gets `sigmoid(COST / 2)`."""


def write_entailment_model(
    folder: Path,
    words: str,
    *,
    labels: tuple[str, ...] = ("supported",),
    per_token: bool = False,
    **config: object,
) -> Path:
    """Write the files of a model that knows some words; all others are one word to it.

    Args:
        folder: is made.
        words: what it can tell apart, with blanks between them.
        labels: of its outputs, the first of which speaks for a claim; with one there is no other output.
        per_token: whether it says of each token how far it is invented, as models that mark spans do.
        config: further entries of `config.json`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = ["[UNK]", "[CLS]", "[SEP]", *dict.fromkeys(re.findall(r"\w+|[^\w\s]", words.lower()))]
    _tokenizer(known).save(str(folder / "tokenizer.json"))
    model = _per_token(len(known)) if per_token else _whole(len(known), len(labels))
    onnx.save(model, str(folder / "model.onnx"))
    named = {"id2label": dict(enumerate(labels)), **config}
    (folder / "config.json").write_text(json.dumps(named))
    return folder


def _tokenizer(known: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(known)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return tokenizer


def _shared(size: int) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Which words the second text has (`said`, by token) and the first one has not (`missing`, by token)."""
    table = np.eye(size, dtype=np.float32)
    constants = {
        "table": table,
        "one": np.array(1.0, dtype=np.float32),
        "last": np.array([2], dtype=np.int64),
        "second": np.array([1], dtype=np.int64),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["types", "last"], ["in_second"]),
        helper.make_node("Sub", ["one", "in_second"], ["in_first"]),
        helper.make_node("Mul", ["words", "in_first"], ["first_words"]),
        helper.make_node("ReduceMax", ["first_words"], ["has"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["one", "has"], ["has_not"]),
        helper.make_node("Mul", ["words", "in_second"], ["said"]),
        helper.make_node("Mul", ["said", "has_not"], ["lacking"]),
        helper.make_node("ReduceSum", ["lacking", "last"], ["missing"], keepdims=0),
    ]
    return nodes, [numpy_helper.from_array(value, name) for name, value in constants.items()]


def _whole(size: int, labels: int) -> onnx.ModelProto:
    nodes, constants = _shared(size)
    against = [[0.0], *([1.0] for _ in range(labels - 1))]
    constants += [
        numpy_helper.from_array(np.array(COST, dtype=np.float32), "cost"),
        numpy_helper.from_array(np.array(COST / 2, dtype=np.float32), "base"),
        numpy_helper.from_array(np.array(against, dtype=np.float32).T, "against"),
    ]
    nodes += [
        helper.make_node("ReduceSum", ["missing", "second"], ["count"], keepdims=1),
        helper.make_node("Mul", ["count", "cost"], ["costs"]),
        helper.make_node("Sub", ["base", "costs"], ["logit"]),
    ]
    nodes += (
        [helper.make_node("Identity", ["logit"], ["logits"])]
        if labels == 1
        else [
            helper.make_node("Mul", ["logit", "against"], ["other"]),
            helper.make_node("Sub", ["logit", "other"], ["logits"]),
        ]
    )
    return _model(nodes, constants, ["b", labels])


def _per_token(size: int) -> onnx.ModelProto:
    nodes, constants = _shared(size)
    constants += [
        numpy_helper.from_array(np.array(COST, dtype=np.float32), "cost"),
        numpy_helper.from_array(np.array(COST / 2, dtype=np.float32), "base"),
    ]
    nodes += [
        helper.make_node("Mul", ["missing", "cost"], ["costs"]),
        helper.make_node("Sub", ["costs", "base"], ["invented"]),
        helper.make_node("Neg", ["invented"], ["kept"]),
        helper.make_node("Unsqueeze", ["invented", "last"], ["invented3"]),
        helper.make_node("Unsqueeze", ["kept", "last"], ["kept3"]),
        helper.make_node("Concat", ["kept3", "invented3"], ["logits"], axis=2),
    ]
    return _model(nodes, constants, ["b", "n", 2])


def _model(
    nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], shape: list[object]
) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "n"])
        for name in ("input_ids", "token_type_ids")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(nodes, "stand-in", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
