"""What Python has of qagen: names that resolve and are documented, imports that cost nothing, and the docs' examples."""

import ast
import inspect
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape

import pytest

import builder
import qagen
from builder import html
from builder.hub.keywords import PushKeywords
from builder.hub.options import PushOptions, PushResult
from qagen.errors import InputError, SettingsError
from qagen.options.reading import options_of
from qagen.options.spelling import in_keywords, keywords_of_table
from qagen.options.tables import BuildOptions
from qagen.options.values import settings_of
from qagen.settings import Settings
from tests.builder.test_demo import report
from tests.conftest import EXAMPLES, ROOT

HEAVY = ("pydantic", "httpx", "openai", "datasets", "pyarrow", "pypdfium2", "typer", "rich")


def remedies():
    """The source of every `remedy=` in the rooms that the functions call."""
    rooms = (
        ROOT / "qagen",
        *(ROOT / "builder" / name for name in ("building", "folder", "hub", "verifying", "diffing")),
    )
    for path in sorted(path for room in rooms for path in room.rglob("*.py") if "cli" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "remedy":
                yield ast.unparse(node.value)


@pytest.mark.parametrize("module", [builder, qagen])
def test_every_public_name_resolves_is_documented_and_is_in_dir(module):
    for name in module.__all__:
        assert (inspect.getdoc(getattr(module, name)) or "").strip(), name
    assert set(module.__all__) <= set(dir(module))
    assert module.__all__ == sorted(module.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'modle'"):
        module.modle  # noqa: B018


def test_importing_both_imports_nothing_heavy():
    code = f"import sys, builder, qagen; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout == "[]\n"


def test_the_options_of_a_push_are_the_fields_of_its_value_with_their_defaults():
    declared = {one.name: one.option.default for one in options_of(PushKeywords)}
    assert declared == {name: getattr(PushOptions(), name) for name in declared}
    assert set(declared) == set(inspect.signature(PushOptions).parameters)


def test_every_setting_can_be_given_by_a_keyword():
    keywords = {one.name for one in options_of(BuildOptions)}
    assert set(Settings.model_fields) <= keywords
    given = {
        "checks": {"min_support": 0.5},
        "chunk_chars": 900,
        "judge": {"votes": 2},
        "rules": [{"files": "*", "prompt": "p"}],
    }
    made = settings_of(BuildOptions, given, Settings(ask={"pairs": 3}))
    assert made == Settings(
        ask={"pairs": 3},
        checks={"min_support": 0.5},
        chunk={"chars": 900},
        judge={"votes": 2},
        rules=[{"files": "*", "prompt": "p"}],
    )


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "said"),
    [
        ((), {}, InputError, "build() needs 'papers'"),
        (("papers",), {}, InputError, "build() needs 'out'"),
        (("p", "o"), {"modle": "m"}, SettingsError, "unknown keyword 'modle'; did you mean 'model'?"),
        (("p", "o"), {"temperature": 1}, SettingsError, "write ask={'temperature': ...}"),
        (
            ("p", "o"),
            {"pairs": "ten"},
            SettingsError,
            "'pairs': Input should be a valid integer (given: 'ten')",
        ),
        (
            ("p", "o"),
            {"limit": 0},
            SettingsError,
            "'limit': Input should be greater than or equal to 1 (given: 0)",
        ),
        (("p", "o"), {"checks": 3}, SettingsError, "'checks': the keys of the table [checks]"),
        (("p", "o"), {"chunk_chars": 900, "chunk": {"chars": 900}}, SettingsError, "say the same setting"),
        (("p", "o"), {"settings": {}}, SettingsError, "'settings' is a dict, and not a qagen.Settings"),
        ((5, "o"), {}, InputError, "'papers': PDFs, and folders of PDFs"),
        (("nowhere/", "o"), {}, InputError, "there is no file or folder 'nowhere'"),
        (("p", "o", "x"), {}, InputError, "build() takes papers, out without a name"),
    ],
)
def test_a_plain_mistake_is_one_line_of_our_own(arguments, keywords, error, said):
    with pytest.raises(error, match=re.escape(said)) as raised:
        builder.build(*arguments, **keywords)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("go on with both with --accept-model-change, or ask", "go on with both with accept_model_change=True, or ask"),
        ("name another folder with --out", "name another folder with 'out'"),
        ("take `--sections rules`, or another engine", 'take sections="rules", or another engine'),
        ("leave --ocr out", "leave 'ocr' out"),
        ("--ocr always cannot run here", 'ocr="always" cannot run here'),
        ("do without with --grounding off", 'do without with grounding="off"'),
        ("with `model` in [judge], or --judge off, which", 'with judge={"model": ...}, or judge="off", which'),
        ("without 'max_per_section' in [select]", 'without select={"max_per_section": ...}'),
    ],
)  # fmt: skip
def test_options_of_the_command_line_are_said_as_keywords(typed, written):
    words = {**keywords_of_table(BuildOptions), "out": frozenset()}
    assert in_keywords(typed, words) == written


@pytest.mark.parametrize(
    "text",
    [
        "start it with --reasoning-parser",
        "start it with `--max-model-len 9000`",
        "fetch it with `qagen models pull --grounding small`",
        "there is no file 'a --out b'",
        "'labels' in [somewhere]",
    ],
)
def test_what_no_keyword_is_for_stays_as_it_is(text):
    assert in_keywords(text, keywords_of_table(BuildOptions)) == text


def test_every_option_that_a_remedy_names_is_a_keyword_of_some_function_or_of_the_command_line_alone():
    """Else a new remedy would tell somebody in a notebook to type an option."""
    known = set().union(*(keywords_of_table(table) for table in (BuildOptions, PushKeywords)), {"out"})
    said = {name for text in remedies() for name in re.findall(r"(?<![\w`])--([a-z][a-z-]*)", text)}
    assert len(said) > 12
    assert {name for name in said if name.replace("-", "_") not in known} == SERVERS_OWN


SERVERS_OWN = {"max-model-len"}
"""Options of others' programs."""


def test_an_error_tells_of_keywords_and_keeps_its_kind_and_place(work, tmp_path):
    with pytest.raises(SettingsError) as raised:
        builder.build(EXAMPLES, tmp_path / "d", work=work, engine="server", offline=True)
    assert str(raised.value) == (
        "offline=True cannot ask a server which model it has; name the model whose answers are in the ledger with 'model'"
    )
    assert any(place.name == "build_dataset" for place in raised.traceback)


def test_the_examples_of_the_docs_run(work, tmp_path):
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    names = {"papers": EXAMPLES, "out": tmp_path / "dataset", "work": work}
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(code, names)


def test_a_report_shows_hostile_text_escaped(work, tmp_path):
    report = builder.build(EXAMPLES, tmp_path / "<b>", engine="extractive", work=work)
    assert "<b>" not in report._repr_html_()
    assert "&lt;b&gt;" in report._repr_html_()


def test_a_long_word_may_break_on_a_narrow_page_and_nothing_of_it_is_lost():
    word = "ab<" * 22
    shown = html.text(f"so {word} is")
    assert max(map(len, re.split(r"<wbr>| ", re.sub("&lt;", "<", shown)))) <= 16
    assert unescape(shown.replace("<wbr>", "")) == f"so {word} is"
    assert "<wbr>" not in html.text("words as they mostly are, e.g. internationalisation")


def test_bars_of_all_kinds_have_one_scale_and_small_counts_are_told_apart(tmp_path):
    made = report(rejections={"pair": {"echo": 1, "too_short": 999}, "chunk": {"garbled": 2}})._repr_html_()
    assert re.findall(r'<progress value="(\d+)" max="(\d+)"[^>]*></progress> ([\d.]+%)', made) == [
        ("999", "999", "99.9%"),
        ("1", "999", "0.1%"),
        ("2", "999", "100.0%"),
    ]


def test_what_was_pushed_is_shown_with_what_goes_and_what_stays():
    done = PushResult(
        "me/qa", "1.1.0", "v1.1.0", "0123456789abcdef", changed=True, why="1 record added, 0 records removed",
        changes=("1 record added (<i>)",), files={"README.md": 2345}, deleted=("data/old.parquet",), kept=("LICENSE",),
        records=230, url="https://hub/datasets/me/qa",
    )  # fmt: skip
    shown = done._repr_html_()
    for part in (
        "me/qa 1.1.0 published",
        "0123456789ab<",
        "2,345",
        "data/old.parquet",
        "LICENSE",
        "(&lt;i&gt;)",
    ):
        assert part in shown
    assert "load_dataset(&#x27;me/qa&#x27;, revision=&#x27;v1.1.0&#x27;)" in shown
    tried = replace(done, commit=None)._repr_html_()
    assert ("would be published" in tried, "load_dataset" in tried) == (True, False)
    none = replace(done, changed=False, why="the same as v1.0.0, which is published")._repr_html_()
    assert (
        none
        == "<div><p><strong>nothing to publish: the same as v1.0.0, which is published</strong></p></div>"
    )
