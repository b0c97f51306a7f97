"""What a judge gives a pair: the kind of its fault, and marks. The prompt `judge` describes both to the model."""

from collections.abc import Mapping

from qagen.reasons import Reason

MARKS: Mapping[str, Reason] = {
    "relevance": Reason.JUDGED_IRRELEVANT,
    "context_independence": Reason.JUDGED_DEPENDENT,
    "completeness": Reason.JUDGED_INCOMPLETE,
    "accuracy": Reason.JUDGED_INACCURATE,
    "reasonableness": Reason.JUDGED_UNREASONABLE,
}
"""The marks, with the reason that a pair is turned down for where one is too low."""
GRAVITY = ("accuracy", "relevance", "context_independence", "completeness", "reasonableness")
"""The same, the gravest first."""

KINDS: Mapping[str, Reason] = {
    "swapped_roles": Reason.JUDGED_INACCURATE,
    "wrong_scope": Reason.JUDGED_INACCURATE,
    "non_answer": Reason.JUDGED_IRRELEVANT,
    "wrong_premise": Reason.JUDGED_INACCURATE,
    "recombined": Reason.JUDGED_INACCURATE,
    "over_generalised": Reason.JUDGED_INACCURATE,
    "wrong_comparison": Reason.JUDGED_INACCURATE,
    "circular": Reason.JUDGED_UNREASONABLE,
    "invented_reason": Reason.JUDGED_INACCURATE,
    "partial_truth": Reason.JUDGED_INACCURATE,
    "not_standing_alone": Reason.JUDGED_DEPENDENT,
    "outside_knowledge": Reason.JUDGED_INACCURATE,
}
"""The kinds of wrong pairs, with the reason that each is turned down for."""
NO_FAULT = "none"
