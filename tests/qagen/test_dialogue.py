from dataclasses import replace

from qagen.asking.dialogue import Done, exchange, next_request
from qagen.records import Completion, Message
from qagen.settings import AskSettings

ASKED = (Message("user", "Write 10 pairs about: ice floats."),)
SETTINGS = AskSettings(attempts=4, enough=2)
PAIR = "###QUESTION: Why does ice float on water?\n###ANSWER: Its lattice is more open than the liquid.\n------\n"
OTHER = (
    "###QUESTION: What melts the ice of a lake?\n###ANSWER: The sun and the warm wind of spring do.\n------\n"
)


def ask(*history):
    return next_request(ASKED, "r1", SETTINGS, history)


def said(request, text):
    return exchange(request, Completion(text, finish_reason="stop"))


def test_the_first_request_is_the_prompt_as_the_settings_say():
    request = ask()
    assert (request.model, request.messages, request.attempt) == ("r1", ASKED, 1)
    assert (request.temperature, request.top_p, request.max_tokens) == (0.6, 0.95, 8192)


def test_the_same_question_is_asked_the_same_way_on_every_build_and_another_attempt_with_another_seed():
    assert ask() == ask()
    second = ask(said(ask(), "No."))
    third = ask(said(ask(), "No."), said(second, "No."))
    assert len({request.seed for request in (ask(), second, third)}) == 3


def test_enough_pairs_end_the_matter():
    assert ask(said(ask(), PAIR + OTHER)) == Done()


def test_a_response_that_gave_too_little_is_followed_up_with_its_fault_named():
    first = said(ask(), "<think>Hm.</think>I am sorry, I cannot help with that request.")
    second = ask(first)
    (turn,) = second.messages
    assert turn.content.startswith(
        f"{ASKED[0].content}\n\nAn earlier answer to this could not be used: The model declines to answer. Give the pairs now, 10 of them,"
    )
    assert turn.content.endswith("and nothing before, between or after them.")
    assert "I cannot help" not in turn.content
    assert second.attempt == 2


def test_a_response_with_too_few_pairs_is_not_said_to_have_none():
    second = ask(said(ask(), PAIR))
    assert "could not be used: It has too few pairs. Give" in second.messages[0].content


def test_after_the_follow_up_the_question_is_put_again_warmer():
    first = said(ask(), "")
    second = said(ask(first), "")
    third = ask(first, second)
    fourth = ask(first, second, said(third, ""))
    assert [(request.messages, request.temperature, request.attempt) for request in (third, fourth)] == [
        (ASKED, 0.8, 3),
        (ASKED, 1.0, 4),
    ]


def test_pairs_of_all_attempts_count_together():
    first = said(ask(), PAIR)
    second = said(ask(first), OTHER)
    assert ask(first, second) == Done()


def test_attempts_are_bounded():
    history = []
    while not isinstance(request := ask(*history), Done):
        history.append(said(request, "Nothing."))
    assert [past.request.attempt for past in history] == [1, 2, 3, 4]


def test_fewer_pairs_than_enough_are_enough_where_fewer_were_asked_for():
    one = replace(ask())
    settings = SETTINGS.model_copy(update={"pairs": 1})
    assert next_request(ASKED, "r1", settings, [said(one, PAIR)]) == Done()


def test_where_json_was_asked_for_the_follow_up_asks_for_it_again():
    settings = SETTINGS.model_copy(update={"response_format": "json"})
    first = next_request(ASKED, "r1", settings, [])
    second = next_request(ASKED, "r1", settings, [said(first, "Sorry?")])
    assert (first.response_format, second.response_format) == ("json", "json")
    assert second.messages[-1].content.endswith(
        '{"pairs": [{"question": "the question", "answer": "the answer"}]}'
    )


def test_half_a_surrogate_pair_in_a_response_breaks_neither_its_records_nor_the_follow_up():
    broken = exchange(ask(), Completion(PAIR.replace("float", "fl\ud83doat"), "Hm \udfff.", "stop"))
    assert "\ufffd" in broken.parsed.pairs[0].question
    assert broken.parsed.pairs[0].question.encode()
    assert len(ask(broken).key) == 64
