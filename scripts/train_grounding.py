"""Train a small entailment model on pairs of `make_grounding_pairs.py`, and write it as the folder that `--grounding` reads.

usage: python scripts/train_grounding.py train  --base FOLDER --pairs PAIRS.jsonl --out model.pt --minutes 25
       python scripts/train_grounding.py export --base FOLDER --weights model.pt --out FOLDER
       python scripts/train_grounding.py measure --model FOLDER SET.jsonl...

The base is a BERT as the Hub has it (config.json, model.safetensors, tokenizer.json), all-MiniLM-L6-v2 for instance. A claim (question
and sentence) and its window are read together; the score comes from the first token and the mean of all. Word and place
embeddings stay as they are: they are half of the weights, and pairs that are made by rules have few words.

`export` writes ONNX in int8 and says how far its scores are from those in full precision. `measure` takes sets
of {"source", "question", "answer", "label": "good"|"wrong", "kind"} and prints, for each kind, the
area under the curve against all good ones, and what a threshold would do.

Needs torch, safetensors, tokenizers, onnx and onnxruntime. Everything has a seed; a run on another machine differs in rounding.
"""

import argparse
import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from qagen.checks import IndexedSource, check_pair
from qagen.grounding.grounder import Grounder
from qagen.grounding.model import EntailmentModel
from qagen.grounding.weights import find
from qagen.grounding.windows import Claim
from qagen.records import Pair
from qagen.settings import CheckSettings

TOKENS = 144
"""Of a claim with its window."""
LAYOUT = {"first": "{question} {sentence}", "second": "{window}", "tokens": TOKENS}
SMOOTHING = 0.04
"""By how much labels are drawn towards 1/2: pairs made by rules are wrong now and then."""
WARM_UP = 50
HELD_OUT = 30
"""One paper of so many is held out."""
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Layer(nn.Module):
    """One layer of a BERT."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width, inner, eps = config["hidden_size"], config["intermediate_size"], config["layer_norm_eps"]
        self.heads = config["num_attention_heads"]
        self.attend = nn.Linear(width, 3 * width)
        self.attended, self.first = nn.Linear(width, width), nn.LayerNorm(width, eps=eps)
        self.up, self.down, self.second = (
            nn.Linear(width, inner),
            nn.Linear(inner, width),
            nn.LayerNorm(width, eps=eps),
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.attend(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask)
        x = self.first(x + self.attended(seen.transpose(1, 2).reshape(batch, length, width)))
        return self.second(x + self.down(functional.gelu(self.up(x))))


class CrossEncoder(nn.Module):
    """A BERT with one number for each pair of texts."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.places = nn.Embedding(config["max_position_embeddings"], width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=config["layer_norm_eps"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.head = nn.Linear(2 * width, 1)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1])[None]
        x = self.norm(self.words(ids) + self.places(places) + self.types(types))
        seen = mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, seen)
        weight = mask[..., None].to(x.dtype)
        return self.head(torch.cat([x[:, 0], (x * weight).sum(1) / weight.sum(1)], -1))


def base_model(folder: Path) -> CrossEncoder:
    """The base's weights under a new head."""
    model = CrossEncoder(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    found = {
        name.removeprefix("bert."): value for name, value in load_file(folder / "model.safetensors").items()
    }
    parts = {"words": "word", "places": "position", "types": "token_type"}
    named = {f"{one}.weight": found[f"embeddings.{other}_embeddings.weight"] for one, other in parts.items()}
    for kind in ("weight", "bias"):
        named[f"norm.{kind}"] = found[f"embeddings.LayerNorm.{kind}"]
        for number in range(len(model.layers)):
            own, theirs = f"layers.{number}", f"encoder.layer.{number}"
            three = [found[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            named[f"{own}.attend.{kind}"] = torch.cat(three)
            for one, other in {
                "attended": "attention.output.dense",
                "first": "attention.output.LayerNorm",
                "up": "intermediate.dense",
                "down": "output.dense",
                "second": "output.LayerNorm",
            }.items():
                named[f"{own}.{one}.{kind}"] = found[f"{theirs}.{other}.{kind}"]
    nn.init.normal_(model.head.weight, std=0.02)
    nn.init.zeros_(model.head.bias)
    model.load_state_dict(named, strict=False)
    return model


@dataclass(frozen=True)
class Example:
    """A pair as the model reads it."""

    ids: list[int]
    types: list[int]
    label: int
    kind: str


def tokenizer_of(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS, strategy="longest_first")
    return tokenizer


def examples(paths: Sequence[Path], folder: Path, rng: random.Random) -> tuple[list[Example], list[Example]]:
    """Those to train on, and those of the papers that are held out."""
    rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    texts = [(f"{row['question']} {row['sentence']}", row["window"]) for row in rows]
    papers = sorted({row["paper"] for row in rows})
    rng.shuffle(papers)
    held = set(papers[: max(1, len(papers) // HELD_OUT)])
    encoded = tokenizer_of(folder).encode_batch(texts)
    made = [
        Example(one.ids, one.type_ids, row["label"], row["kind"])
        for one, row in zip(encoded, rows, strict=True)
    ]
    inside = [row["paper"] in held for row in rows]
    return (
        [one for one, out in zip(made, inside, strict=True) if not out],
        [one for one, out in zip(made, inside, strict=True) if out],
    )


def tensors(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    ids = torch.zeros(len(batch), max(len(one.ids) for one in batch), dtype=torch.long)
    mask, types = ids.clone(), ids.clone()
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        mask[row, : len(one.ids)] = 1
        types[row, : len(one.ids)] = torch.tensor(one.types)
    return ids, mask, types


def batches(made: list[Example], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Endless; texts of about one length go together."""
    while True:
        rng.shuffle(made)
        for start in range(0, len(made), 40 * size):
            part = sorted(made[start : start + 40 * size], key=lambda one: len(one.ids))
            groups = [part[at : at + size] for at in range(0, len(part), size)]
            rng.shuffle(groups)
            yield from groups


def area(good: Sequence[float], wrong: Sequence[float]) -> float:
    """The area under the curve: how often a good one scores above a wrong one."""
    won = sum((one > other) + 0.5 * (one == other) for one in good for other in wrong)
    return won / (len(good) * len(wrong)) if good and wrong else float("nan")


def by_kind(scored: Sequence[tuple[int, str, float]]) -> dict[str, float]:
    """The area of each kind of wrong ones against all good ones."""
    good = [score for label, _, score in scored if label]
    kinds = sorted({kind for label, kind, _ in scored if not label})
    areas = {kind: area(good, [score for _, one, score in scored if one == kind]) for kind in kinds}
    return {"all": area(good, [score for label, _, score in scored if not label])} | areas


def evaluated(model: CrossEncoder, made: Sequence[Example]) -> dict[str, float]:
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        scores = [float(model(*tensors([one]))) for one in made]
    model.train()
    return {
        kind: round(value, 3)
        for kind, value in by_kind([(o.label, o.kind, s) for o, s in zip(made, scores, strict=True)]).items()
    }


def train(given: argparse.Namespace) -> None:
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    rng = random.Random(given.seed)
    seen, held = examples(given.pairs, given.base, rng)
    held = held[:400]
    model = base_model(given.base)
    if given.start:
        model.load_state_dict(torch.load(given.start))
    for part in (model.words, model.places):
        part.weight.requires_grad_(False)
    free = [part for part in model.parameters() if part.requires_grad]
    optimizer = torch.optim.AdamW(free, lr=given.rate, weight_decay=0.01, fused=True)
    share = sum(one.label for one in seen) / len(seen)
    weight = torch.tensor((1 - share) / share)
    began, lost = time.monotonic(), 0.0
    for step, batch in enumerate(batches(seen, given.batch, rng)):
        done = max(step / given.steps, (time.monotonic() - began) / 60 / given.minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = given.rate * min(1.0, step / WARM_UP) * max(0.02, 1 - done)
        wanted = torch.tensor([SMOOTHING + (1 - 2 * SMOOTHING) * one.label for one in batch])
        with torch.autocast("cpu", torch.bfloat16):
            said = model(*tensors(batch))[:, 0].float()
        loss = functional.binary_cross_entropy_with_logits(said, wanted, pos_weight=weight)
        loss.backward()
        nn.utils.clip_grad_norm_(free, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        lost += loss.item()
        if step % 50 == 49:
            print(step + 1, round(lost / 50, 4), f"{time.monotonic() - began:.0f} s", flush=True)
            lost = 0.0
            torch.save(model.state_dict(), given.out)
    torch.save(model.state_dict(), given.out)
    print(json.dumps(evaluated(model, held)))


def export(given: argparse.Namespace) -> None:
    model = base_model(given.base)
    model.load_state_dict(torch.load(given.weights))
    model.eval()
    given.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(given.base / "tokenizer.json", given.out / "tokenizer.json")
    config = {"id2label": {"0": "supported"}, "qagen": LAYOUT}
    (given.out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    full, small = given.out / "full.onnx", given.out / "model.onnx"
    ids = torch.ones(1, 9, dtype=torch.long)
    axes = {name: {0: "claims", 1: "tokens"} for name in INPUTS} | {"logits": {0: "claims"}}
    torch.onnx.export(
        model,
        (ids, ids, ids),
        str(full),
        input_names=list(INPUTS),
        output_names=["logits"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    # Of 8 bits 7: so no processor's sums run over, and all come to the same; weights with a sign are the fast ones.
    kinds = ["MatMul", "Gather", "Gemm"]
    quantize_dynamic(full, small, weight_type=QuantType.QInt8, reduce_range=True, op_types_to_quantize=kinds)
    rng = random.Random(0)
    words = [f"word{number} of the sample" for number in range(200)]
    claims = [
        Claim(rng.choice(words), rng.choice(words), " ".join(rng.sample(words, 12)), ()) for _ in range(50)
    ]
    said = EntailmentModel(find(str(given.out))).scores(claims)
    tokenizer = tokenizer_of(given.out)
    with torch.inference_mode():
        exact = [
            float(
                torch.sigmoid(
                    model(*(torch.tensor([row]) for row in (one.ids, one.attention_mask, one.type_ids)))
                )
            )
            for claim in claims
            for one in (tokenizer.encode(f"{claim.question} {claim.sentence}", claim.window),)
        ]
    full.unlink()
    most = max(abs(one - other) for one, other in zip(said, exact, strict=True))
    print(f"{small}: {small.stat().st_size:,} bytes; int8 differs from full precision by at most {most:.3f}")


def measure(given: argparse.Namespace) -> None:
    model = EntailmentModel(find(str(given.model)))
    grounder = Grounder(model.scores, 0.0, str(given.model))
    scored: list[tuple[int, str, float]] = []
    passed: list[tuple[int, float]] = []
    began, claims = time.process_time(), 0
    for path in given.sets:
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            source = IndexedSource(row["source"])
            verdict = check_pair(
                Pair(row["question"], row["answer"]), source, CheckSettings(), question_required=False
            )
            (found,) = grounder.findings([verdict], source)
            score, label = 1.0 if found is None else found.score, int(row["label"] == "good")
            claims += found is not None
            scored.append((label, row["kind"], score))
            if verdict.accepted:
                passed.append((label, score))
    for kind, value in by_kind(scored).items():
        print(f"{kind:24} {value:.2f}")
    print(f"{claims / (time.process_time() - began):.0f} pairs a second of CPU, the rules counted in")
    goods, wrongs = (sum(label == one for label, *_ in scored) for one in (1, 0))
    for least in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        kept = sum(label for label, score in passed if score >= least)
        wrong = sum(not label for label, score in passed if score >= least)
        print(
            f"min_score {least:.1f}: wrong accepted {wrong / wrongs:.2f}, good rejected {1 - kept / goods:.2f}"
        )


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("train")
    one.set_defaults(run=train)
    one.add_argument("--base", type=Path, required=True)
    one.add_argument("--pairs", type=Path, nargs="+", required=True)
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--start", type=Path, help="go on from weights of an earlier run")
    one.add_argument("--minutes", type=float, default=25.0)
    one.add_argument("--steps", type=int, default=20_000)
    one.add_argument("--rate", type=float, default=1e-4)
    one.add_argument("--batch", type=int, default=16)
    one.add_argument("--threads", type=int, default=1)
    one.add_argument("--seed", type=int, default=0)
    two = commands.add_parser("export")
    two.set_defaults(run=export)
    two.add_argument("--base", type=Path, required=True)
    two.add_argument("--weights", type=Path, required=True)
    two.add_argument("--out", type=Path, required=True)
    three = commands.add_parser("measure")
    three.set_defaults(run=measure)
    three.add_argument("--model", type=Path, required=True)
    three.add_argument("sets", type=Path, nargs="+")
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
