"""The card of a set: what `load_dataset` and the Hub read, and how each harness is run."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import yaml

from builder.card.markdown import text


def card(found: Mapping[str, Any], left_out: Sequence[tuple[str, int, str]], labels: Sequence[str]) -> str:
    """The card's text.

    Args:
        found: `Evalset.as_json()`.
        left_out: `Evalset.reasons()`.
        labels: columns that the dataset has for groups of questions.
    """
    forms = ["open", *(["choice"] if found["choice"] else [])]
    header = {
        "pretty_name": f"{found['source']}, as a set that measures",
        "task_categories": ["question-answering", *(["multiple-choice"] if found["choice"] else [])],
        "configs": [
            {"config_name": form, "data_files": [{"split": "test", "path": f"data/{form}/test.jsonl"}]}
            for form in forms
        ],
    }
    return _template().render(
        header=yaml.safe_dump(header, sort_keys=False, allow_unicode=True),
        source=text(found["source"]),
        left_out=left_out,
        labels=labels,
        **{key: found[key] for key in ("name", "version", "records", "open", "choice")},
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(  # noqa: S701 - Markdown; what others wrote is escaped by `text`
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    source = resources.files("builder.evaluating") / "templates" / "card.md.jinja"
    return environment.from_string(source.read_text(encoding="utf-8"))
