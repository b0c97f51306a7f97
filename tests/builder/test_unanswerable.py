"""Questions that a paper is not to answer, 206 of them labelled by hand: some are answered by another section of the example papers.

The scripted model asks each about a chunk that is near to it, and where it is asked to answer one itself, it answers out of what it is shown.
"""

import csv
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.building.build import build_dataset
from builder.folder.read import rows
from builder.verifying.verify import VerifyContext, verify
from qagen import convert
from qagen.papers.papers import find_papers
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.conftest import EXAMPLES
from tests.kinds import kind_of, pair
from tests.scripted_server import Reply, ScriptedServer, chunk_of, paired

QUESTIONS = Path(__file__).parents[1] / "questions_to_papers.tsv"


@dataclass(frozen=True)
class Labelled:
    """A question to a paper; `answer` is what the paper has as its answer, empty where it has none."""

    paper: str
    answer: str
    question: str


def labelled():
    with QUESTIONS.open(encoding="utf-8") as file:
        return [Labelled(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def plain(text):
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def words(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


class Asker:
    """Asks each question once, about the chunk that has most of its words and not its answer, and answers out of what it is shown."""

    def __init__(self, chunks):
        self.asked = defaultdict(list)
        self.by_question = {one.question: one for one in labelled()}
        for one in self.by_question.values():
            without = [
                chunk for chunk in chunks[one.paper] if not one.answer or one.answer not in plain(chunk)
            ]
            best = max(without, key=lambda chunk: len(words(chunk) & words(one.question)))
            self.asked[plain(best)].append(one)

    def __call__(self, request, nth):
        content = request["messages"][-1]["content"]
        if kind_of(request) == "unanswerable":
            found = self.asked[plain(chunk_of(request))]
            said = ("Not stated.", "The excerpt does not mention this.")
            return Reply(
                "".join(pair(one.question, said[place % 2]) for place, one in enumerate(found)) or "NONE"
            )
        if content.startswith("Answer a question from a source"):
            _, shown, question = (
                part.partition("\n")[2].strip()
                for part in re.split(r"^=== \w+ ", content, flags=re.MULTILINE)[:3]
            )
            answer = self.by_question[question].answer
            return Reply(answer if answer and answer in plain(shown) else "NOT ANSWERED")
        return paired(request)


@pytest.fixture(scope="module")
def chunks(converted_examples):
    """The chunks of the example papers, by the name of their file."""
    from qagen.asking.dialogues import body_chunks
    from qagen.asking.main_body import Body
    from qagen.asking.recipe import Recipe

    recipe = Recipe(Settings(), "server")
    found = {}
    for paper in find_papers([EXAMPLES]):
        place = Workspace(converted_examples).conversion(
            paper.sha256, convert.fingerprint(recipe.settings.convert)
        )
        document = convert.load(place, paper.sha256)
        found[Path(paper.file).stem] = [chunk.text for chunk in body_chunks(document, Body(), recipe)]
    return found


def outcome(root, converted, chunks, judge):
    """How a build decides about each question: `accepted`, or the reasons why not."""
    root.mkdir()
    shutil.copytree(converted / "papers", root / "work/papers")
    with ScriptedServer(reply=Asker(chunks)) as server:
        asked = {"model": "r1", "base_url": server.base_url, "kinds": {"unanswerable": 100}}
        settings = Settings.model_validate(
            {
                "ask": asked,
                "judge": {"mode": judge},
                "chunk": {"sections": "rules"},
                "select": {"near_duplicates": False},
                "dataset": {"plots": False},
            }
        )
        build_dataset([EXAMPLES], root / "d", settings=settings, work=root / "work")
    found = {row["question"]: "accepted" for _, row in rows(root / "d", "unanswerable")}
    return {
        row["question"]: f"{row['reason']}: {row['detail']}"
        for _, row in rows(root / "d", "rejected")
        if row["question"]
    } | found


def shares(found):
    """Of the questions without an answer the share that is accepted, of the others the share that is wrongly accepted."""
    accepted = {True: 0, False: 0}
    for one in labelled():
        accepted[bool(one.answer)] += found.get(one.question) == "accepted"
    answered = sum(bool(one.answer) for one in labelled())
    return accepted[False] / (len(labelled()) - answered), accepted[True] / answered


def test_questions_that_another_section_answers_are_turned_down(converted_examples, chunks, tmp_path):
    found = outcome(tmp_path / "judged", converted_examples, chunks, "auto")
    right, wrong = shares(found)
    assert len(found) == len(labelled()) > 200
    assert (right >= 0.95, wrong <= 0.02) == (True, True), (right, wrong)
    turned_down = [found[one.question] for one in labelled() if one.answer]
    assert sum("answerable" in why for why in turned_down) >= 0.97 * len(turned_down)


def test_rules_alone_find_nearly_all_of_the_answers(converted_examples, chunks, tmp_path):
    right, wrong = shares(outcome(tmp_path / "rules", converted_examples, chunks, "off"))
    assert (right >= 0.95, wrong <= 0.05) == (True, True), (right, wrong)


def test_a_question_without_an_answer_walks_back_to_what_it_is_near_to(converted_examples, chunks, tmp_path):
    outcome(tmp_path / "it", converted_examples, chunks, "off")
    context = VerifyContext(
        find_papers([EXAMPLES]),
        Workspace(tmp_path / "it/work"),
        convert.Converter(Settings().convert).convert,
        tmp_path,
    )
    report = verify(tmp_path / "it/d", context)
    total = len(list(rows(tmp_path / "it/d", "unanswerable")))
    assert (report.records, report.verified, report.not_verified) == (total, total, ())
    first = next(row for _, row in rows(tmp_path / "it/d", "unanswerable"))
    assert (first["answer"], first["kind"], bool(first["evidence"])) == ("Not stated.", "unanswerable", True)
