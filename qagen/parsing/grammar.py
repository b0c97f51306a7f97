"""From structuring lines to pairs.

    response  = outside { pair outside }
    pair      = question-marker text [rule] answer-marker text end
    end       = rule | question-marker | heading | fence that opened outside | sign-off | end of the response

A question may lack its marker: then the paragraph before the answer's marker is the question. A decision is made on
what stands before it, never on what is still to come, so that a response that was cut off gives pairs of the whole one.
"""

from dataclasses import dataclass

from qagen.parsing import trim
from qagen.parsing.fences import Fences
from qagen.parsing.lines import MOST_CANDIDATES, Line, Role, Scanner, Style, answer_on_the_line
from qagen.parsing.phrases import is_placeholder
from qagen.parsing.reading import Found, Reading
from qagen.parsing.unmarked import asked_before
from qagen.reasons import Reason
from qagen.records import Fault

MOST_FAULTS = 100
"""How many pieces of one response are reported; the last report counts the rest."""
_SEVERAL = 4
"""How many answers show how a response writes its answers."""


@dataclass(slots=True)
class _Question:
    start: int
    text: str
    number: str
    style: Style
    answered: bool = False


def read_marked(text: str, cut: bool) -> Reading:
    """Read the pairs of a text that starts with a line break.

    Args:
        text: the text.
        cut: whether its end is missing; then what no further line ends is not complete.
    """
    return _Reader(text, cut).run()


class _Reader:
    def __init__(self, text: str, cut: bool) -> None:
        self.text = text
        self.cut = cut
        self.scanner = Scanner(text, cut)
        self.fences = Fences(text, cut)
        self.reading = Reading()
        self.mode: Role | None = None
        """QUESTION or ANSWER while the text of one is being read, else None."""
        self.line = Line(Role.RULE, 0, 0, 0)
        """The marker whose text is being read."""
        self.block = 0
        """Where the text starts that no marker has claimed yet."""
        self.question: _Question | None = None
        self.waiting: dict[str, _Question] = {}
        """Numbered questions without an answer, for responses that put all answers behind all questions."""
        self.has_words = False
        """Whether a full word marked a question: then a letter alone marks none that does not ask."""
        self.outer_fence = 0
        self.more = 0

    def run(self) -> Reading:
        position = 0
        while (line := self.scanner.next(position)) is not None:
            position = self._take(line)
        if self.scanner.left <= 0:
            self._give_up(position)
        self._finish()
        return self.reading

    def _give_up(self, position: int) -> None:
        """More markers than any response has: what comes now is not read."""
        detail = (
            f"more than {MOST_CANDIDATES} lines look like markers; what follows the last of them was not read"
        )
        self.cut = True
        self.reading.broken = ""
        self.reading.faults.insert(0, Fault(Reason.NO_PAIRS, detail, self.text[position : position + 1000]))

    # ---- one line

    def _take(self, line: Line) -> int:
        """Take a structuring line; gives where to go on."""
        if line.role is Role.QUESTION:
            return self._take_question(line)
        if line.role is Role.ANSWER:
            return self._take_answer(line)
        if line.role is Role.FENCE:
            return self._take_fence(line)
        if line.role is Role.FINAL:
            return self._take_final(line)
        self._end_block(line.start)
        self._outside(line.end, line.start, "separator" if line.role is Role.RULE else "heading")
        return line.end

    def _take_question(self, line: Line) -> int:
        if not self._is_question(line):
            return line.end
        if line.style is Style.WORD:
            self.has_words = True
        self._end_block(line.start)
        self._drop_question()
        self.mode, self.line, self.block = Role.QUESTION, line, line.content
        self.reading.marks.append((line.start, "question"))
        inline = answer_on_the_line(self.text, line)
        if inline is None:
            return line.end
        start, content = inline
        marker = Line(Role.ANSWER, start, content, line.end, Style.LETTER, line.number, sure=True)
        return self._take_answer(marker)

    def _is_question(self, line: Line) -> bool:
        if line.style is Style.WORD:
            return True
        if line.style is Style.LETTER and not self.has_words:
            return True
        asks = self.text[line.content : line.end].rstrip(' \t*_"”').endswith(("?", "？"))
        if asks and line.end == len(self.text) and self.cut:
            return False
        return asks or (line.style is Style.LOOSE and self.mode is None)

    def _take_answer(self, line: Line) -> int:
        if not self._is_answer(line):
            return line.end
        waiting = self.waiting.get(line.number)
        if self.mode is Role.QUESTION or waiting is not None:
            self._end_block(line.start)
        elif self.mode is Role.ANSWER or self.question is None or self.question.answered:
            self._ask_backwards(line)
        if waiting is not None and not self._is_next_to(line):
            self._drop_question()
            self.question = waiting
        self.mode, self.line, self.block = Role.ANSWER, line, line.content
        self.reading.marks.append((line.start, "answer"))
        return line.end

    def _is_next_to(self, line: Line) -> bool:
        """Whether the question right before an answer's marker is the one that it answers."""
        question = self.question
        return question is not None and not question.answered and question.number in ("", line.number)

    def _is_answer(self, line: Line) -> bool:
        if line.style is Style.WORD:
            return True
        if line.number and line.number in self.waiting:
            return True
        asked = self._open_question()
        if asked is None:
            return False
        if line.style is Style.LETTER or asked.style is Style.LOOSE:
            return True
        return bool(line.number) and line.number == asked.number

    def _open_question(self) -> Line | _Question | None:
        """The question that is being read, or behind which no answer has begun yet."""
        if self.mode is Role.QUESTION:
            return self.line
        if self.mode is Role.ANSWER or self.question is None or self.question.answered:
            return None
        return self.question

    def _take_fence(self, line: Line) -> int:
        if self.mode is None:
            self.outer_fence = 0 if self.outer_fence else line.content - line.start
            self._outside(line.end, line.start, "fence")
            return line.end
        bare = not self.text[line.content : line.end].strip()
        if bare and self.outer_fence:
            self._end_block(line.start)
            self.outer_fence = 0
            self._outside(line.end, line.start, "fence")
            return line.end
        closing = self.fences.end(line.end)
        return line.end if closing is None else closing

    def _take_final(self, line: Line) -> int:
        heading = line.content == line.start
        if heading and self.mode is Role.QUESTION:
            return self._take_answer(Line(Role.ANSWER, line.start, line.end, line.end, deco="#"))
        self._end_block(line.start)
        self._outside(line.end, line.start, "heading" if heading else "introduction")
        self.reading.finals.append((line.start, heading))
        return line.end

    # ---- blocks

    def _outside(self, block: int, start: int, label: str) -> None:
        self.mode, self.block = None, block
        self.reading.marks += [(start, label), (block, "outside")]

    def _end_block(self, end: int, last: bool = False) -> None:
        """What was being read ends at `end`; what comes now is told by the caller."""
        if self.mode is Role.QUESTION:
            text = trim.question(self.text[self.block : end], self.line.bold_open, self.line.deco)
            self._drop_question()
            self.question = _Question(self.line.start, text, self.line.number, self.line.style)
        elif self.mode is Role.ANSWER:
            text, cut = trim.answer(
                self.text[self.block : end],
                self.line.bold_open,
                self.line.deco,
                last,
                last and self._is_plain(),
            )
            if cut is not None:
                self.reading.marks.append((self.block + cut + 1, "closing remark"))
            self._pair(text)
        self.block = end

    def _is_plain(self) -> bool:
        """Whether all answers so far are single paragraphs, and there are several."""
        return len(self.reading.pairs) >= _SEVERAL and not any(
            "\n" in pair.answer for pair in self.reading.pairs
        )

    def _pair(self, answer: str) -> None:
        question = self.question
        if question is None:
            if not is_placeholder(answer):
                self._fault(Reason.UNASKED_ANSWER, "no question stands before this answer", answer)
            return
        question.answered = True
        if question.number:
            self.waiting.pop(question.number, None)
        if is_placeholder(question.text) and is_placeholder(answer):
            if question.text or answer:
                self._echo(question.text, answer)
        elif not question.text:
            self._fault(Reason.UNASKED_ANSWER, "the question before this answer is empty", answer)
        elif not answer:
            self._fault(Reason.UNANSWERED_QUESTION, "the answer behind this question is empty", question.text)
        elif is_placeholder(question.text) or is_placeholder(answer):
            self._echo(question.text, answer)
        else:
            self.reading.pairs.append(Found(question.text, answer, question.start))

    def _echo(self, question: str, answer: str) -> None:
        self._fault(Reason.TEMPLATE_ECHO, "a placeholder stands where text should", f"{question}\n{answer}")

    def _drop_question(self) -> None:
        """The question so far gets no answer next to it; one with a number may get it further below."""
        question, self.question = self.question, None
        if question is None or question.answered or not question.text:
            return
        if is_placeholder(question.text):
            self._fault(Reason.TEMPLATE_ECHO, "a placeholder stands where text should", question.text)
        elif question.number and question.number not in self.waiting:
            self.waiting[question.number] = question
        else:
            self._unanswered(question)

    def _unanswered(self, question: _Question) -> None:
        self.reading.unanswered.append((question.start, question.text))
        self._fault(Reason.UNANSWERED_QUESTION, "no answer follows this question", question.text)

    def _ask_backwards(self, line: Line) -> None:
        """Take the paragraph before an answer's marker for its question."""
        text, start = self.text, self.block
        asked = asked_before(text, start, start + len(text[start : line.start].rstrip()))
        if asked and self.mode is Role.ANSWER and not text[start : asked[0]].strip():
            asked = None
        self._end_block(asked[0] if asked else line.start)
        self.question = _Question(asked[0], asked[1], "", Style.WORD) if asked else None
        if asked:
            self.reading.marks.append((asked[0], "question"))

    # ---- the end

    def _finish(self) -> None:
        if self.cut and self.mode is not None:
            self._break_off()
        else:
            self._end_block(len(self.text), last=True)
            self._drop_question()
        for question in sorted(self.waiting.values(), key=lambda question: question.start):
            self._unanswered(question)
        if self.more:
            last = self.reading.faults[-1]
            self.reading.faults[-1] = Fault(
                last.reason, f"{last.detail} (and {self.more} more pieces like these)", last.text
            )

    def _break_off(self) -> None:
        start = self.line.start
        if self.mode is Role.ANSWER and self.question is not None:
            start = self.question.start
        self.reading.broken = self.text[start:].strip()
        self.reading.marks.append((self.line.start, "cut off"))
        self.question = None if self.mode is Role.ANSWER else self.question
        self._drop_question()
        self.mode = None

    def _fault(self, reason: Reason, detail: str, text: str) -> None:
        if len(self.reading.faults) < MOST_FAULTS:
            self.reading.faults.append(Fault(reason, detail, text))
        else:
            self.more += 1
