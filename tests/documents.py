"""Documents made by hand or by hypothesis, for the stages that come after the conversion."""

from hypothesis import strategies as st

from qagen.records import Block, Document, Line, Metadata, Region

PAPER = "ab" * 32
NO_METADATA = Metadata()
BLOCK_TYPES = (
    "Text",
    "Text",
    "Text",
    "ListGroup",
    "Table",
    "Equation",
    "Caption",
    "Code",
    "Figure",
    "Footnote",
)

WORDS = st.text(alphabet="abcdefgh é中🙂.,-(|", min_size=0, max_size=60)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=12).map(". ".join)


def document(*parts: tuple[str, str], metadata: Metadata = NO_METADATA) -> Document:
    """A document of (type, text) parts; the type of a heading is `#`, `##`, ... and its text comes without them.

    Every block stands on a page of its own, in one region of one line.
    """
    blocks = []
    text = ""
    for page, (kind, content) in enumerate(parts, 1):
        level = len(kind) if kind.startswith("#") else None
        shown = f"{kind} {content}" if level else content
        start, text = len(text), f"{text}{shown}\n\n"
        end = start + len(shown)
        line = Line(start, end, (10.0, 20.0, 100.0, 30.0))
        region = Region(start, end, page, (10.0, 20.0, 100.0, 30.0), (line,))
        blocks.append(
            Block(start, len(text), "SectionHeader" if level else kind, level, (region,) if shown else ())
        )
    return Document(PAPER, text, tuple(blocks), metadata, "test-1")


PARTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(BLOCK_TYPES), PARAGRAPHS),
        st.tuples(
            st.sampled_from(["##", "###"]),
            st.sampled_from(["1. Introduction", "Results", "References", "Funding"]),
        ),
    ),
    max_size=12,
)
DOCUMENTS = PARTS.map(lambda parts: document(*parts))
