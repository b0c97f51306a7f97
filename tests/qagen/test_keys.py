"""Which side every setting is on: whether it changes what is asked, how papers are converted, or neither; and whether a build
that differs in it alone is another build.

A setting that is on the wrong side costs money (asked again for nothing) or lies (an old answer under a new question, a dataset
that is taken for what these settings make). A new setting has to be put on its side here.
"""

import pytest

from builder.building.fingerprint import fingerprint
from qagen import convert
from qagen.asking.dialogues import chunk_dialogue
from qagen.asking.examples import load_examples
from qagen.asking.recipe import Recipe
from qagen.checks.reading.whole_paper import WholePaper
from qagen.convert.ocr.packages import missing
from qagen.prompts import load_prompt
from qagen.records import Chunk, Paper, Section
from qagen.settings import Settings

CHUNK = Chunk(0, 0, 9, "The chunk.", Section(("Methods",), 0, 9, 0, body=True), (1,))
OTHER = """---
name: other
description: x
---
Ask {{ pairs }} about {{ chunk }}
"""

ASKED, CONVERTED, NEITHER = "what is asked", "how papers are converted", "neither"
OCR = NEITHER if missing() else CONVERTED  # without the extra, `auto` is `never`
SIDES = {
    "convert.converter": (None, NEITHER),  # `auto` is `rules` where there is nothing else
    "convert.ocr": ("never", OCR),
    "convert.marker": ({"disable_ocr": True}, NEITHER),  # the rules know none of marker's options
    "convert.surya": ({"SURYA_INFERENCE_PORT": 9}, NEITHER),
    "convert.download": (False, NEITHER),  # what was fetched is named by what it makes
    "convert.range_pages": (7, CONVERTED),
    "convert.password_file": ("words.txt", NEITHER),
    "convert.deadline": (5.0, NEITHER),
    "convert.page_deadline": (5.0, NEITHER),
    "convert.memory": (1024, NEITHER),
    "convert.workers": (1, NEITHER),
    "chunk.chars": (
        900,
        NEITHER,
    ),  # other chunks have other texts, which are in the key; the same text has the same key
    "chunk.overlap": (0, NEITHER),
    "chunk.min_chars": (1, NEITHER),
    "chunk.min_quality": (0.9, NEITHER),
    "chunk.captions": ("own", NEITHER),
    "chunk.sections": ("rules", NEITHER),
    "ask.engine": ("server", NEITHER),
    "ask.model": ("other", ASKED),
    "ask.base_url": ("http://localhost:1/v1", NEITHER),
    "ask.prompt": ("PROMPT", ASKED),
    "ask.pairs": (3, ASKED),
    "ask.kinds": ({"cause": 3}, ASKED),
    "ask.examples": ("EXAMPLES", ASKED),
    "ask.places": (3, NEITHER),  # what is asked of single chunks stays as it is
    "ask.place_pairs": (2, NEITHER),
    "ask.across_papers": (2, NEITHER),
    "ask.response_format": ("json", ASKED),
    "ask.temperature": (0.1, ASKED),
    "ask.top_p": (0.5, ASKED),
    "ask.top_k": (7, ASKED),
    "ask.min_p": (0.1, ASKED),
    "ask.max_tokens": (100, ASKED),
    "ask.system": ("merged", NEITHER),  # this prompt has no system turn
    "ask.thinking_budget": (500, ASKED),
    "ask.reasoning_effort": ("low", ASKED),
    "ask.attempts": (1, NEITHER),
    "ask.enough": (1, NEITHER),
    "ask.concurrency": (99, NEITHER),
    "ask.timeout": (9.0, NEITHER),
    "ask.retries": (0, NEITHER),
    "ask.reconnect_timeout": (0.0, NEITHER),
    "embedded.context": (2048, NEITHER),
    "embedded.slots": (2, NEITHER),
    "embedded.threads": (2, NEITHER),
    "embedded.gpu_layers": (0, NEITHER),
    "checks.disabled": (["echo"], NEITHER),
    "checks.allow": ({"echo": ["x"]}, NEITHER),
    "checks.min_question_chars": (1, NEITHER),
    "checks.min_answer_chars": (1, NEITHER),
    "checks.max_pair_chars": (99, NEITHER),
    "checks.max_phrase_words": (1, NEITHER),
    "checks.echo_similarity": (0.5, NEITHER),
    "checks.language": ("de", ASKED),
    "checks.language_confidence": (0.1, NEITHER),
    "checks.abbreviations": ("keep", NEITHER),
    "checks.number_tolerance": (0.1, NEITHER),
    "checks.small_count": (1, NEITHER),
    "checks.negation_window": (1, NEITHER),
    "checks.direction_margin": (1.0, NEITHER),
    "checks.min_reason_news": (1.0, NEITHER),
    "checks.min_exchanged": (9.0, NEITHER),
    "checks.min_reason_shared": (0.9, NEITHER),
    "checks.min_asked_share": (0.9, NEITHER),
    "checks.rival_margin": (0.9, NEITHER),
    "checks.min_shared": (0.9, NEITHER),
    "checks.min_place_share": (0.9, NEITHER),
    "checks.min_support": (0.9, NEITHER),
    "checks.lone_claim_margin": (0.0, NEITHER),
    "checks.min_foreign_words": (0, NEITHER),
    "grounding.model": (None, NEITHER),  # the fingerprint has its files' bytes, which have to be there
    "grounding.min_score": (0.9, NEITHER),
    "judge.mode": ("all", NEITHER),
    "judge.votes": (2, NEITHER),
    "judge.thinking_budget": (9, NEITHER),  # of the judge's calls
    "judge.trusted_support": (1.0, NEITHER),
    "judge.band": ([0.1, 0.5], NEITHER),
    "judge.labels": (False, NEITHER),
    "judge.round_trip": (True, NEITHER),
    "judge.model": ("other", NEITHER),
    "judge.batch": (5, NEITHER),
    "judge.attempts": (1, NEITHER),
    "judge.unjudged": ("keep", NEITHER),
    "judge.min_relevance": (1.0, NEITHER),
    "judge.min_context_independence": (1.0, NEITHER),
    "judge.min_completeness": (1.0, NEITHER),
    "judge.min_accuracy": (1.0, NEITHER),
    "judge.min_reasonableness": (1.0, NEITHER),
    "judge.min_agreement": (1.0, NEITHER),
    "select.near_duplicates": (False, NEITHER),
    "select.similarity": (0.5, NEITHER),
    "select.repeated_answers": (False, NEITHER),
    "select.answer_similarity": (0.5, NEITHER),
    "select.retry_similarity": (0.9, NEITHER),
    "select.embedding_model": ("some/model", NEITHER),
    "select.embedding_similarity": (0.5, NEITHER),
    "select.max_per_section": (1, NEITHER),
    "select.max_per_paper": (1, NEITHER),
    "select.max_records": (1, NEITHER),
    "dataset.configs": (["default", "kto"], NEITHER),
    "dataset.with_context": (True, NEITHER),
    "dataset.with_reasoning": (True, NEITHER),
    "dataset.title": ("A title", NEITHER),
    "dataset.plots": (False, NEITHER),
    "dataset.splits": ({"validation": 1, "test": 1}, NEITHER),
    "dataset.require_splits": ({"train": 1}, NEITHER),
    "rules": ([{"sections": "methods", "prompt": "PROMPT"}], ASKED),
}

SAME_BUILD = {
    *(
        "convert.surya",
        "convert.download",
        "convert.password_file",
        "convert.deadline",
        "convert.page_deadline",
    ),
    *("convert.memory", "convert.workers"),
    *("ask.base_url", "ask.concurrency", "ask.timeout", "ask.retries", "ask.reconnect_timeout"),
    *("embedded.context", "embedded.slots", "embedded.threads", "embedded.gpu_layers"),
}
"""What tells of the machine only, or (models that read pages) is in the key of conversions where it counts."""


def names():
    for table, value in Settings().model_dump().items():
        if isinstance(value, dict):
            yield from (f"{table}.{key}" for key in value)
        else:
            yield table


def test_every_setting_has_a_side():
    assert set(names()) ^ SIDES.keys() == set()


def key_of(settings: Settings) -> str:
    paper = Paper(sha256="a" * 64, file="a.pdf", path=None)
    rules = tuple(load_prompt(rule.prompt) for rule in settings.rules)
    recipe = Recipe(
        settings,
        "server",
        settings.ask.model or "r1",
        load_prompt("deep-qa" if settings.ask.prompt == "auto" else settings.ask.prompt),
        rules=rules,
        examples=load_examples(settings.ask.examples) if settings.ask.examples else None,
    )
    return next(chunk_dialogue(paper, WholePaper(CHUNK.text), CHUNK, recipe)).request.key


def with_setting(name: str, value: object) -> Settings:
    table, _, key = name.partition(".")
    return Settings.model_validate({table: {key: value} if key else value})


@pytest.mark.parametrize("name", [name for name in SIDES if SIDES[name][0] is not None])
def test_a_setting_changes_what_its_side_says_and_nothing_else(tmp_path, name):
    (tmp_path / "other.md").write_text(OTHER)
    value, side = SIDES[name]
    if value == "PROMPT":
        value = str(tmp_path / "other.md")
    if value == "EXAMPLES":
        value = str(tmp_path / "examples.jsonl")
        (tmp_path / "examples.jsonl").write_text('{"question": "Why so?", "answer": "Because it is so."}')
    if name == "rules":
        value = [{**value[0], "prompt": str(tmp_path / "other.md")}]
    changed = with_setting(name, value)
    same = fingerprint([], changed, {}) == fingerprint([], Settings(), {})
    assert same == (name in SAME_BUILD)
    assert (key_of(changed) != key_of(Settings())) == (side == ASKED)
    differs = convert.fingerprint(changed.convert) != convert.fingerprint(Settings().convert)
    assert differs == (side == CONVERTED)


def test_whether_a_systems_turn_stands_apart_is_in_the_key(tmp_path):
    (tmp_path / "other.md").write_text(OTHER.replace("description: x", "description: x\nsystem: Be deep."))
    ask = {"prompt": str(tmp_path / "other.md"), "model": "some-instruct"}
    auto, merged, apart = (
        key_of(Settings.model_validate({"ask": {**ask, "system": system}}))
        for system in ("auto", "merged", "apart")
    )
    assert auto == apart != merged


def test_numbers_are_written_one_way_in_the_key():
    one, same = (Settings.model_validate({"ask": {"temperature": value}}) for value in (1, 1.0))
    assert key_of(one) == key_of(same)


def test_what_was_asked_before_there_were_kinds_and_examples_keeps_its_key():
    assert key_of(Settings()) == "1c9831e195974979f0d70ee04f9307049f339ec9bdefd4c46fcd0b7a17b7983d"
    assert key_of(with_setting("ask.kinds", {"any": 10})) == key_of(Settings())


def test_a_kind_has_the_same_key_whichever_others_stand_beside_it():
    alone, beside = (with_setting("ask.kinds", kinds) for kinds in ({"method": 2}, {"open": 9, "method": 2}))
    assert key_of(alone) == key_of(beside)
