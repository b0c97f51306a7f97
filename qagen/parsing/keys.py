"""What models and data formats call a question and an answer: keys of JSON, tags of XML, columns of tables, labels of lines."""

import re

_ASKED = r"question|query|q|问题|问|prompt|instruction|input|user|human|problem|inquiry|ask|task"
_ANSWERED = (
    r"answer|response|a|答案|答|completion|output|assistant|gpt|ai|bot|model|reply|solution|target|chosen"
)
_QUESTION = re.compile(
    rf"(?:[a-z]+[ _-])?(?P<word>{_ASKED})(?:[ _-]?(?:text|string|body|content))?[ _.#-]*(?P<number>\d*)"
)
_ANSWER = re.compile(
    rf"(?:[a-z]+[ _-])?(?P<word>{_ANSWERED})s?(?:[ _-]?(?:text|string|body|content))?[ _.#-]*(?P<number>\d*)"
)
_EDGES = re.compile(r"^[\W_]+|[^\w]+$")
_STRONG = frozenset(("question", "query", "q", "answer", "response", "a"))


def asked_by(name: str) -> tuple[str, bool] | None:
    """For the name of a question its number ("" for none) and whether it can be nothing else; None for any other name."""
    found = _QUESTION.fullmatch(_EDGES.sub("", name.lower()))
    return (found["number"], found["word"] in _STRONG) if found else None


def answered_by(name: str) -> tuple[str, bool] | None:
    """The same for the name of an answer."""
    found = _ANSWER.fullmatch(_EDGES.sub("", name.lower()))
    return (found["number"], found["word"] in _STRONG) if found else None


def asks(role: str) -> bool:
    """Whether a speaker of a dialogue asks."""
    return role.lower() in ("user", "human", "student", "questioner", "prompter", "interviewer")


def answers(role: str) -> bool:
    """Whether a speaker of a dialogue answers."""
    return role.lower() in (
        "assistant",
        "gpt",
        "model",
        "ai",
        "bot",
        "chatgpt",
        "teacher",
        "expert",
        "chatbot",
    )
