"""Question and answer do not point at a figure, table, equation or section that the reader does not have."""

import re
from collections.abc import Iterator

from qagen.checks.subject import Subject
from qagen.checks.words import word_set
from qagen.reasons import Reason
from qagen.records import Fault
from qagen.settings import CheckSettings

_NUMBER = r"(?:\(?S?\d{1,3}(?:\.\d{1,3}){0,4}\)?|\(?S?[IVX]{1,5}\b\)?|\(?[A-Z]\.?\d{1,2}\b\)?)"
_COLOUR = (
    r"(?:red|blue|green|yellow|orange|purple|violet|pink|black|white|gr[ae]y|brown|cyan|magenta|light|dark|dashed|dotted|solid|dash-dotted|"
    r"thick|thin|open|filled|hollow|shaded|coloured|colored)"
)
_MARK = r"(?:lines?|arrows?|arrowheads?|curves?|circles?|squares?|boxes|box|rectangles?|dots?|symbols?|triangles?|areas?|regions?|bars?|stars?)"
_POINTER = re.compile(
    rf"\b(?:(?:Supplementary|Supporting|Extended Data) )?"
    rf"(?:Figures?|Figs?\.?|Tables?|Tab\.|Equations?|Eqs?\.?|Eqns?\.?|Schemes?|Sections?|Sects?\.?|Secs?\.|Appendi(?:x|ces)|"
    rf"Charts?|Panels?|Chapters?|Movies?|Videos?|Algorithms?|Listings?|Box) ?{_NUMBER}"
    rf"|\b(?:figs?\.?|figures?|tables?|eqs?\.|equations?|sections?|panels?|schemes?) {_NUMBER}"
    r"|§ ?\d"
    r"|\b(?:this|the (?:above|following|below|next|previous|preceding|accompanying|given|provided)) "
    r"(?:figures?|tables?|equations?|sections?|plots?|graphs?|diagrams?|schemes?|panels?)\b"
    r"|\b(?:shown|seen|depicted|illustrated|displayed|plotted|listed|given|summari[sz]ed|presented|indicated) "
    r"(?:in|by) the (?:figures?|tables?|plots?|graphs?|diagrams?|schemes?|insets?|panels?)\b"
    r"|\b(?:in|from) (?:the )?figures?(?=[?.,;]|$)"
    r"|\bpanels? [A-Za-z](?:\b(?!'))"
    r"|\b(?:regions?|areas?|spots?|ROIs?|zones?) [A-Z]-?\d{1,2}\b"
    rf"|\((?:[a-z]+ (?:by|in|with|as) )?(?:the )?(?:{_COLOUR}[ -]){{1,3}}(?:[a-z]+ )?{_MARK}\)"
)
"""Names of figures and the like, and marks that only a picture shows: "(red dashed line)"."""

_CUES = word_set(
    """
    figure figures fig figs table tables tab equation equations eq eqs eqn eqns scheme schemes section sections sect sects sec secs
    appendix appendices chart charts panel panels chapter chapters movie movies video videos algorithm algorithms listing listings
    box plot plots graph graphs diagram diagrams inset insets region regions area areas spot spots roi rois zone zones
    """
)


def refers_to_figure(subject: Subject, settings: CheckSettings) -> Iterator[Fault]:  # noqa: ARG001 - every check is called alike
    """Reject a pair that points at "Fig. 2c", "Table 1", "Eq. (6)", "Section 2.4" or "the figure"."""
    for name, text in (("question", subject.question), ("answer", subject.answer)):
        is_candidate = not text.vocabulary.isdisjoint(_CUES) or "§" in text.plain or "(" in text.plain
        for found in _POINTER.finditer(text.plain) if is_candidate else ():
            yield Fault(Reason.REFERS_TO_FIGURE, f"the {name} points at {found[0]!r}", text.given, found[0])
