"""What good models say in words of their own, and is no fault."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

SOURCE = IndexedSource(
    "The cultures were induced with 0.2 mM inducer and reached the highest lDDT of all models. "
    "Mutants were mildly sensitive to radiation. The pattern of the transcripts looked identical with and without inhibitor. "
    "The protection by the kinase is weaker than that by the ligase. "
    "CuxBi2Se3 crystals (x = 0.31) of 2.5 × 1.7 × 0.14 mm3 were cleaved. The cohort had 6,058 individuals. "
    "One exon was labeled with alexa594 dye."
)


@pytest.mark.parametrize(
    ("reason", "question", "answer"),
    [
        (
            Reason.UNKNOWN_NAME,
            "How were the cultures induced?",
            "The cultures were induced with 200 μM inducer.",
        ),
        (
            Reason.UNKNOWN_NAME,
            "Which score was reached?",
            "The cultures reached the highest IDDT of the models.",
        ),
        (
            Reason.OVERSTATED,
            "How sensitive were the mutants?",
            "The mutants were only mildly sensitive to radiation.",
        ),
        (
            Reason.NEGATED,
            "How did the pattern react?",
            "The pattern of the transcripts did not change with inhibitor.",
        ),
        (
            Reason.TURNED_AROUND,
            "Which enzyme protects better?",
            "The protection by the ligase is stronger than that by the kinase.",
        ),
        (
            Reason.UNKNOWN_PREMISE,
            "What was done to Cu0.31Bi2Se3 crystals?",
            "The crystals were cleaved for use.",
        ),
        (Reason.UNGROUNDED_NUMBER, "How thick were the crystals?", "The crystals were about 0.14 mm thick."),
        (
            Reason.UNGROUNDED_NUMBER,
            "How large was the cohort?",
            "The cohort had a little over 6,000 individuals.",
        ),
        (Reason.UNGROUNDED_NUMBER, "Which dye was used?", "The exon was labeled with the dye Alexa 594."),
    ],
)
def test_a_good_models_way_to_say_it_is_no_fault(reason, question, answer):
    verdict = check_pair(Pair(question, answer), SOURCE, CheckSettings())
    assert reason not in {fault.reason for fault in verdict.faults}
