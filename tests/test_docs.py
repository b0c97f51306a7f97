"""What the documentation names is there: paths, pages, commands with their options, settings; and its reference has all there is."""

import re
import tomllib

import pytest
import typer

import builder
import qagen
from builder.cli import app
from builder.folder.schema import CONFIGS, column_names
from qagen.reasons import Reason
from qagen.settings import RuleSettings, Settings
from tests.documentation import (
    FENCED,
    OTHER_PROGRAMS,
    PAGES,
    ROOT,
    Shown,
    mentioned,
    programs,
    shown,
)

PATH = re.compile(
    r"(?<![\w/.-])(?:qagen|builder|dataset_card|tests|docs|scripts|benchmarks|examples)/[\w./-]*\w/?"
)
ROOT_COMMAND = typer.main.get_command(app)
ELSEWHERE = re.compile(r"NAME|FILE|^qagen/models$")
"""A name that the reader chooses; a folder in the user's cache."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_path_that_a_page_names_exists(page):
    named = {
        path for code in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")) for path in PATH.findall(code)
    }
    assert [path for path in sorted(named) if not ELSEWHERE.search(path) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_that_a_page_links_to_exists(page):
    linked = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in linked if not (page.parent / link).exists()] == []


def test_the_architecture_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = [
        f"{place.parent.relative_to(ROOT).as_posix()}/"
        for package in ("qagen", "builder")
        for place in sorted((ROOT / package).glob("*/__init__.py"))
    ]
    assert [room for room in rooms if f"`{room}`" not in text] == []


@pytest.mark.parametrize("package", ["qagen", "builder"])
def test_every_room_has_a_map(package):
    maps = [place.read_text("utf-8") for place in sorted((ROOT / package).glob("*/__init__.py"))]
    assert len(maps) > 5
    assert all(text.startswith('"""') for text in maps)


def command_of(words: list[str]) -> tuple[str, dict[str, object]]:
    """The command that words begin with, and what its options are called."""
    found, path = ROOT_COMMAND, []
    for word in words:
        if word not in getattr(found, "commands", {}):
            break
        found = found.commands[word]
        path.append(word)
    return " ".join(path), {
        name: found for option in found.params for name in (*option.opts, *option.secondary_opts)
    }


def unknown(one: Shown) -> list[str]:
    path, options = command_of(one.words)
    return [path or one.text, *(flag for flag in one.flags if flag not in {*options, "--help"})]


def test_every_command_that_a_page_shows_or_mentions_is_there_with_its_options():
    commands = [one for page in PAGES for one in (*shown(page), *mentioned(page))]
    assert len(commands) > 100
    assert [
        (one.page, one.text)
        for one in commands
        if not command_of(one.words)[0] and one.flags != ["--version"] and one.words != ["COMMAND", "--help"]
    ] == []
    assert [
        (one.page, *unknown(one)) for one in commands if len(unknown(one)) > 1 and one.flags != ["--version"]
    ] == []


def test_most_of_what_is_shown_is_run_and_other_programs_are_few_and_known():
    commands = [one for page in PAGES for one in shown(page)]
    assert len([one for one in commands if one.why_not]) < len(commands) / 4
    assert {name for page in PAGES for name in programs(page)} - {"qagen"} <= set(OTHER_PROGRAMS)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    made = {
        name
        for page in PAGES
        for name in re.findall(r"^\$ make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert made <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_settings_file_that_a_page_shows_can_be_read(page):
    for language, code in FENCED.findall(page.read_text("utf-8")):
        if language == "toml" and (tables := tomllib.loads(code)):
            Settings.model_validate(tables)


def test_the_commands_are_listed_on_the_page_about_them():
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [name for name in ROOT_COMMAND.commands if f"`qagen {name}" not in text] == []


def test_the_reference_has_every_command_setting_reason_column_and_name():
    pytest.importorskip("griffe", reason="what reads docstrings is not installed; see the group `docs`")
    from scripts.docs_reference import attribute_docs, pages

    made = pages()
    for name, command in ROOT_COMMAND.commands.items():
        assert f"\n## qagen {name}\n" in made["reference/commands.md"]
        for option in [name for param in command.params for name in param.opts if name.startswith("-")]:
            assert f"`{option}" in made["reference/commands.md"]
    models = {name: type(field.default) for name, field in Settings.model_fields.items()} | {
        "rules": RuleSettings
    }
    for table, model in models.items():
        (part,) = re.findall(
            rf"^## \[+{table}\]+\n(.*?)(?=^## |\Z)", made["reference/settings.md"], re.MULTILINE | re.DOTALL
        )
        assert re.findall(r"^\| `(\w+)` \|", part.partition("\nIn `[")[0], re.MULTILINE) == list(
            model.model_fields
        )
        assert set(attribute_docs(model)) >= set(model.model_fields)
    assert re.findall(r"^\| `(\w+)` \|", made["reference/reasons.md"], re.MULTILINE) == [
        one.value for one in Reason
    ]
    for config in CONFIGS:
        part = made["reference/columns.md"].partition(f"\n## {config}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `([^`]+)`†? \| (\w+) \|", part, re.MULTILINE) == list(column_names(config))
    for module in (builder, qagen):
        for name in module.__all__:
            assert f"\n### {module.__name__}.{name} " in made["reference/python.md"]
