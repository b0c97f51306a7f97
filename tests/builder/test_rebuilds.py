"""What a change costs: conversions and calls, counted at the server. The rows are those of the table in docs/rebuilds.md."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder.building.build import build_dataset
from builder.folder.read import rows
from qagen.settings import Settings
from tests.across import lay
from tests.conftest import EXAMPLES, ROOT
from tests.places import excerpts_of
from tests.scripted_server import ScriptedServer

FIRST, SECOND = "interlayer.pdf", "peatland.pdf"
OTHER_PROMPT = """---
name: mine
description: another
---
Write {{ pairs }} pairs as asked before.

Excerpt:
{{ chunk }}
"""


@dataclass
class Place:
    """A folder of papers, a workspace, and the settings to build with."""

    papers: Path
    work: Path
    server: ScriptedServer
    settings: dict[str, Any] = field(default_factory=dict)

    def build(self):
        asked = {"model": "r1", "base_url": self.server.base_url, "concurrency": 4}
        plain = {
            "dataset": {"plots": False},
            **self.settings,
            "ask": {**asked, **self.settings.get("ask", {})},
        }
        return build_dataset(
            [self.papers], self.work.parent / "d", settings=Settings.model_validate(plain), work=self.work
        )


@pytest.fixture(scope="module")
def server():
    with ScriptedServer(models=("r1", "other")) as running:
        yield running


@pytest.fixture(scope="module")
def built(converted_examples, tmp_path_factory, server):
    """One paper, built; the first requests by their turns."""
    root = tmp_path_factory.mktemp("built")
    (root / "papers").mkdir()
    shutil.copy(EXAMPLES / FIRST, root / "papers" / FIRST)
    shutil.copytree(converted_examples / "papers", root / "work" / "papers")
    place = Place(root / "papers", root / "work", server)
    before = len(server.requests)
    assert place.build().papers["converted"] == 0
    return root, [turns(request) for request in server.requests[before:]]


def turns(request):
    return json.dumps(request["messages"])


@pytest.fixture
def place(built, tmp_path, server):
    root, _ = built
    shutil.copytree(root, tmp_path / "here")
    return Place(tmp_path / "here/papers", tmp_path / "here/work", server)


def setting(table, **values):
    def change(place):
        place.settings = {table: values}

    return change


def other_prompt(place):
    (place.work.parent / "mine.md").write_text(OTHER_PROMPT)
    place.settings = {"ask": {"prompt": str(place.work.parent / "mine.md")}}


KINDS = {"any": 10, "cause": 2}


def other_examples(place):
    file = place.work.parent / "examples.jsonl"
    file.write_text(json.dumps({"question": "Why is it so?", "answer": "Since it was made so."}))
    place.settings = {"ask": {"examples": str(file)}}


def without_a_kind(place):
    place.settings = {"ask": {"kinds": KINDS}}
    place.build()
    place.settings = {"ask": {"kinds": {"any": 10}}}


def rule(place):
    (place.work.parent / "mine.md").write_text(OTHER_PROMPT)
    place.settings = {"rules": [{"sections": "*conclusion*", "prompt": str(place.work.parent / "mine.md")}]}


def without_conversion(place):
    for folder in place.work.glob("papers/*/*/convert-*"):
        shutil.rmtree(folder)


def new_paper(place):
    for folder in place.work.glob("papers/*/*"):
        if not (folder / "calls.jsonl").exists():
            shutil.rmtree(folder)
    shutil.copy(EXAMPLES / SECOND, place.papers / SECOND)


def removed_paper(place):
    shutil.copy(EXAMPLES / SECOND, place.papers / SECOND)
    place.build()
    (place.papers / FIRST).unlink()


def renamed_paper(place):
    (place.papers / FIRST).rename(place.papers / "other name.pdf")


def other_url(place):
    other = place.server.base_url.replace("127.0.0.1", "localhost")
    place.settings = {"ask": {"base_url": other}}


def across_papers(place):
    """Of five papers two and two speak of the same thing."""
    home = place.work.parent / "others"
    place.papers, place.work = lay(home, Settings()), home / "w"
    place.build()
    place.settings = {"ask": {"across_papers": 2}}


NONE = lambda requests, before, place: requests == []  # noqa: E731


def all_anew(requests, before, place):
    """Every chunk is asked about once, and again only with other turns, where its answer gave too little."""
    asked = [turns(request) for request in requests]
    return len(set(asked)) == len(asked) and first_turns(asked) == first_turns(before) > 0


JUDGES = "You examine question/answer pairs"


def first_turns(asked):
    return sum(JUDGES not in one and "could not be used" not in one for one in asked)


def only_new_texts(requests, before, place):
    asked = [turns(request) for request in requests]
    return len(set(asked)) == len(asked) > 0 and not {turns(request) for request in requests} & set(before)


def of_the_section(requests, before, place):
    of = [row for _, row in rows(place.work.parent / "d", "default") if row["generation"]["prompt"] == "mine"]
    sections = {tuple(row["section"]["path"]) for row in of}
    about_pairs = [request for request in requests if JUDGES not in turns(request)]
    first = [request for request in about_pairs if "could not be used" not in turns(request)]
    asked = {row["chunk"]["index"] for row in of}
    return (
        bool(sections)
        and all("onclusion" in " ".join(path) for path in sections)
        and len(first) == len(asked)
        and all("as asked before" in turns(request) for request in about_pairs)
    )


def of_the_kind(requests, before, place):
    """One request for each chunk, and whatever the judge is asked about its pairs."""
    asked = [turns(request) for request in requests]
    first = [one for one in before if JUDGES not in one and "could not be used" not in one]
    about_pairs = [one for one in asked if JUDGES not in one]
    return all("one kind, cause" in one for one in asked) and len(set(about_pairs)) == len(first) == len(
        about_pairs
    )


def of_the_judge(requests, before, place):
    """Every chunk that gave a record has all of its pairs judged in one call."""
    found = [row for _, row in rows(place.work.parent / "d", "default")]
    judged = all(row["checks"]["judge_accuracy"] == 1.0 for row in found)
    chunks = {(row["paper"]["sha256"], row["chunk"]["index"]) for row in found}
    return bool(found) and judged and only_judge(requests) and len(requests) >= len(chunks) > 0


def of_the_judge_where_others_pass(requests, before, place):
    """At most one call for each chunk that was judged before, and none about a chunk that gives the same pairs."""
    asked = [turns(request) for request in requests]
    judged = [one for one in before if JUDGES in one]
    return only_judge(requests) and len(asked) <= len(judged) and not set(asked) & set(before)


def only_judge(requests):
    return all(JUDGES in turns(request) for request in requests)


def for_each_pair(requests, first, place):
    """Each question once, with its chunk, in a call of its own; pairs that gave way to a duplicate were asked about too."""
    questions = [request["messages"][-1]["content"] for request in requests]
    asked = all(question.startswith("Work out the answer to a question") for question in questions)
    records = sum(1 for _ in rows(place.work.parent / "d", "default"))
    return asked and len(set(questions)) == len(questions) >= records > 0


def of_the_groups(requests, first, place):
    """Two groups, each with its chunks beside each other; the judge sees what passed of them."""
    of_pairs = [request for request in requests if JUDGES not in turns(request)]
    return len(of_pairs) == 2 and all(len(excerpts_of(request)) > 1 for request in of_pairs)


WHAT: dict[str, Callable[..., bool]] = {
    "0": NONE,
    "all": all_anew,
    "those of the section": of_the_section,
    "those of chunks whose text is new": only_new_texts,
    "those of the paper": only_new_texts,
    "those of the kind": of_the_kind,
    "one for each chunk with pairs that passed": of_the_judge,
    "the judge's, of chunks where another pair passes": of_the_judge_where_others_pass,
    "one for each pair that passed": for_each_pair,
    "those of the groups, and the judge's about their pairs": of_the_groups,
}
CHANGES: dict[str, Callable[[Place], None]] = {
    "nothing": lambda place: None,
    "the prompt's text": other_prompt,
    "a prompt of its own for one section (`[[rules]]`)": rule,
    "the model": setting("ask", model="other"),
    "a kind of questions that is added (`kinds` in `[ask]`)": setting("ask", kinds=KINDS),
    "a kind of questions that is taken away": without_a_kind,
    "the examples (`examples` in `[ask]`)": other_examples,
    "the temperature": setting("ask", temperature=0.3),
    "a check switched off": setting("checks", disabled=["echo"]),
    "a threshold": setting("checks", min_support=0.9),
    "a quota, or when two questions are the same": setting("select", max_per_section=1, similarity=0.9),
    "a quota of papers or of the dataset (`--records`)": setting("select", max_per_paper=3, max_records=2),
    "no judge (`--judge off`)": setting("judge", mode="off"),
    "the judge's rubric, or who judges": setting("judge", model="other"),
    "the judge's thresholds": setting("judge", min_accuracy=1.0),
    'other configs (`configs = ["default", "kto"]`)': setting(
        "dataset", configs=["default", "kto"], plots=False
    ),
    "the config `reasoning`": setting("dataset", configs=["default", "reasoning"], plots=False),
    "questions over several places (`places = 2`)": setting("ask", places=2),
    "questions across papers (`across_papers = 2`)": across_papers,
    "the splits' shares": setting("dataset", splits={"validation": 40, "test": 40}, plots=False),
    "the chunk size": setting("chunk", chars=1500),
    "deadline, memory or workers of the conversion": setting(
        "convert", deadline=99.0, memory=1024, workers=1
    ),
    "a converter option that may change documents (`range_pages = 1`)": setting("convert", range_pages=1),
    "a conversion that was deleted, of the same PDF": without_conversion,
    "the server's URL": other_url,
    "the concurrency": setting("ask", concurrency=1),
    "a new paper": new_paper,
    "a removed paper": removed_paper,
    "a renamed paper": renamed_paper,
}


def table():
    text = (ROOT / "docs/rebuilds.md").read_text("utf-8")
    rows = re.search(r"^\| change \|.*\n\| --- \|.*\n((?:\|.*\n)+)", text, re.MULTILINE)[1]
    return [tuple(row.strip("| ").split(" | ")) for row in rows.splitlines()]


def test_the_table_has_a_row_for_every_change_that_is_tried():
    assert [row[0] for row in table()] == list(CHANGES)


@pytest.mark.parametrize(("change", "conversions", "calls"), table())
def test_a_change_costs_what_the_table_says(place, built, change, conversions, calls):
    CHANGES[change](place)
    start, choices = len(place.server.requests), len(place.server.choices)
    report = place.build()
    requests = place.server.requests[start:]
    assert report.papers["converted"] == {"0": 0, "that paper": 1, "all": 1}[conversions]
    assert len(requests) + len(place.server.choices) - choices == report.calls["made"]
    assert WHAT[calls](requests, built[1], place), len(requests)
    again = len(place.server.requests) + len(place.server.choices)
    place.build()
    assert len(place.server.requests) + len(place.server.choices) == again
