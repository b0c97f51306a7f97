import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qagen.parsing import explain, parse
from qagen.reasons import Reason
from tests.qagen.parsing.shapes import SHAPES, Shape, pairs_for

shaped = st.sampled_from(SHAPES).flatmap(lambda shape: st.tuples(st.just(shape), pairs_for(shape)))


def read(shape: Shape, pairs, **options):
    return parse(shape.render(pairs), response_format=shape.format, **options)


def test_there_are_at_least_forty_shapes_with_names_of_their_own():
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 40


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_pairs_in_any_shape_come_back_exactly(shape):
    @settings(max_examples=25, deadline=None)
    @given(pairs_for(shape))
    def check(pairs):
        parsed = read(shape, pairs, finish_reason="stop")
        assert [(pair.question, pair.answer) for pair in parsed.pairs] == pairs
        assert [pair.place for pair in parsed.pairs] == list(range(len(pairs)))

    check()


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_a_cut_response_gives_only_pairs_of_the_whole_one(shape):
    @settings(max_examples=6, deadline=None)
    @given(pairs_for(shape), st.randoms(use_true_random=False))
    def check(pairs, random):
        whole = shape.render(pairs)
        parsed = parse(whole, response_format=shape.format)
        full = {(pair.question, pair.answer) for pair in parsed.pairs}
        full |= {
            tuple(fault.text.split("\n", 1))
            for fault in parsed.faults
            if fault.reason in (Reason.DRAFT_IN_REASONING, Reason.SUPERSEDED)
        }
        full |= set(
            parse(whole.rpartition("</think>")[0]).pairs
            and [(p.question, p.answer) for p in parse(whole.rpartition("</think>")[0]).pairs]
        )
        for cut in sorted(random.sample(range(len(whole)), min(20, len(whole)))):
            got = parse(whole[:cut], finish_reason="length", response_format=shape.format).pairs
            assert {(pair.question, pair.answer) for pair in got} <= full, whole[:cut]

    check()


@settings(max_examples=60, deadline=None)
@given(shaped, st.data())
def test_explain_gives_every_line_once_and_in_order(shaped, data):
    shape, pairs = shaped
    whole = shape.render(pairs)
    explained = explain(whole, response_format=shape.format)
    assert "".join("".join(line.split()) for _, line in explained) == "".join(whole.split())
