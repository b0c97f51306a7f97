"""Which chunks of two papers are asked about together."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qagen.asking.across import PapersCompared, ReadPaper
from qagen.records import Chunk, Section
from tests.across import CELLS, FIELDS, FILMS, SEEDED, SPUN

FOUND = 3
TITRE = """\
The plasma cell activity titre (PCAT) of the rabbits was followed for a week, and PCAT rose with every injection under the skin. Two nurses \
drew blood before noon, spun it cold, and froze the serum in small glass vials."""
HORSES = """\
Horses from Wales have a low plasma cell activity titre (PCAT) in spring, when grass is short. Their PCAT doubled after the foals were weaned, \
which the breeders put down to richer hay and fewer journeys by lorry."""
ARRAY = """\
A pulse coupled array test (PCAT) shows which antennas of a ship shadow each other at sea. The PCAT takes an hour, needs a calm harbour, and \
found eleven broken connectors behind the forward mast."""


def read(name, *texts, works=None, vectors=None):
    chunks = []
    for index, text in enumerate(texts):
        section = Section(("Results",), index * 3000, index * 3000 + 3000, index * 3000 + 10, body=True)
        chunks.append(Chunk(index, index * 3000, index * 3000 + len(text), text, section, (1,)))
    return ReadPaper(name, frozenset(works or {name}), tuple(chunks), vectors)


def groups(*papers, most=FOUND):
    compared = PapersCompared()
    for paper in papers:
        compared.add(paper)
    return [(group.papers, tuple(chunk.index for chunk in group.chunks)) for group in compared.groups(most)]


A, B = read("a", FIELDS, SEEDED), read("b", SPUN, FIELDS)
C, D = read("c", CELLS), read("d", FILMS)


def test_papers_that_name_the_same_thing_go_together_whatever_their_order():
    assert groups(A, B, C, D) == groups(D, B, C, A) == [(("a", "b"), (1, 0)), (("c", "d"), (0, 0))]


def test_versions_of_one_work_and_chunks_that_say_the_same_do_not():
    assert groups(replace(A, works=frozenset({"w"})), replace(B, works=frozenset({"w", "b"}))) == []
    assert groups(read("a", SEEDED), read("b", SEEDED)) == []
    assert groups(A) == groups() == groups(A, B, most=0) == []


def test_a_paper_that_shares_nothing_changes_no_group_and_one_that_shares_something_only_its_own():
    before = groups(A, B, D)
    assert groups(A, B, D, read("e", FIELDS.upper())) == before
    assert [group for group in groups(A, B, C, D) if group[0] == ("a", "b")] == before


def test_an_acronym_that_stands_for_other_things_is_no_ground():
    assert groups(read("a", TITRE), read("b", HORSES)) == [(("a", "b"), (0, 0))]
    assert groups(read("a", TITRE), read("b", ARRAY)) == []


def test_near_vectors_decide_between_chunks_that_share_as_much():
    texts = [SPUN, SPUN.replace("fibre", "ribbon").replace("40 bar", "11 bar")]
    one, other = np.eye(3, dtype=np.float32)[[0]], np.eye(3, dtype=np.float32)[[1, 0]]
    without = groups(read("a", SEEDED), read("b", *texts), most=1)
    near = groups(read("a", SEEDED, vectors=one), read("b", *texts, vectors=other), most=1)
    assert (without, near) == ([(("a", "b"), (0, 0))], [(("a", "b"), (0, 1))])


@given(
    st.lists(
        st.lists(st.sampled_from([SEEDED, SPUN, CELLS, FILMS, FIELDS, "", "ZIF-8 ZIF-8."]), max_size=3),
        max_size=5,
    ),
    st.integers(1, 2),
)
def test_groups_are_of_chunks_of_two_papers_in_order_and_no_paper_is_in_more_than_wanted(texts, most):
    papers = [read(str(number), *some) for number, some in enumerate(texts)]
    found = groups(*papers, most=most)
    assert found == sorted(set(found)) == groups(*reversed(papers), most=most)
    assert all(one < other for (one, other), _ in found)
    assert all(sum(name in names for names, _ in found) <= most for name in map(str, range(len(texts))))
