import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

import datasets
import pyarrow as pa
import pytest

from builder.folder.schema import (
    CONFIGS,
    SCHEMAS,
    chat_row,
    column_names,
    record_of,
    rejected_row,
    rejection_of,
    row_of,
    yaml_features,
)
from qagen.reasons import Kind, Reason
from qagen.records import Record, Rejection
from tests.builder.corpora import paper, record, rejection

PAPER = paper("p")


def shape(kind: object) -> object:
    """A type of a dataclass as nested names: what the schema has to look like."""
    if isinstance(kind, UnionType):
        (kind,) = [part for part in get_args(kind) if part is not NoneType]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {part.name: shape(hints[part.name]) for part in fields(kind)}
    if get_origin(kind) is tuple:
        return [shape(get_args(kind)[0])]
    return {str: "string", int: "integer", float: "float", bool: "bool", Kind: "string", Reason: "string"}[
        kind
    ]


def arrow_shape(kind: pa.DataType) -> object:
    if pa.types.is_struct(kind):
        return {part.name: arrow_shape(part.type) for part in kind}
    if pa.types.is_list(kind):
        return [arrow_shape(kind.value_type)]
    return "integer" if pa.types.is_integer(kind) else "float" if pa.types.is_floating(kind) else str(kind)


@pytest.mark.parametrize(
    ("config", "made_from", "added"), [("default", Record, []), ("rejected", Rejection, ["id"])]
)
def test_the_columns_are_the_fields_of_the_dataclass(config, made_from, added):
    columns = {column.name: arrow_shape(column.type) for column in SCHEMAS[config]}
    assert {name: kind for name, kind in columns.items() if name not in added} == shape(made_from)
    assert all(columns[name] == "string" for name in added)


def through_arrow(config, row):
    return pa.Table.from_pylist([row], schema=SCHEMAS[config]).to_pylist()[0]


def test_a_record_comes_back_from_its_row_as_it_was():
    whole = record(PAPER, "Why is it so?")
    assert record_of(through_arrow("default", row_of(whole))) == whole


def test_a_rejection_comes_back_from_its_row_as_it_was():
    whole = rejection(PAPER)
    row = through_arrow("rejected", rejected_row(whole))
    assert rejection_of(row) == whole
    assert row["id"] == whole.id


def test_a_rejected_paper_has_no_provenance_below_it():
    bare = Rejection(Kind.PAPER, Reason.ENCRYPTED, "wants a password", PAPER)
    row = through_arrow("rejected", rejected_row(bare))
    assert [row[name] for name in ("section", "chunk", "generation", "question", "answer", "text")] == [
        None
    ] * 6
    assert rejection_of(row) == bare


def test_floats_are_rounded_to_four_decimals_everywhere():
    row = row_of(record(PAPER, "Why?", support=0.123456))
    assert {name: value for name, value in row["checks"].items() if value is not None} == {"support": 0.1235}
    assert chat_row(record(PAPER, "Why?", support=0.123456))["support"] == 0.1235


def test_half_a_surrogate_pair_of_a_response_becomes_a_replacement_character():
    row = rejected_row(rejection(PAPER, detail="broken \ud83d end"))
    assert row["detail"] == "broken ��� end"
    assert through_arrow("rejected", row)["id"] == row["id"]


def test_chat_is_one_exchange_of_user_and_assistant():
    whole = record(PAPER, "Why is it so?", "Since it is.")
    assert chat_row(whole) == {
        "id": whole.id,
        "messages": [
            {"role": "user", "content": "Why is it so?"},
            {"role": "assistant", "content": "Since it is."},
        ],
        "paper_sha256": PAPER.sha256,
        "support": 0.75,
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_the_cards_yaml_is_what_datasets_itself_would_write(config):
    features = datasets.Features.from_arrow_schema(SCHEMAS[config])
    assert datasets.DatasetInfo(features=features)._to_yaml_dict()["features"] == yaml_features(config)


def test_every_leaf_of_the_schema_has_a_name_with_dots():
    assert list(column_names("chat")) == [
        ("id", "string"),
        ("messages[].role", "string"),
        ("messages[].content", "string"),
        ("paper_sha256", "string"),
        ("support", "float64"),
    ]


def test_the_documentation_names_every_column_with_its_type():
    text = (Path(__file__).parents[2] / "docs/dataset.md").read_text("utf-8")
    documented = {
        config: re.findall(r"^\| `([\w.\[\]]+)` \| (\w+) \|", part, re.MULTILINE)
        for config, part in zip(CONFIGS, text.split("## Columns of ")[1:], strict=True)
    }
    shared = ("paper", "section", "chunk", "generation")
    expected = {config: list(column_names(config)) for config in CONFIGS}
    expected["rejected"] = [leaf for leaf in expected["rejected"] if leaf[0].partition(".")[0] not in shared]
    assert documented == expected
