"""Results that wait on the disk until the selection has decided."""

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.building.spool import Spool
from qagen.records import Record, Rejection

RESULTS = st.lists(st.from_type(Record) | st.from_type(Rejection), max_size=4)


@settings(max_examples=25)
@given(RESULTS, RESULTS)
def test_results_come_back_as_they_were_as_often_as_they_are_wanted(tmp_path_factory, before, results):
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        spool.fill(before)
        spool.fill(results * 80)
        for _ in range(2):
            # As text, since a score that is no number is not equal to itself.
            assert [repr(one) for one in spool] == [repr(one) for one in (*before, *results * 80)]
        assert spool.length == len(before) + 80 * len(results)


@settings(max_examples=10)
@given(RESULTS, RESULTS)
def test_a_spool_that_was_cleared_begins_anew(tmp_path_factory, before, results):
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        spool.fill(before)
        spool.clear()
        spool.fill(results)
        assert ([repr(one) for one in spool], spool.length) == ([repr(one) for one in results], len(results))
