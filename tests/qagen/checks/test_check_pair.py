"""What is checked of a pair: by which checks, with which settings, and what comes back."""

import pytest

from qagen.checks import CHECKS, CheckResult, IndexedSource, check, check_pair
from qagen.errors import SettingsError
from qagen.question_kinds import QuestionKind
from qagen.reasons import Reason
from qagen.records import Edit, Fault, Pair
from qagen.settings import CheckSettings

TEXT = "The contact resistance was small. The response rose with the thickness of the PEDOT films."
QUESTION, ANSWER = (
    "How did the response of the PEDOT films change?",
    "The response rose with the thickness of the PEDOT films.",
)
SPAN = ((34, 90),)


def test_a_pair_of_anybodys_is_checked_as_pair_or_tuple_against_text_or_index():
    expected = CheckResult(Pair(QUESTION, ANSWER), (), 1.0, (), SPAN)
    for pair in (Pair(QUESTION, ANSWER), (QUESTION, ANSWER)):
        for source in (TEXT, IndexedSource(TEXT)):
            assert check(pair, source) == check(pair, source, CheckSettings()) == expected
    assert expected.accepted


def test_only_an_answer_without_any_question_needs_none():
    assert check(("", ANSWER), TEXT).faults == ()
    reasons = [fault.reason for fault in check((" ", ANSWER), TEXT).faults]
    assert reasons == [
        fault.reason for fault in check_pair(Pair("", ANSWER), IndexedSource(TEXT), CheckSettings()).faults
    ]
    assert reasons[0] is Reason.EMPTY_QUESTION


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (CheckSettings(disabled=("no_such",)), "'checks.disabled' names 'no_such', which is no check"),
        (CheckSettings(allow={"no_such": ("a",)}), "'checks.allow' names 'no_such', which is no check"),
        (CheckSettings(allow={"citations": ("a",)}), "'checks.allow' names 'citations', which is no check"),
    ],
)
def test_a_name_that_no_check_has_is_refused(settings, told):
    with pytest.raises(SettingsError) as raised:
        check((QUESTION, ANSWER), TEXT, settings)
    assert str(raised.value).startswith(told)
    assert all(name in str(raised.value) for name, _ in CHECKS)


def test_names_of_checks_and_cleanups_may_be_disabled():
    disabled = tuple(name for name, _ in CHECKS)
    assert check(("", "?"), TEXT, CheckSettings(disabled=disabled)).faults == ()
    cited = f"{ANSWER[:-1]} [3]."
    assert check((QUESTION, cited), TEXT, CheckSettings(disabled=("citations",))).pair == Pair(
        QUESTION, cited
    )
    assert check((QUESTION, cited), TEXT) == CheckResult(
        Pair(QUESTION, ANSWER), (Edit("citations", "answer", cited),), 1.0, (), SPAN
    )


@pytest.mark.parametrize(
    ("allowed", "reasons"), [("zro2", []), ("ZrO2", []), ("zro3", [Reason.UNKNOWN_NAME])]
)
def test_words_that_are_allowed_are_objected_to_by_no_check(allowed, reasons):
    others = tuple(name for name, _ in CHECKS if name != "unknown_name")
    settings = CheckSettings(disabled=others, allow={"unknown_name": (allowed,)})
    found = check((QUESTION, "The response of ZrO2 rose."), TEXT, settings)
    assert [fault.reason for fault in found.faults] == reasons


def test_each_check_objects_once_and_in_order():
    found = check(
        ("What does Fig. 3 and Table 2 show?", "See Fig. 4 of ZrO2 and of TiO2 at 80 °C or 90 °C."), TEXT
    )
    reasons = [fault.reason for fault in found.faults]
    order = [Reason(name) for name, _ in CHECKS if name in set(Reason)]
    assert len(reasons) == len(set(reasons)) > 2
    assert reasons == sorted(reasons, key=order.index)


def test_a_pair_longer_than_allowed_is_not_looked_at():
    pair = Pair(QUESTION, ANSWER, 3, QuestionKind.CAUSE)
    length = len(QUESTION) + len(ANSWER)
    long = Fault(Reason.TOO_LONG, f"the pair has {length} characters, more than {length - 1}")
    short = CheckSettings(max_pair_chars=length - 1)
    assert check(pair, TEXT, short) == CheckResult(pair, (), 0.0, (long,), ())
    assert check(pair, TEXT, CheckSettings(max_pair_chars=length)).support == 1.0
