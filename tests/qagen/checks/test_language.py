"""Question and answer are in the language that was asked for."""

import pytest

from qagen.checks import IndexedSource, check_pair
from qagen.reasons import Reason
from qagen.records import Pair
from qagen.settings import CheckSettings

PAIRS = {
    "en": ("Why does the gel swell faster in warm water?", "The gel swells faster because heat loosens the network."),
    "de": ("Warum quillt das Gel in warmem Wasser schneller?", "Das Gel quillt schneller, weil die Wärme das Netz lockert."),
    "fr": ("Pourquoi le gel gonfle-t-il plus vite ?", "Le gel gonfle plus vite parce que la chaleur relâche le réseau."),
    "pt": ("Por que o gel incha mais rápido em água quente do que em água fria?", "O gel incha mais rápido porque o calor afrouxa a rede."),
    "ru": ("Почему гель набухает быстрее?", "Гель набухает быстрее, потому что тепло ослабляет сеть."),
    "ar": ("لماذا ينتفخ الجل بشكل أسرع؟", "ينتفخ الجل بشكل أسرع في الماء الدافئ لأن الحرارة ترخي الشبكة."),
    "zh": ("为什么凝胶在温水中膨胀得更快？", "凝胶在温水中膨胀得更快，因为热量使网络松动，水分子更容易进入其中的空隙。"),
    "ja": ("なぜゲルは温水中で速く膨らむのですか？", "ゲルが温水中で速く膨らむのは、熱が網目を緩めて水が入りやすくなるからです。"),
}  # fmt: skip


def faults(question, answer, source="", **settings):
    verdict = check_pair(Pair(question, answer), IndexedSource(source or answer), CheckSettings(**settings))
    return [fault.detail for fault in verdict.faults if fault.reason == Reason.OTHER_LANGUAGE]


@pytest.mark.parametrize("asked", PAIRS)
@pytest.mark.parametrize("given", PAIRS)
def test_a_pair_is_turned_down_where_it_is_in_another_language_than_the_one_asked_for(asked, given):
    assert bool(faults(*PAIRS[given], source="nothing", language=asked)) == (asked != given)


@pytest.mark.parametrize("language", PAIRS)
def test_a_pair_in_the_language_asked_for_can_pass_every_check(language):
    question, answer = PAIRS[language]
    assert (
        check_pair(Pair(question, answer), IndexedSource(answer), CheckSettings(language=language)).faults
        == ()
    )


def test_a_lone_word_of_another_language_counts_in_a_question_unless_the_source_has_it():
    german = "Warum quillt the Gel in warmem Wasser?"
    assert faults(german, PAIRS["de"][1], language="de") == ["the question has 'the'"]
    assert faults(german, PAIRS["de"][1], "Das Gel hieß The Gel.", language="de") == []
    portuguese = "O gel incha porque o calor afrouxa a rede?"
    assert faults(portuguese, PAIRS["pt"][1], language="pt") == []
    assert faults("Why is it swelling so fast, porque the network is loose?", PAIRS["en"][1]) == [
        "the question has 'porque'"
    ]


def test_letters_of_a_script_that_the_language_is_not_written_in_count_unless_the_source_has_them():
    question, answer = PAIRS["ja"]
    assert faults(question, f"{answer} гель", "nothing", language="ja") == ["the answer has 'гель'"]
    assert faults(question, f"{answer} гель", f"{answer} гель", language="ja") == []


def test_another_language_has_to_be_sure_and_languages_that_are_alike_are_not_told_apart():
    danish = (
        "Hvorfor svulmer gelen hurtigere op?",
        "Gelen svulmer hurtigere op i det varme vand, fordi varmen løsner netværket af lange kæder.",
    )
    assert faults(*danish, language="no") == []
    assert faults(*danish, language="sv") == ["the answer is in 'da'"]
    assert faults(*danish, language="sv", language_confidence=1.0) == []
