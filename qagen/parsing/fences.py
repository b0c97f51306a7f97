"""Code blocks in answers: what stands in them is text, whatever it looks like."""

import re

_FENCE = re.compile(r"\n[ \t>]*+`{3,}+[^\n`]*+(?=\n|\Z)")
_STRONG = re.compile(r"\n[ \t]*+(?:##|\*\*)[#* \t]*+(?:QUESTION|ANSWER|Question|Answer)[ \t\d]*+[*:]")


class Fences:
    """Finds the ends of the code blocks of a text.

    Args:
        text: the text.
        cut: whether its end is missing.
    """

    def __init__(self, text: str, cut: bool) -> None:
        self.text = text
        self.cut = cut
        self.none_behind: int | None = None
        """From here on no fence is left: what was searched once is not searched again."""

    def end(self, position: int) -> int | None:
        """The end of the line that closes a block; None where none does before the next sure marker.

        Args:
            position: where the line ends that opens the block.
        """
        found = None
        if self.none_behind is None or position < self.none_behind:
            found = _FENCE.search(self.text, position)
            if found is None:
                self.none_behind = position
        if found is not None and (not self.cut or found.end() < len(self.text)):
            return None if _STRONG.search(self.text, position, found.end()) else found.end()
        if self.cut and not _STRONG.search(self.text, position):
            return len(self.text)
        return None
