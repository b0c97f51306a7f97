"""Read whatever a reasoning model answers: every real pair, and nothing else.

unwrap.py      takes off what a response as a whole is wrapped in
tags.py        tells by its form what a tag does and holds; channels.py reads channels and headings of reasoning
reasoning.py   sets the reasoning apart from the final text
lines.py       finds the lines that structure the final text
grammar.py     makes pairs of them; reading.py holds what comes out, fences.py finds the ends of code blocks
trim.py        cuts what surrounds a question or an answer; remains.py knows tokens and the next speaker
unmarked.py    finds questions and answers without markers
jsonpairs.py   the same for JSON; keys.py holds what formats call a question and an answer
shapes.py      the same for tables, rows, elements, labels of any name, and JSON inside a text
response_fault.py  says why a response gave nothing
phrases.py     what models say around the pairs

All of it is pure, raises for no text, and takes time linear in the length of the text.
"""

from qagen.parsing.reader import Parsed, explain, parse

__all__ = ["Parsed", "explain", "parse"]
