"""The schemas that hold a response to pairs or labels."""

from dataclasses import replace

from qagen.engines.schema import json_pairs
from qagen.engines.server.http_client import Aid, fields
from qagen.records import Message, Request

ASKED = Request("m", (Message("user", "hello"),), 0.0, 1.0, 100, 1)


def listed(body):
    return body["response_format"]["json_schema"]["schema"]["properties"]["pairs"]


def test_a_list_of_pairs_ends_where_no_more_were_asked_for():
    asked = replace(ASKED, response_format="json", most_pairs=7)
    assert listed(fields(asked))["maxItems"] == 7
    assert "maxItems" not in listed(fields(replace(asked, most_pairs=None)))
    assert "most_pairs" not in fields(asked)
    assert "response_format" not in fields(asked, Aid.NONE)


def test_the_bound_is_part_of_the_key_only_where_it_is_sent():
    asked = replace(ASKED, response_format="json")
    keys = {asked.key, replace(asked, most_pairs=7).key, replace(asked, most_pairs=8).key}
    assert len(keys) == 3
    assert ASKED.key == "305a1dc6768f391d173918ec12fa5a676d1a122a97aa853d06b44827f371f6ec"


def test_schemas_of_different_bounds_share_nothing_that_could_change():
    one, other = json_pairs(1), json_pairs(2)
    one["json_schema"]["name"] = "changed"
    assert other["json_schema"]["name"] == "pairs"
