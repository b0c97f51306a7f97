"""Question and answer do not point at a figure, table, equation or section that the reader does not have."""

import re
from collections.abc import Iterator
from itertools import chain

from qagen.checks.check_input import CheckInput
from qagen.checks.reading.wordings import Wordings, wording
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_NUMBER = (
    r"(?:\(?S?\d{1,3}(?:\.\d{1,3}){0,4}\)?|(?<![A-Za-z])(?:\(?S?[IVX]{1,5}\b\)?|\(?[A-Z]\.?\d{1,2}\b\)?))"
)
_COLOUR = (
    r"(?:red|blue|green|yellow|orange|purple|violet|pink|black|white|gr[ae]y|brown|cyan|magenta|light|dark|dashed|dotted|solid|dash-dotted|"
    r"thick|thin|open|filled|hollow|shaded|coloured|colored)"
)
_MARK = r"(?:lines?|arrows?|arrowheads?|curves?|circles?|squares?|boxes|box|rectangles?|dots?|symbols?|triangles?|areas?|regions?|bars?|stars?)"
_NAMED = (
    r"(?:Figures?|Figs?\.?|Tables?|Tab\.|Equations?|Eqs?\.?|Eqns?\.?|Schemes?|Sections?|Sects?\.?|Secs?\.|Appendi(?:x|ces)|"
    r"Charts?|Panels?|Chapters?|Movies?|Videos?|Algorithms?|Listings?|Box)"
)
_NAMES = """
    figure figures fig figs table tables tab equation equations eq eqs eqn eqns scheme schemes section sections sect sects sec secs
    appendix appendices chart charts panel panels chapter chapters movie movies video videos algorithm algorithms listing listings box
"""
_NAMES += " ".join(f"{name}s" for name in _NAMES.split())
"""With an s, since one may stand before the number: "FigS1"."""
_DRAWN = "figure figures table tables equation equations section sections plot plots graph graphs diagram diagrams scheme schemes panel panels"
_CASED = re.RegexFlag(0)
POINTERS = Wordings(
    wording(rf"\b(?:(?:Supplementary|Supporting|Extended Data) )?{_NAMED} ?{_NUMBER}", flags=_CASED),
    wording(
        rf"\b(?:figs?\.?|figures?|tables?|eqs?\.|equations?|sections?|panels?|schemes?) {_NUMBER}",
        flags=_CASED,
    ),
    wording(
        r"\b(?:this|the (?:above|following|below|next|previous|preceding|accompanying|given|provided)) "
        r"(?:figures?|tables?|equations?|sections?|plots?|graphs?|diagrams?|schemes?|panels?)\b",
        flags=_CASED,
    ),
    wording(
        r"\b(?:shown|seen|depicted|illustrated|displayed|plotted|listed|given|summari[sz]ed|presented|indicated) "
        r"(?:in|by) the (?:figures?|tables?|plots?|graphs?|diagrams?|schemes?|insets?|panels?)\b",
        flags=_CASED,
    ),
    wording(
        r"\b(?:(?:on|see) pages?|pp\.) \d{1,4}\b|\bthe (?:following|next|previous|preceding) (?:pages?|chapters?|paragraphs?)\b",
        flags=_CASED,
    ),
    wording(
        r"\b(?:the |in |see )(?:supplementary|supporting|supplemental) (?:materials?|information|data|files?|text)\b"
    ),
    wording(r"\b(?:in|from) (?:the )?figures?(?=[?.,;]|$)", flags=_CASED),
    wording(r"\bpanels? [A-Za-z](?:\b(?!'))", flags=_CASED),
    wording(r"\b(?:regions?|areas?|spots?|ROIs?|zones?) [A-Z]-?\d{1,2}\b", flags=_CASED),
    wording(
        rf"\((?:[a-z]+ (?:by|in|with|as) )?(?:the )?(?:{_COLOUR}[ -]){{1,3}}(?:[a-z]+ )?{_MARK}\)",
        flags=_CASED,
    ),
)
"""Names of figures and the like, and marks that only a picture shows: "(red dashed line)"."""
_PARAGRAPH_SIGN = re.compile(r"§ ?\d")


def refers_to_figure(subject: CheckInput, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair that points at "Fig. 2c", "Table 1", "Eq. (6)", "Section 2.4" or "the figure"."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        for found in chain(
            POINTERS.search(text.plain, text.vocabulary), _PARAGRAPH_SIGN.finditer(text.plain)
        ):
            yield Fault(Reason.REFERS_TO_FIGURE, f"the {name} points at {found[0]!r}", text.given, found[0])
