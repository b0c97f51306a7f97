"""Two prompts on the same chunks: from records made by hand, and through the commands as a user types them."""

import json
from dataclasses import replace

import pytest

from builder.diffing.compare import compare, comparison_page, comparison_text
from qagen.errors import DatasetError
from qagen.reasons import Kind, Reason
from tests.builder import corpora
from tests.builder.corpora import paper, record, rejection
from tests.command import qagen
from tests.conftest import EXAMPLES
from tests.scripted_server import ScriptedServer, paired

ONE = paper("one")
NASTY = "</style><script>alert(1)</script>"


def at(one, start):
    return replace(one, chunk=replace(rejection(ONE).chunk, start=start, end=start + 9))


def built(tmp_path, first, second, **more):
    for name, results in (("a", first), ("b", second)):
        corpora.folder(tmp_path / name, results, **more)
    return (tmp_path / "a", tmp_path / "b")


def test_both_sides_are_counted_on_the_chunks_that_both_were_asked_about(tmp_path):
    first = [at(record(ONE, f"Why is it {n}?", support=0.5), n) for n in range(3)]
    second = [
        *(at(record(ONE, f"How is it {n}?", "It is, as is seen, so.", support=0.8), 0) for n in range(3)),
        at(rejection(ONE), 1),
        at(replace(rejection(ONE), reason=Reason.ECHO), 77),
    ]
    found = compare(built(tmp_path, first, second), ("a", "b"), examples=1)
    left, right = found.sides
    assert found.only == (1, 1)
    assert (left.chunks, left.records, left.per_chunk, left.chunks_without) == (2, 2, 1.0, 0)
    assert (right.chunks, right.records, right.per_chunk, right.chunks_without) == (2, 3, 1.5, 1)
    assert (left.rejections, right.rejections) == ({}, {"too_short": 1})
    assert (left.support, right.support) == ((0.5, 0.5), (0.8, 0.8))
    assert (left.openings, right.openings) == (("why", 1.0), ("how", 1.0))
    (shown,) = found.examples
    assert [len(records) for records in shown.records] == [1, 3]  # the one of which both made something
    assert "records per chunk           1.00                                1.50" in comparison_text(found)


def test_chunks_without_an_answer_count_for_neither_side(tmp_path):
    first = [at(record(ONE, f"Why is it {n}?"), n) for n in range(4)]
    silent = [at(replace(rejection(ONE), kind=Kind.CHUNK, reason=Reason.NO_ANSWER), n) for n in (1, 2)]
    found = compare(
        built(tmp_path, first, [at(record(ONE, "How so?"), 3), at(rejection(ONE), 0), *silent]), ("a", "b")
    )
    left, right = found.sides
    assert (found.only, found.unanswered) == ((0, 0), (0, 2))
    assert (left.chunks, left.records, right.chunks, right.records) == (2, 2, 2, 1)
    assert (right.chunks_without, right.rejections) == (1, {"too_short": 1})
    told = "Not counted: 0 chunks about which the first has no answer, 2 of the second."
    assert told in comparison_page(found)
    assert told[0].lower() + told[1:-1] in comparison_text(found)


def test_where_one_side_has_no_answer_at_all_there_is_nothing_to_compare(tmp_path):
    silent = [at(replace(rejection(ONE), kind=Kind.CHUNK, reason=Reason.NO_ANSWER), 0)]
    with pytest.raises(DatasetError, match="no chunk in common that both have an answer about"):
        compare(built(tmp_path, [at(record(ONE, "Why?"), 0)], silent), ("a", "b"))


def test_prompts_of_rules_are_named_and_a_manifest_that_tells_nothing_is_no_bug(tmp_path):
    results = [at(record(ONE, "Why?"), 0)]
    places = built(tmp_path, results, results, rule_prompts=(("mine", "ab", "text"), ("mine", "cd", "text")))
    made = json.loads((places[1] / "manifest.json").read_text())
    for key in ("made", "answers"):
        del made[key]
    (places[1] / "manifest.json").write_text(json.dumps(made))
    left, right = compare(places, ("a", "b")).sides
    assert (left.prompt, right.prompt, right.model) == ("deep-qa, mine", None, None)


def test_tokens_are_counted_per_record_that_was_accepted(tmp_path):
    from builder.building.assemble import assemble
    from qagen.pipeline.stats import ReplayStats

    one = at(record(ONE, "Why?"), 0)
    for name, tokens in (("a", 300), ("b", 0)):
        seen = ReplayStats(prompt_tokens=9, completion_tokens=tokens)
        assemble([one], tmp_path / name, about=corpora.about(ONE), settings=corpora.SETTINGS, seen=seen)
    found = compare((tmp_path / "a", tmp_path / "b"), ("a", "b"))
    assert [side.tokens_per_record for side in found.sides] == [300.0, None]


def test_a_page_holds_no_active_sign_of_hostile_texts_and_asks_nobody(tmp_path):
    results = [at(record(ONE, f"Why {NASTY}?", NASTY), 0)]
    page = comparison_page(compare(built(tmp_path, results, results, model=NASTY), (NASTY, "b")))
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_datasets_without_a_common_chunk_are_told_so(tmp_path):
    places = built(tmp_path, [at(record(ONE, "Why?"), 0)], [at(record(ONE, "Why?"), 5)])
    with pytest.raises(
        DatasetError, match="have no chunk in common: compare builds of the same papers with the same"
    ):
        compare(places, ("a", "b"))


def test_two_prompts_are_tried_on_the_same_sample_and_compared(work, tmp_path):
    def reply(request, nth):
        mine = "MINE" in json.dumps(request)
        return paired({"messages": request["messages"][:1]}, 2 if mine else 6)

    qagen("prompts", "new", tmp_path / "mine.md")
    text = (tmp_path / "mine.md").read_text("utf-8")
    (tmp_path / "mine.md").write_text(text.replace("You write", "MINE. You write", 1), "utf-8")
    shown = qagen("prompts", "diff", "deep-qa", tmp_path / "mine.md").stdout.splitlines()
    assert shown[-1] == "the turns differ: all chunks would be asked anew"
    assert [line[:7] for line in shown if line.startswith("+M")] == ["+MINE. "]
    with ScriptedServer(reply) as server:
        for name, prompt in (("a", "deep-qa"), ("b", tmp_path / "mine.md")):
            common = ("--work", work, "--base-url", server.base_url, "--model", "r1", "--sample", 4)
            common = (*common, "--sections", "rules", "--judge", "off")
            run = qagen("build", EXAMPLES, "--out", tmp_path / name, "--prompt", prompt, *common)
            assert run.returncode == 0, run.stderr
        planned = qagen("plan", EXAMPLES, *common, "--json")
    run = qagen("compare", tmp_path / "a", tmp_path / "b", "--html", tmp_path / "page.html", "--json")
    found = json.loads(run.stdout)
    assert found["only"] == [0, 0]
    assert [(side["prompt"], side["chunks"]) for side in found["sides"]] == [("deep-qa", 4), ("mine", 4)]
    assert found["sides"][0]["records"] > found["sides"][1]["records"] > 0
    assert "mine" in (tmp_path / "page.html").read_text("utf-8")
    plan = json.loads(planned.stdout)
    assert plan["calls"]["to_make"] == 0
    assert list(plan["by_prompt"].values()) == [{"paid": plan["calls"]["paid"], "to_make": 0}]
    assert "calls in 2 runs of r1" in plan["estimate"]["basis"]
