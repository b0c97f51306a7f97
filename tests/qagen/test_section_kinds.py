import pytest

from qagen.chunking.section_kinds import SectionKind, section_kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ((), SectionKind.OPENING),
        (("Abstract",), SectionKind.OPENING),
        (("1. Introduction",), SectionKind.INTRODUCTION),
        (("II. RELATED WORK",), SectionKind.INTRODUCTION),
        (("2 Materials and Methods", "2.3 Results of the calibration"), SectionKind.METHODS),
        (("Experimental Section",), SectionKind.METHODS),
        (("3. Results and Discussion",), SectionKind.RESULTS),
        (("4 Discussion and conclusions",), SectionKind.CONCLUSION),
        (("Discussion",), SectionKind.DISCUSSION),
        (("V. Concluding remarks",), SectionKind.CONCLUSION),
        (("Silver-carbon interlayers",), SectionKind.OTHER),
        (("Silver-carbon interlayers", "Methods"), SectionKind.METHODS),
        (("Results of the 2011 expedition to the southern shelf",), SectionKind.OTHER),
        (("Results of the 2011 expedition to the southern shelf", "Methods"), SectionKind.METHODS),
        (("3. Results of the 2011 southern expedition there",), SectionKind.OTHER),
        (("3. Results of the 2011 southern expedition",), SectionKind.RESULTS),
    ],
)
def test_a_section_is_of_the_kind_that_its_uppermost_telling_heading_names(path, kind):
    assert section_kind(path) is kind
