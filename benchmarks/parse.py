"""How fast the reader of responses is, and what hostile text costs it.

python benchmarks/parse.py
"""

import time
import tracemalloc
from collections.abc import Callable

from qagen.parsing import parse

_SIZE = 10_000_000
_QUESTION = "How does the drainage of meltwater through channel {n} change the sliding speed of a glacier over its bed?"
_ANSWER = (
    "A channel that opens at site {n} drains the linked cavities around it, so that the effective pressure rises from"
    " 0.8 MPa to 1.9 MPa and the sliding speed falls by a third within two days. The stress is taken over by pinning"
    " points upstream, where $\\tau_b = C N \\theta$ holds; there the speed rises for a while. Winter closes the channel"
    " by creep, and the cycle starts again with the first melt."
)
_FORMS = {
    "asked for": "------\n###QUESTION: {q}\n###ANSWER: {a}\n------\n",
    "headings, bold": "Q&A Pair {n}\n**Question {n}:** {q}  \n**Answer:** {a}\n\n",
    "letters, paragraphs": "Q{n}: {q}\n\nA{n}: {a}\n\nThis holds for hard beds.\n\n",
}
_HOSTILE = {
    "markers only": "###QUESTION:\n###ANSWER:\n",
    "markers on one line": "###QUESTION: ###ANSWER: ",
    "letters only": "Q:\nA:\n",
    "pairs without end": "Q: a?\nA: b\n",
    "rules only": "------\n",
    "dashes on one line": "-",
    "blank lines": "\n",
    "blanks": " ",
    "one endless line": "a",
    "one endless line, words": "ab? ",
    "hashes": "#",
    "stars": "* ",
    "unclosed tags": "<think>",
    "closed tags": "</think>",
    "fences": "```\n",
    "fences that open": "```python\n",
    "answers with headings": "# a\n",
    "sign-offs": "These are all ",
    "introductions": "Here are the \n",
    "numbers": "1. ",
    "quotation marks": "> ",
    "deep JSON lists": "[",
    "deep JSON objects": '{"a":',
    "JSON strings without end": '"a\\"',
    "JSON quotation marks": '{"question": "',
    "backslashes": "\\",
    "remarks": "\nthese pairs, all pairs, the responses: note",
    "markers in sentences": "a. ###ANSWER: b",
    "colons": "a:\n",
    "numbered questions": "1. why is it?\n",
}


def _responses() -> list[str]:
    responses = []
    for form in _FORMS.values():
        pieces = (
            form.replace("{q}", _QUESTION).replace("{a}", _ANSWER).replace("{n}", str(number))
            for number in range(1, 11)
        )
        responses.append("".join(pieces))
    return responses


def _fastest(call: Callable[[], object], rounds: int) -> float:
    """Processor seconds of the fastest of several rounds: the machine may be busy with others."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    responses = _responses()
    for response in responses:
        assert len(parse(response, finish_reason="stop").pairs) == 10
    seconds = _fastest(lambda: [parse(response, finish_reason="stop") for response in responses * 100], 9)
    mean = sum(map(len, responses)) / len(responses)
    print(f"ordinary: {300 / seconds:,.0f} responses/s ({mean:,.0f} characters, 10 pairs each)")
    for name, unit in _HOSTILE.items():
        for start, options in (
            ("", {}),
            ("\n###QUESTION: a?\n###ANSWER: ", {"finish_reason": "stop"}),
            ('{"question": "', {"response_format": "json"}),
        ):
            text = start + unit * (_SIZE // len(unit))
            if name.endswith("tags"):
                text = start + unit * 100_000
            seconds = _fastest(lambda text=text, options=options: parse(text, **options), 2)
            tracemalloc.start()
            parse(text, **options)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            kind = "json" if "response_format" in options else "answer" if start else "text"
            print(
                f"{name:26} {kind:6}  {len(text) / 1e6:5.1f} MB  {seconds:6.2f} s  {peak / 1e6:6.1f} MB more",
                flush=True,
            )


if __name__ == "__main__":
    main()
