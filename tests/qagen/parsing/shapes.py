"""The shapes that models give to their answers, as functions from pairs to a response.

All texts are made up here.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Shape:
    name: str
    render: Callable[[Pairs], str]
    one_line: bool = False
    """Whether answers must be single paragraphs to fit the shape."""
    format: str = "text"
    least: int = 1
    """How many pairs it takes to see the shape."""

    def __repr__(self) -> str:
        return self.name


def _each(form: str, joint: str = "\n", head: str = "", tail: str = "") -> Callable[[Pairs], str]:
    """`form` with {n}, {q}, {a} for each pair, joined, between a head and a tail."""

    def render(pairs: Pairs) -> str:
        pieces = (
            form.replace("{n}", str(n))
            .replace("{q}", "\x00")
            .replace("{a}", "\x01")
            .replace("\x00", q)
            .replace("\x01", a)
            for n, (q, a) in enumerate(pairs, 1)
        )
        return head + joint.join(pieces) + tail

    return render


_CANONICAL = "------\n###QUESTION: {q}\n###ANSWER: {a}\n------"
_PLAIN = "QUESTION: {q}\nANSWER: {a}"
_PLAN = (
    "Okay, so I have to come up with questions about this excerpt. It deals with glaciers and their beds.\n\n"
    "1. **Basal sliding**: Why does meltwater matter here?\n2. **Till**: How does it deform?\n\n"
    "I should keep them deep and avoid definitions. Let me write them down."
)
_CLOSING = "These question-answer pairs cover the mechanics as well as the observations of the excerpt."


def _indented(pairs: Pairs) -> str:
    lines = []
    for n, (question, answer) in enumerate(pairs, 1):
        lines.append(f"{n}. QUESTION: {question}")
        lines.append("   ANSWER: " + answer.replace("\n", "\n   "))
    return "\n".join(lines)


def _quoted(pairs: Pairs) -> str:
    return "\n".join("> " + line for line in _each(_PLAIN, "\n\n")(pairs).split("\n"))


def _quoted_answers(pairs: Pairs) -> str:
    return "\n\n".join(f"**Question:** {q}\n> " + a.replace("\n", "\n> ") for q, a in pairs)


def _all_questions_first(pairs: Pairs) -> str:
    questions = "\n".join(f"Q{n}: {question}" for n, (question, _) in enumerate(pairs, 1))
    answers = "\n\n".join(f"A{n}: {answer}" for n, (_, answer) in enumerate(pairs, 1))
    return f"{questions}\n\n---\n\n{answers}"


def _mixed(pairs: Pairs) -> str:
    forms = (
        "###QUESTION: {q}\n###ANSWER: {a}",
        "**Question:** {q}\n**Answer:** {a}",
        "### Question: {q}\nANSWER: {a}",
    )
    return "\n\n".join(_each(forms[n % 3])([pair]) for n, pair in enumerate(pairs))


def _with_unanswered(pairs: Pairs) -> str:
    return _each(
        "###QUESTION: Which of these was never answered, number {n}?\n###QUESTION: {q}\n###ANSWER: {a}\n---"
    )(pairs)


def _drafts_then_finals(pairs: Pairs) -> str:
    drafts = _each("Question {n}: {q}\nAnswer: Something short, to be worked out.\n", "\n")(pairs)
    return f"{_PLAN}\n\n{drafts}\n### Final Answer\n\n{_each(_CANONICAL)(pairs)}"


def _json(pairs: Pairs) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in pairs]


def _json_with_latex(pairs: Pairs) -> str:
    r"""JSON as models write it: quotation marks and line breaks escaped, the backslashes of LaTeX not."""

    def string(text: str) -> str:
        return '"' + text.replace('"', '\\"').replace("\n", "\\n") + '"'

    rows = (f'  {{"question": {string(q)}, "answer": {string(a)}}}' for q, a in pairs)
    return "```json\n[\n" + ",\n".join(rows) + "\n]\n```"


SHAPES = (
    Shape("canonical", _each(_CANONICAL)),
    Shape("canonical, double rules", _each(_CANONICAL, "\n\n")),
    Shape("canonical, trailing blanks", _each("------  \n###QUESTION: {q}  \n###ANSWER: {a}  \n------  \n")),
    Shape("canonical, no rules", _each("###QUESTION: {q}\n###ANSWER: {a}", "\n\n")),
    Shape("canonical, no blank line", _each("###QUESTION: {q}\n###ANSWER: {a}")),
    Shape(
        "canonical, a preamble",
        _each(
            _CANONICAL, head="The excerpt speaks of glaciers, of their beds, and of the water between.\n\n"
        ),
    ),
    Shape("canonical, blank lines", _each("###QUESTION:\n\n{q}\n\n###ANSWER:\n\n{a}\n\n---", "\n\n")),
    Shape(
        "canonical, Windows line ends",
        _each("###QUESTION: {q}\r\n###ANSWER: {a}\r\n------", "\r\n"),
        one_line=True,
    ),
    Shape("blank behind the hashes", _each("### QUESTION: {q}\n### ANSWER: {a}\n---", "\n")),
    Shape("answers on the next line", _each("###QUESTION:\n{q}\n###ANSWER:\n{a}", "\n\n")),
    Shape("no hashes before answers", _each("### QUESTION: {q}\nANSWER: {a}\n\n---\n")),
    Shape("no hashes", _each(_PLAIN, "\n\n")),
    Shape("lower case", _each("question: {q}\nanswer: {a}", "\n\n")),
    Shape("title case", _each("Question: {q}\nAnswer: {a}", "\n\n")),
    Shape("numbered words", _each("Question {n}: {q}\nAnswer {n}: {a}", "\n\n")),
    Shape("numbered with hash sign", _each("**Question #{n}:** {q}\n\n**Answer #{n}:** {a}", "\n\n")),
    Shape("of ten", _each("QUESTION {n} of 10: {q}\nANSWER: {a}", "\n\n")),
    Shape("bold markers", _each("**Question:** {q}\n**Answer:** {a}", "\n\n")),
    Shape("bold markers, colon outside", _each("**Question {n}**: {q}\n\n**Answer {n}**: {a}", "\n\n")),
    Shape("bold markers in headings", _each("### **QUESTION {n}:** {q}\n### **ANSWER:** {a}", "\n\n")),
    Shape("bold questions", _each("**Question {n}: {q}**\n\nAnswer: {a}", "\n\n")),
    Shape("bold letters", _each("**Q{n}:** {q}\n**A{n}:** {a}", "\n\n")),
    Shape("letters", _each("Q: {q}\nA: {a}", "\n\n")),
    Shape("numbered letters", _each("Q{n}: {q}\nA{n}: {a}", "\n\n")),
    Shape("letters with a full stop", _each("Q{n}. {q}\nA{n}. {a}", "\n\n")),
    Shape("letters in brackets", _each("[Q] {q}\n[A] {a}", "\n\n")),
    Shape("bulleted", _each("- **Question:** {q}\n- **Answer:** {a}", "\n\n")),
    Shape("numbered list", _each("{n}. **Question:** {q}\n**Answer:** {a}", "\n\n")),
    Shape("numbered list, indented", _indented),
    Shape("quoted", _quoted),
    Shape("headings alone", _each("### Question {n}\n\n{q}\n\n### Answer {n}\n\n{a}", "\n\n")),
    Shape("words alone", _each("Question\n{q}\nAnswer\n{a}", "\n\n")),
    Shape("capitals without colon", _each("###QUESTION {q}\n###ANSWER {a}", "\n\n")),
    Shape("pair headings", _each("Q&A Pair {n}\n### QUESTION: {q}\n### ANSWER: {a}", "\n\n")),
    Shape("bold pair headings", _each("**Pair {n}**\n**Question:** {q}\n**Answer:** {a}", "\n\n")),
    Shape(
        "pair headings with a topic",
        _each("## Q&A {n}: Ice and water\n\nQuestion: {q}\n\nAnswer: {a}", "\n\n"),
    ),
    Shape("topic headings", _each("### {n}. Ice and water\n\n**Q:** {q}\n\n**A:** {a}", "\n\n")),
    Shape("bare numbers", _each("{n}.\nQuestion: {q}\nAnswer: {a}", "\n\n")),
    Shape("detailed answers", _each("Question: {q}\nDetailed Answer: {a}", "\n\n")),
    Shape("wide colons", _each("Question：{q}\nAnswer：{a}", "\n\n")),
    Shape("no question markers", _each("{q}\n###ANSWER:\n{a}", "\n\n")),
    Shape("no question markers, rules", _each("{q}\n###ANSWER: {a}\n------")),
    Shape("no question markers, numbered", _each("**{n}. {q}**\n**Answer:** {a}", "\n\n")),
    Shape("on one line", _each("###QUESTION: {q} ###ANSWER: {a}", "\n"), one_line=True),
    Shape("all on one line", _each("**Q:** {q} **A:** {a}", " "), one_line=True),
    Shape("letters on one line", _each("Q: {q} A: {a}", "\n\n"), one_line=True),
    Shape("XML", _each("<question>{q}</question>\n<answer>{a}</answer>", "\n")),
    Shape(
        "XML, nested", _each("<pair>\n<question>\n{q}\n</question>\n<answer>\n{a}\n</answer>\n</pair>", "\n")
    ),
    Shape("XML on one line", _each("<question>{q}</question><answer>{a}</answer>", "\n"), one_line=True),
    Shape("long rules", _each("Question: {q}\nAnswer: {a}\n" + "=" * 70, "\n")),
    Shape("starred rules", _each("Question: {q}\nAnswer: {a}\n\n* * *\n", "\n")),
    Shape("drawn rules", _each("Question: {q}\nAnswer: {a}\n" + "─" * 20, "\n")),
    Shape("a rule between question and answer", _each("Question: {q}\n---\nAnswer: {a}\n---", "\n")),
    Shape("in a fence", _each("###QUESTION: {q}\n###ANSWER: {a}", "\n\n", "```markdown\n", "\n```")),
    Shape("a fence for each", _each("```\n###QUESTION: {q}\n###ANSWER: {a}\n```", "\n")),
    Shape("mixed", _mixed),
    Shape("thought first", _each(_CANONICAL, head=f"<think>\n{_PLAN}\n</think>\n\n")),
    Shape("thought first, template-opened", _each(_CANONICAL, head=f"{_PLAN}\n</think>\n\n")),
    Shape(
        "thought twice", _each(_CANONICAL, head=f"<think>{_PLAN}</think>\n<think>\nOnce more.\n</think>\n")
    ),
    Shape("thought in brackets", _each(_CANONICAL, head=f"[THINK]{_PLAN}[/THINK]")),
    Shape("thought untagged", _each(_PLAIN, "\n\n", head=f"{_PLAN}\n\n")),
    Shape(
        "thought with a form",
        _each(
            _CANONICAL, head=f"{_PLAN}\n\n###QUESTION: <question here>\n###ANSWER: <answer here>\n------\n\n"
        ),
    ),
    Shape("drafts, then finals", _drafts_then_finals),
    Shape(
        "drafts in thoughts",
        lambda pairs: f"<think>\n{_each(_PLAIN)(pairs)}\n</think>\n{_each(_CANONICAL)(pairs)}",
    ),
    Shape("twice", lambda pairs: _each(_CANONICAL, tail="\n\n")(pairs) + _each(_CANONICAL)(pairs)),
    Shape("introduced", _each(_PLAIN, "\n\n", head="Here are the ten question-answer pairs:\n\n")),
    Shape("final heading", _each(_PLAIN, "\n\n", head="**Final Answer:**\n\n")),
    Shape("closing summary behind a rule", _each(_CANONICAL, tail=f"\n\n{_CLOSING}")),
    Shape("closing summary glued", _each(_PLAIN, "\n\n", tail=f"\n\n{_CLOSING}")),
    Shape("sign-off glued", _each(_PLAIN, "\n\n", tail="\n\nLet me know if you would like further pairs!")),
    Shape(
        "takeaways glued",
        _each(_PLAIN, "\n\n", tail="\n\n**Key Takeaways:**\n\n1. **Ice** flows.\n2. Water helps it."),
    ),
    Shape("end marked", _each(_PLAIN, "\n\n", tail="\n\n[End of Q&A]\n<|im_end|>")),
    Shape("two questions before one answer", _with_unanswered),
    Shape("all questions first", _all_questions_first),
    Shape("bold letters with a full stop", _each("**Q{n}.** {q}\n**A{n}.** {a}", "\n\n")),
    Shape("letters with a bracket", _each("Q{n}) {q}\nA{n}) {a}", "\n\n")),
    Shape("bold letters with a dash", _each("**Q{n} -** {q}\n**A{n} -** {a}", "\n\n")),
    Shape("hashed letters", _each("###Q: {q}\n###A: {a}", "\n\n")),
    Shape("hashed letters below headings", _each("### Question {n}\n###Q:\n{q}\n###A:\n{a}", "\n\n")),
    Shape("joined numbers", _each("###QUESTION_{n}: {q}\n###ANSWER-{n}: {a}", "\n\n")),
    Shape("closing hashes", _each("### QUESTION: {q} ###\n### ANSWER: {a} ###", "\n\n"), one_line=True),
    Shape("hashes on both sides", _each("###QUESTION###: {q}\n###ANSWER###: {a}", "\n\n")),
    Shape("title case without colon", _each("### Question {q}\n### Answer {a}", "\n\n")),
    Shape("answers in the plural", _each("###QUESTION: {q}\n###ANSWERS: {a}", "\n\n")),
    Shape("wide hashes", _each("＃＃＃QUESTION：{q}\n＃＃＃ANSWER：{a}", "\n\n")),
    Shape("Chinese markers", _each("###问题：{q}\n###答案：{a}", "\n\n")),
    Shape(
        "unseen characters",
        _each("\u200b###\u2009QUESTION\u200b:\u202f{q}\u200b\n\ufeff###\xa0ANSWER:\u3000{a}\u200b", "\n\n"),
    ),
    Shape(
        "line breaks in HTML",
        _each("###QUESTION: {q}<br>\n###ANSWER:<br/>{a}<br />", "\n<hr>\n"),
        one_line=True,
    ),
    Shape("escaped marks", _each("\\#\\#\\#QUESTION: {q}\n\\#\\#\\#ANSWER: {a}\n\\------")),
    Shape("symbols", _each("🔷 QUESTION: {q}\n💬 ANSWER: {a}", "\n\n")),
    Shape("stars that nothing closes", _each("###QUESTION: {q}**\n###ANSWER: **{a}", "\n\n"), one_line=True),
    Shape("rules glued", _each("------###QUESTION: {q}\n###ANSWER: {a}------"), one_line=True),
    Shape("rules on the line", _each("------ ###QUESTION: {q} ###ANSWER: {a} ---"), one_line=True),
    Shape("rules with a title", _each("--- Pair {n} ---\nQUESTION: {q}\nANSWER: {a}")),
    Shape("drawn by dots", _each(_PLAIN, "\n...\n", tail="\n...")),
    Shape("numbered headings", _each("#### {n}.\nQUESTION: {q}\nANSWER: {a}", "\n\n")),
    Shape("numbers of how many", _each("Pair {n}/10:\nQUESTION: {q}\nANSWER: {a}", "\n\n")),
    Shape("announced one by one", _each("The next pair:\nQUESTION: {q}\nANSWER: {a}", "\n\n")),
    Shape(
        "other fields", _each("###TOPIC: ice\n###QUESTION: {q}\n###ANSWER: {a}\n###KEYWORDS: bed, till", "\n")
    ),
    Shape("a field between", _each("###QUESTION: {q}\n###CONTEXT: On glaciers.\n###ANSWER: {a}", "\n\n")),
    Shape("quoted answers", _quoted_answers, least=2),
    Shape("bulleted answers", _each("QUESTION: {q}\nANSWER: - {a}", "\n\n"), one_line=True),
    Shape("no question markers, hashes", _each("### {n}. {q}\n###A: {a}", "\n\n")),
    Shape("question misspelt", _each("###QUESION: {q}\n###ANSWER: {a}", "\n\n")),
    Shape("own word for the answer", _each("Question: {q}\n**Reply:** {a}", "\n\n"), least=2),
    Shape("no answer markers", _each("###QUESTION: {q}\n{a}\n------"), least=2),
    Shape("no markers, headings", _each("### Q&A Pair {n}:\n{q}\n\n{a}", "\n\n"), one_line=True, least=2),
    Shape("no markers, bold", _each("**{n}. {q}**\n\n{a}", "\n\n"), one_line=True, least=2),
    Shape("no markers, numbers", _each("{n}. {q}\n   {a}", "\n"), one_line=True, least=2),
    Shape("no markers, rules", _each("{q}\n{a}", "\n---\n"), one_line=True, least=2),
    Shape("the next turn", _each(_PLAIN, "\n\n", tail="<｜end▁of▁sentence｜><｜User｜>Go on.\n\nQuestion?")),
    Shape(
        "loose drafts, hashed finals",
        _each(
            _CANONICAL,
            head=f"{_PLAN}\n\n**Question 1:** Does ice flow?\n**Answer:** It does.\n\nNow in form.\n\n",
        ),
    ),
    Shape(
        "form named in thoughts",
        _each(_CANONICAL, head=f"{_PLAN} I use ###QUESTION: and ###ANSWER: as told.\n\n"),
    ),
    Shape("JSON list", lambda pairs: json.dumps(_json(pairs), indent=2), format="json"),
    Shape("JSON object", lambda pairs: json.dumps({"pairs": _json(pairs)}), format="json"),
    Shape("JSON in a fence", lambda pairs: f"```json\n{json.dumps(_json(pairs), indent=1)}\n```"),
    Shape(
        "JSON behind a sentence",
        lambda pairs: f"Here it is:\n\n```json\n{json.dumps(_json(pairs))}\n```\nDone.",
        format="json",
    ),
    Shape("JSON lines", lambda pairs: "\n".join(json.dumps(row) for row in _json(pairs))),
    Shape(
        "JSON by number",
        lambda pairs: json.dumps(
            {k: v for n, (q, a) in enumerate(pairs) for k, v in ((f"question_{n}", q), (f"answer_{n}", a))}
        ),
    ),
    Shape(
        "JSON in two lists",
        lambda pairs: json.dumps({"questions": [q for q, _ in pairs], "answers": [a for _, a in pairs]}),
        format="json",
    ),
    Shape("JSON with bare LaTeX", _json_with_latex),
    Shape("JSON with a comma too many", lambda pairs: json.dumps(_json(pairs)).replace("}]", "},]")),
)

_WORDS = [
    "glacier",
    "basal",
    "water",
    "pressure",
    "sliding",
    "till",
    "shear",
    "stress",
    "ice",
    "bed",
    "flow",
    "velocity",
    "drainage",
    "channel",
    "the",
    "of",
    "and",
    "in",
    "over",
    "under",
    "with",
    "from",
    "at",
    "increases",
    "reduces",
    "couples",
    "melt",
    "winter",
    "summer",
    "3.5",
    "kPa",
    "12%",
    "(n",
    "=",
    "3)",
    "effective",
    "Δp",
    "α-phase",
    "10⁻³",
    "Zr–O",
    "Na⁺",
    "subglacial",
    "$\\theta$",
    "$\\beta_0$",
    "$\\nu$",
    "$\\rho",
    "g",
    "h$",
]
_OPENINGS = (
    "How does",
    "Why does",
    "To what extent does",
    "Which process makes",
    "Under what conditions does",
)
_CODE = "```python\nfor step in range(3):\n    # Question: how long?\n    print(step)\n---\n```"
_TABLE = "| load | speed |\n|---|---|\n| 1 MPa | 3 m/d |\n| 2 MPa | 9 m/d |"
_MATH = "\\[\n\\nu_b = C \\frac{\\tau_b^3}{N^2}, \\quad \\nu = \\rho \\beta\n\\]"


_LOOSE_ENDS = "The gas constant enters as $R$, and $A = A_0 e^{-Q/RT}$ follows."


def _sentence(random: Random) -> str:
    return "Meltwater " + " ".join(random.choices(_WORDS, k=random.randint(3, 14))) + "."


def _paragraph(random: Random) -> str:
    return " ".join(_sentence(random) for _ in range(random.randint(1, 3)))


def _block(random: Random) -> str:
    kind = random.randrange(8)
    if kind < 2:
        return _paragraph(random)
    if kind == 2:
        return "\n".join(f"- {_sentence(random)}" for _ in range(random.randint(2, 4)))
    if kind == 3:
        return "\n".join(f"{n}. {_sentence(random)}" for n in range(1, random.randint(3, 5)))
    return (_CODE, _TABLE, _MATH, _LOOSE_ENDS, f"**Consequence:** {_sentence(random)}")[random.randrange(5)]


def make_pairs(
    seed: int, one_line: bool = False, count: int | None = None, least: int = 1
) -> list[tuple[str, str]]:
    """Pairs with paragraphs, lists, tables, code and LaTeX in their answers, each question once."""
    random = Random(seed)
    pairs = {}
    for _ in range(count or random.randint(least, 5)):
        question = f"{random.choice(_OPENINGS)} {' '.join(random.choices(_WORDS, k=random.randint(3, 14)))}?"
        blocks = [_paragraph(random)] + [
            _block(random) for _ in range(0 if one_line else random.randint(0, 3))
        ]
        pairs[question] = "\n\n".join(blocks)
    return list(pairs.items())


def pairs_for(shape: Shape) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Pairs that fit a shape."""
    return st.builds(
        make_pairs, st.integers(0, 2**32), st.just(shape.one_line), st.none(), st.just(shape.least)
    )
