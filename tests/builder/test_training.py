"""The card's snippets, run by the real TRL: one step each of SFT, DPO, KTO and GRPO out of a folder that was built here."""

import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from qagen.reasons import Reason
from qagen.records import Solution, Trace, TracedRecord
from qagen.settings import CONFIGS, Settings
from tests.builder.corpora import folder, paper, record, rejection
from tests.tiny_trainee import SNIPPET

MISSING = [name for name in ("torch", "transformers", "trl") if find_spec(name) is None]
needs_trl = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; see `make check`")
TRAINEE = Path(__file__).parents[1] / "tiny_trainee.py"
DOCS = Path(__file__).parents[2] / "docs"
SNIPPET_S_TRAINER = re.compile(r"(\w+Trainer)\(")
ALL = Settings.model_validate(
    {
        "dataset": {
            "plots": False,
            "configs": list(CONFIGS),
            "splits": {"train": 100, "validation": 0, "test": 0},
        }
    }
)


def dataset(place):
    """Four records with traces, one of them with a value, and two refuted answers."""
    one = paper("one")
    told = [
        replace(
            record(one, f"Why does effect {number} occur in thin films?"), answer=f"Effect {number} does."
        )
        for number in range(3)
    ]
    gap = replace(
        record(one, "What is the band gap of the film?"),
        answer="The band gap of the film is 3.37 eV.",
        solution=Solution(3.37, "eV", 0.005),
    )
    refuted = [
        replace(
            rejection(one),
            reason=reason,
            question=asked.question,
            answer=f"It is not so: {asked.answer}",
            chunk=asked.chunk,
        )
        for asked, reason in ((told[0], Reason.NEGATED), (gap, Reason.UNGROUNDED_NUMBER))
    ]
    traced = [TracedRecord.of(known, Trace(f"Let me see. {known.answer}", 0.9)) for known in (*told, gap)]
    folder(place, [*traced, *refuted], settings=ALL)
    return place


def snippets(text):
    """Those that train, with single blank lines, as a card has them."""
    return [re.sub(r"\n{3,}", "\n\n", code) for code in SNIPPET.findall(text) if "Trainer(" in code]


def test_the_documentation_has_the_card_s_snippets(tmp_path):
    card = (dataset(tmp_path / "d") / "README.md").read_text("utf-8")
    assert snippets((DOCS / "training.md").read_text("utf-8")) == snippets(card)


def test_the_card_has_snippets_of_the_configs_that_are_there_alone(tmp_path):
    def trainers(*configs, results):
        wanted = Settings.model_validate({"dataset": {"plots": False, "configs": ["default", *configs]}})
        folder(tmp_path / "-".join(configs), results, settings=wanted)
        card = (tmp_path / "-".join(configs) / "README.md").read_text("utf-8")
        return [SNIPPET_S_TRAINER.search(code)[1] for code in snippets(card)]

    plain = record(paper("one"), "Why is it so?")
    valued = replace(plain, solution=Solution(3.0, None, 0.0))
    assert trainers("chat", results=[plain]) == []
    assert trainers("sft", results=[plain]) == ["SFTTrainer"]
    turned_down = replace(
        rejection(paper("one")),
        reason=Reason.NEGATED,
        question=plain.question,
        answer="No.",
        chunk=plain.chunk,
    )
    assert trainers("sft", "kto", results=[valued]) == ["SFTTrainer", "GRPOTrainer"]
    assert trainers("kto", results=[plain, turned_down]) == ["KTOTrainer"]
    assert trainers("preference", "reasoning", results=[plain]) == []


@needs_trl
def test_trl_takes_a_step_with_each_of_the_card_s_snippets(tmp_path):
    place = dataset(tmp_path / "d")
    offline = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_CACHE": str(tmp_path / "cache"),
        "TOKENIZERS_PARALLELISM": "false",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", TRAINEE, place / "README.md", place],
        capture_output=True, text=True, env=offline, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    sft, reasoning, dpo, kto, grpo = json.loads(done.stdout.splitlines()[-1])
    for came in (sft, reasoning, dpo, kto, grpo):
        assert came["steps"] == 1
        assert math.isfinite(came["loss"])
    assert [came["rows"] for came in (sft, reasoning, dpo, kto, grpo)] == [4, 4, 2, 6, 1]
    assert sft["trained"] == "Effect 0 does.<|end|>"
    assert reasoning["trained"] == "<think>Let me see. Effect 0 does.</think>Effect 0 does.<|end|>"
    assert grpo["rewards"] == [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
