"""The pages of `qagen review`, in this process: what is shown, what is written, and who is kept out."""

import json
import shutil
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.building.build import build_dataset
from builder.diffing.causes import Cause
from builder.diffing.diff import diff
from builder.pages import PageRenderer, PdfFinder
from builder.reviewing.desk import Desk, Filter, origin_of
from builder.reviewing.exchange import exported, import_file
from builder.reviewing.numbers import figures, figures_text
from qagen import convert
from qagen.reviews import Decision, Verdict
from qagen.reviews.file import ReviewFile, encoded
from qagen.settings import Settings
from qagen.workspace import Workspace
from tests.command import complaints, qagen, rows
from tests.conftest import EXAMPLES

starlette = pytest.importorskip("starlette", reason="the extra `review` is not installed")
with warnings.catch_warnings():  # it would rather have the next httpx, which the openai client does not take
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from builder.reviewing.app import make_app  # noqa: E402
from builder.reviewing.guard import Guard  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the test client
PORT = 8123
SITE = f"http://127.0.0.1:{PORT}"
PLAIN = {"ask": {"engine": "extractive"}, "dataset": {"plots": False}, "select": {"max_per_section": 4}}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make(work: Path, out: Path):
    return build_dataset([EXAMPLES], out, settings=Settings.model_validate(PLAIN), work=work)


@pytest.fixture(scope="module")
def built(converted_examples, tmp_path_factory):
    root = tmp_path_factory.mktemp("reviewed")
    shutil.copytree(converted_examples / "papers", root / "work" / "papers")
    make(root / "work", root / "d")
    return root


@pytest.fixture
def desk(built, tmp_path):
    shutil.copytree(built / "work", tmp_path / "work")
    return desk_of(built, tmp_path, "ada")


def desk_of(built, tmp_path, name, **more):
    return Desk(built / "d", Workspace(tmp_path / "work"), name, now=lambda: NOW, **more)


def client_of(desk):
    guard = Guard(PORT)
    client = TestClient(make_app(desk, guard), base_url=SITE, follow_redirects=False)
    client.guard = guard
    return client


@pytest.fixture
def client(desk):
    with client_of(desk) as client:
        assert client.get("/", params={"token": client.guard.token}).status_code == 200
        yield client


def place_of(answer):
    """Where a page leads to, but for what it has to say there."""
    return answer.headers["location"].partition("&told=")[0]


def post(client, place, **fields):
    data = {"form_token": client.guard.form_token, **fields}
    return client.post(place, data=data, headers={"Origin": SITE})


def name_of(desk, config, number):
    return desk.table(config).content_ids[number]


def test_a_decision_is_in_the_file_at_once_and_the_next_pair_is_shown(desk, client):
    answer = post(client, "/item/default/0?", id=name_of(desk, "default", 0), verdict="accept")
    assert (answer.status_code, place_of(answer)) == (303, "/item/default/1?")
    (line,) = desk.file.path.read_text().splitlines()
    said = json.loads(line)
    assert (said["verdict"], said["reviewer"], said["id"]) == ("accept", "ada", name_of(desk, "default", 0))
    assert 'data-told=""' in client.get("/item/default/2").text  # another tab
    assert 'data-told="Accepted."' in client.get(answer.headers["location"]).text
    assert 'data-told=""' in client.get(answer.headers["location"]).text


def test_a_key_with_a_reason_rejects_and_a_rejection_without_one_is_asked_for_it(desk, client):
    own = name_of(desk, "default", 0)
    refused = post(client, "/item/default/0", id=own, verdict="reject")
    assert (refused.status_code, "say why" in refused.text) == (400, True)
    assert post(client, "/item/default/0", id=own, preset="trivial").status_code == 303
    word = desk.reviews.word(own)
    assert (word.verdict, word.decision.reason) == (Verdict.REJECT, "trivial")
    assert place_of(post(client, "/undo?state=rejected")) == "/item/default/0?&state=rejected"
    assert desk.reviews.word(own) is None
    last = post(client, "/undo")
    assert place_of(last) == "/?"
    assert "There is nothing to take back." in client.get(last.headers["location"]).text


def test_what_was_typed_is_shown_again_where_an_edit_cannot_be_taken(desk, client):
    own = name_of(desk, "default", 0)
    answer = post(client, "/item/default/0", id=own, verdict="edit", question="Why?", answer=" ")
    assert (answer.status_code, ">Why?</textarea>" in answer.text) == (400, True)
    same = desk.thing("default", 0)
    assert (
        "nothing was changed"
        in post(
            client, "/item/default/0", id=own, verdict="edit", question=same.question, answer=same.answer
        ).text
    )
    assert post(client, "/item/default/0", id="0" * 32, verdict="accept").status_code == 400
    assert not desk.file.path.exists()


def test_an_edit_keeps_blanks_and_joiners_as_they_are_written(desk):
    second = desk.thing("default", 1)
    written = "10\u00a0km and 12\u202f345 \u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    decision, _ = desk.decide("default", 1, Verdict.EDIT, new=(second.question, f" {written}\u202e\x07 "))
    assert decision.new_answer == written


def test_what_stands_among_the_records_word_for_word_is_not_turned_down_as_a_copy(desk, client):
    records, copies = desk.table("default").by_id, desk.table("rejected").content_ids
    number = next(number for number, name in enumerate(copies) if name in records)
    answer = post(client, f"/item/rejected/{number}", id=copies[number], verdict="reject")
    assert (answer.status_code, "stands word for word among the records" in answer.text) == (400, True)
    assert not desk.file.path.exists()


def test_an_import_brings_no_decision_back_that_a_later_one_took_the_place_of(desk, built, tmp_path):
    desk.decide("default", 0, Verdict.ACCEPT)
    (tmp_path / "out").write_text("\n".join(exported(desk, "jsonl")))
    desk.decide("default", 0, Verdict.REJECT, reason="trivial")
    assert import_file(desk, tmp_path / "out") == (0, 1, [])
    assert desk.reviews.word(name_of(desk, "default", 0)).verdict is Verdict.REJECT
    desk.undo()
    other = Desk(built / "d", Workspace(tmp_path / "other"), "bob", now=lambda: NOW)
    assert import_file(other, desk.file.path) == (1, 0, [])
    assert other.reviews.word(name_of(desk, "default", 0)).verdict is Verdict.ACCEPT


def test_an_edit_that_the_checks_object_to_holds_and_is_told(desk, client):
    own = name_of(desk, "default", 0)
    edit = {"verdict": "edit", "question": "How long is it?", "answer": "It is 77 parsecs long."}
    answer = post(client, "/item/default/0", id=own, **edit)
    assert "The checks object" in client.get(answer.headers["location"]).text


def test_nobody_is_served_without_the_cookie_under_another_name_or_from_another_page(desk, client):
    own = {"id": name_of(desk, "default", 0), "verdict": "accept"}
    with client_of(desk) as stranger:
        assert stranger.get("/").status_code == 403
        assert stranger.get("/", params={"token": "guess"}).status_code == 403
        assert stranger.get("/item/default/0").status_code == 403
    token = {"form_token": client.guard.form_token}
    for headers, data, status in (
        ({"Host": "evil.example"}, {**own, **token}, 421),
        ({"Host": "127.0.0.1"}, {**own, **token}, 421),
        ({"Origin": "http://evil.example"}, {**own, **token}, 403),
        ({"Origin": "null"}, {**own, **token}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {**own, **token}, 403),
        ({}, {**own, "form_token": "guess"}, 403),
        ({}, own, 403),
        ({}, {**own, **token, "verdict": "undo"}, 403),
        ({}, {**own, **token, "verdict": "x" * 300_000}, 403),
    ):
        assert client.post("/item/default/0", data=data, headers=headers).status_code == status
    assert client.post("/item/default/0", json={**own, **token}).status_code == 415
    assert client.put("/item/default/0").status_code == 405
    assert not desk.file.path.exists()


def test_every_page_forbids_what_it_does_not_need_and_has_no_script_of_its_own(client):
    for place in ("/", "/item/default/0", "/figures", "/?config=rejected", "/item/rejected/0", "/nowhere"):
        answer = client.get(place)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert (" style=" in answer.text, " onclick" in answer.text, "http://" in answer.text) == (False,) * 3
        assert client.guard.token not in answer.text


@pytest.mark.parametrize(
    "place",
    [
        "/static/..%2fdesk.py",
        "/static/../app.py",
        "/picture/default/0/../../x.svg",
        "/item/default/99999999",
        "/item/default/-1",
        f"/item/default/{'9' * 5000}",
        f"/picture/default/0/{'9' * 5000}.svg",
        "/item/default/\u0665",
        "/static/x",
    ],
)
def test_no_address_leads_to_a_file_that_is_not_meant(client, place):
    answer = client.get(place)
    assert (answer.status_code in (400, 404), "import" in answer.text) == (True, False)


def test_what_is_decided_twice_is_one_decision_and_one_undo_takes_it_back(desk, client):
    own = name_of(desk, "default", 0)
    for _ in range(2):
        post(client, "/item/default/0", id=own, verdict="accept")
    assert len(desk.file.path.read_bytes().splitlines()) == 1
    post(client, "/item/default/0", id=own, preset="trivial")
    post(client, "/undo")
    post(client, "/undo")
    assert desk.reviews.word(own) is None


@pytest.mark.parametrize("left", [b"", b"{", None])
def test_a_file_that_is_put_in_the_place_of_the_old_one_counts_instead_of_it(desk, left):
    for number in range(3):
        desk.decide("default", number, Verdict.ACCEPT)
    first, second = (name_of(desk, "default", number) for number in (0, 1))
    lines = desk.file.path.read_bytes().splitlines(keepends=True)
    if left is None:
        desk.file.path.unlink()
    else:
        desk.file.path.write_bytes(lines[1] + left)
    assert desk.reviews.word(first) is None
    assert (desk.reviews.word(second) is None) == (left is None)
    desk.decide("default", 0, Verdict.ACCEPT)
    assert desk.reviews.word(first).verdict is Verdict.ACCEPT


def test_a_last_line_without_its_line_break_counts_for_page_and_build_alike(desk):
    for number in range(2):
        desk.decide("default", number, Verdict.ACCEPT)
    data = desk.file.path.read_bytes()
    desk.file.path.write_bytes(data[:-1])
    names = [name_of(desk, "default", number) for number in (0, 1)]
    again = ReviewFile(desk.file.path)
    assert [entry.id for entry in again.read_on()] == names
    desk.decide("default", 0, Verdict.REJECT, reason="trivial")
    assert [entry.verdict for entry in again.read_on()] == [Verdict.REJECT]
    desk.file.path.write_bytes(data[:-70])
    assert [entry.id for entry in ReviewFile(desk.file.path).read_on()] == names[:1]
    assert desk.reviews.word(names[1]) is None


def test_an_import_takes_nothing_that_the_page_refuses(desk, tmp_path):
    thing = desk.thing("default", 0)
    said = {
        "id": thing.id,
        "paper": thing.paper.sha256,
        "question": thing.question,
        "answer": thing.answer,
        "reviewer": "bob",
    }
    edit = {**said, "verdict": "edit", "new_question": thing.question}
    whole = (
        encoded(Decision(thing.paper.sha256, thing.question, thing.answer, "eve", Verdict.ACCEPT))
        .decode()
        .rstrip()
    )
    lines = [
        whole.replace('"accept"', '"bring_back"'),
        json.dumps({**said, "verdict": "accept", "reviewer": "bob\u202e"}),
        json.dumps({**said, "verdict": "accept", "reviewer": " "}),
        json.dumps({**edit, "new_answer": thing.answer + " "}),
        json.dumps({**edit, "new_answer": "\u202e\u0007"}),
        json.dumps({**edit, "new_answer": " It is\u202e 5 m. "}),
        whole,
    ]
    (tmp_path / "in").write_text("\n".join(lines))
    taken, same, faults = import_file(desk, tmp_path / "in")
    assert (taken, same, [fault.partition(": ")[0] for fault in faults]) == (
        2,
        0,
        [f"line {number}" for number in range(1, 6)],
    )
    assert "its sum is another" in faults[0]
    assert desk.reviews.of_pair(thing.id)["bob"].new_answer == "It is 5 m."


def test_what_turns_text_around_is_named_on_the_page_and_not_obeyed(built, tmp_path):
    shutil.copytree(built / "work", tmp_path / "work")
    desk = desk_of(built, tmp_path, "ada")
    thing = desk.thing("default", 0)
    turned = replace(thing, answer=f"It is \u202e5 m\u202c and \u2067<b>\u2069 {thing.answer}")
    desk.thing = lambda config, number: turned
    with client_of(desk) as client:
        client.get("/", params={"token": client.guard.token})
        text = client.get("/item/default/0").text
    assert not any(letter in text for letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "It is [U+202E]5 m[U+202C] and [U+2067]&lt;b&gt;" in text
    assert ">It is 5 m and &lt;b&gt;" in text  # in the field where it is edited


def test_a_paper_that_is_no_sha256_is_looked_for_nowhere(desk, tmp_path):
    thing = desk.thing("default", 0)
    named = "../elsewhere/paper"
    shutil.copytree(desk._workspace.paper(thing.paper.sha256), tmp_path / "elsewhere" / "paper")
    for meta in (tmp_path / "elsewhere").rglob("meta.json"):
        meta.write_text(meta.read_text().replace(thing.paper.sha256, named))
    assert convert.find(desk._workspace.paper(named), named, thing.paper.document_sha256) is not None
    assert desk._document_of(replace(thing.paper, sha256=named)) is None
    assert desk._document_of(thing.paper) is not None


def test_the_list_is_filtered_searched_and_paged(desk, client):
    table = desk.table("default")
    word = desk.thing("default", 3).answer.split()[2].lower()
    found = desk.matching("default", Filter(query=_query(text=word)))
    assert 0 < len(found) <= len(table)
    assert f"{len(found)}" in client.get("/", params={"q": word}).text
    post(client, "/item/default/0", id=name_of(desk, "default", 0), verdict="accept")
    assert desk.matching("default", Filter(state="accepted")).tolist() == [0]
    assert 0 not in desk.matching("default", Filter(state="unreviewed")).tolist()
    paper = desk.thing("default", 0).paper
    assert {
        desk.thing("default", int(one)).paper
        for one in desk.matching("default", Filter(_query(paper=paper.sha256)))
    } == {paper}
    assert "Nothing matches" in client.get("/", params={"q": "zzzz"}).text
    assert "page 1 of" in client.get("/", params={"page": "0", "support": "0.0-1"}).text


def _query(**values):
    from builder.folder.review_table import Query

    return Query(**values)


def test_a_page_of_the_paper_has_the_boxes_of_the_evidence(built, tmp_path):
    with PageRenderer() as renderer:
        desk = desk_of(built, tmp_path, "ada", finder=PdfFinder([EXAMPLES]), renderer=renderer)
        desk._workspace = Workspace(built / "work")
        page = desk.item("default", 0).pages[0].page
        with client_of(desk) as client:
            client.get("/", params={"token": client.guard.token})
            answer = client.get(f"/picture/default/0/{page}.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ("data:image/webp;base64," in answer.text, "<rect" in answer.text) == (True, True)


def test_without_pdfs_the_picture_says_how_to_get_it(client, desk):
    page = desk.item("default", 0).pages[0].page
    assert "--papers" in client.get(f"/picture/default/0/{page}.svg").text
    assert "does not stand" in client.get("/picture/default/0/999.svg").text


def test_a_build_honours_what_was_decided_and_the_diff_names_it(desk, built, tmp_path):
    first, second, third = (desk.thing("default", number) for number in range(3))
    reasons = [one["reason"] for one in desk.table("rejected").brief(range(len(desk.table("rejected"))))]
    rejected = reasons.index("over_quota")
    back = desk.thing("rejected", rejected)
    desk.draw(5, seed=0)
    desk.decide("default", 0, Verdict.REJECT, reason="trivial")
    desk.decide("default", 1, Verdict.EDIT, new=(second.question, "It is 77 parsecs long."))
    desk.decide("default", 2, Verdict.ACCEPT)
    desk.decide("rejected", rejected, Verdict.BRING_BACK)
    last = desk.thing("default", len(desk.table("default")) - 1)
    gone = edit_of(last, "Why did no model ask this?", origin_of(last))
    moved = replace(gone.origin, chunk=replace(gone.origin.chunk, sha256="0" * 64))
    desk.append([gone, edit_of(last, "Why is this of no passage?", moved)])
    report = make(tmp_path / "work", tmp_path / "new")
    assert report.calls["made"] == 0
    by_answer = {(row["question"], row["answer"]): row for row in rows(tmp_path / "new")}
    assert (first.question, first.answer) not in by_answer
    edited = by_answer[second.question, "It is 77 parsecs long."]
    assert edited["edits"][-1] == {"by": "review", "field": "answer", "before": second.answer}
    assert (edited["review"]["decision"], bool(edited["review"]["overruled"])) == ("edit", True)
    assert edited["chunk"]["start"] == second.chunk.start
    restored = by_answer["Why did no model ask this, edited?", last.answer]
    assert restored["edits"] == [{"by": "review", "field": "question", "before": gone.question}]
    assert restored["chunk"]["sha256"] == last.chunk.sha256
    assert by_answer[third.question, third.answer]["review"]["decision"] == "accept"
    assert by_answer[back.question, back.answer]["review"]["decision"] == "bring_back"
    turned_down = [
        row for row in rows(tmp_path / "new", "rejected") if row["reason"] == "turned_down_by_review"
    ]
    lost = [
        row["question"]
        for row in rows(tmp_path / "new", "rejected")
        if row["reason"] == "edit_without_source"
    ]
    assert lost == ["Why is this of no passage, edited?"]
    assert [(row["question"], row["detail"]) for row in turned_down] == [(first.question, "trivial")]
    found = diff(built / "d", tmp_path / "new")
    came, went = ({one.id: one.cause for one in changes} for changes in (found.added, found.removed))
    assert came[edited["id"]] is came[name_of(desk, "rejected", rejected)] is Cause.REVIEWED
    assert went[first.id] is went[second.id] is Cause.REVIEWED
    assert "made.reviews" in found.settings
    card = (tmp_path / "new" / "README.md").read_text()
    assert "What people looked at" in card
    for _ in range(3):
        desk.undo()
    make(tmp_path / "work", tmp_path / "newer")
    again = diff(tmp_path / "new", tmp_path / "newer")
    assert {one.id: one.cause for one in again.removed} == dict.fromkeys(
        (name_of(desk, "rejected", rejected), restored["id"]), Cause.REVIEWED
    )


def edit_of(thing, question, origin):
    return Decision(
        paper=thing.paper.sha256,
        question=question,
        answer=thing.answer,
        reviewer="ada",
        verdict=Verdict.EDIT,
        new_question=f"{question[:-1]}, edited?",
        new_answer=thing.answer,
        origin=origin,
    )


def test_a_sample_gives_a_precision_and_two_reviewers_their_agreement(desk, built, tmp_path):
    drawn = desk.draw(4, seed=7)
    assert desk.draw(4, seed=7) == drawn
    order = [desk.table("default").by_id[name] for name in drawn.ids]
    assert desk.matching("default", Filter(sample=True)).tolist() == order
    assert desk.neighbours("default", order[1], Filter(sample=True)) == (order[0], order[2], 2, 4)
    bob = desk_of(built, tmp_path, "bob")
    for one, verdicts in ((desk, "aara"), (bob, "aaaa")):
        for number, letter in zip(order, verdicts, strict=True):
            one.decide("default", number, Verdict.ACCEPT if letter == "a" else Verdict.REJECT, reason="wrong")
    found = figures(desk)
    assert (found.precision.judged, found.precision.right, found.disputed) == (4, 3, 1)
    assert [(one.pairs, one.same, one.kappa) for one in found.agreements] == [(4, 3, 0.0)]
    assert "Cohen's kappa 0.00" in figures_text(found)
    assert [one.reviewer for one in desk.item("default", order[0]).others] == ["bob"]
    with client_of(desk) as client:
        client.get("/", params={"token": client.guard.token})
        assert "0.750" in client.get("/figures").text


@pytest.mark.parametrize("form", ["jsonl", "labelstudio"])
def test_decisions_survive_the_way_through_an_export(desk, built, tmp_path, form):
    second = desk.thing("default", 1)
    desk.decide("default", 0, Verdict.REJECT, reason="trivial")
    desk.decide("default", 1, Verdict.EDIT, new=(second.question, "Nobody knows."))
    (tmp_path / "out").write_text("\n".join(exported(desk, form)))
    other = Desk(built / "d", Workspace(tmp_path / "other"), "bob", now=lambda: NOW)
    assert import_file(other, tmp_path / "out") == (2, 0, [])
    assert import_file(other, tmp_path / "out") == (0, 2, [])
    names = [name_of(desk, "default", number) for number in (0, 1)]
    for name in names:
        mine, theirs = (one.reviews.of_pair(name)["ada"] for one in (desk, other))
        assert (mine.verdict, mine.reason, mine.new_answer) == (
            theirs.verdict,
            theirs.reason,
            theirs.new_answer,
        )
    (tmp_path / "bad").write_text('{"id": "x"}\nno json\n')
    taken, same, faults = import_file(other, tmp_path / "bad")
    assert (taken, same, len(faults)) == (0, 0, 2)


def test_a_workspace_that_is_not_there_is_told_before_anything_is_decided(built, tmp_path):
    run = qagen("review", built / "d", "--work", tmp_path / "none", "--export", "jsonl")
    assert (run.returncode, json.loads(run.stdout.splitlines()[0])["source"]) == (0, "")
    assert complaints(run)[0].startswith(
        f"there is no workspace {str(tmp_path / 'none')!r}: no passage can be shown"
    )
    assert not (tmp_path / "none").exists()
