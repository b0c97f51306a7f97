"""Characters that a font maps to codes of its own, put back where it is known what they are.

TeX's old math fonts number their signs from 0 on. Publishers' fonts put ligatures ("fl" of "fluorescent") on private code
points and signs on control codes, which extractors drop. What such a code stands for is settled by what it leaves behind: by
words which the document spells out elsewhere, or which papers of any field have; by "37 ?C", "cm?1", "596 ? 2". Anything else
becomes U+FFFD, so that nobody takes "596 2" for a number.
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

LOST = "\ufffd"
"""Stands for a character that nobody can tell any more."""

_OML = "ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυφχ"
_OMS = "−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥≼≽∼≈⊂⊃≪≫≺≻"
_OMX = "()[]⌊⌋⌈⌉{}⟨⟩|‖/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\"
_TEX = (
    (re.compile(r"(?:^|\+)(?:cmmi|cmmib|lmmi)\d", re.IGNORECASE), _OML),
    (re.compile(r"(?:^|\+)(?:(?:cmsy|cmbsy|lmsy)\d|mt2?sy)", re.IGNORECASE), _OMS),
    (re.compile(r"(?:^|\+)(?:cmex|lmex)\d", re.IGNORECASE), _OMX),
)
_SYMBOL = re.compile(r"symbol", re.IGNORECASE)
_SYMBOLS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-~¢£¥¬®°±²³´µ¶·¸¹º»¼ÅÎÑÖ×åò",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ−∼′≤∞←→°±″≥×∝∂•÷≠≡≈…⊕∈∇√⋅∑∫",
        strict=True,
    )
)
"""Word processors put the Symbol font's characters on U+F000 and its own codes."""
_DINGBATS = (
    (
        re.compile(r"wingdings(?! ?[23])", re.IGNORECASE),
        "lmnopqrstuvw§¨Ÿž¡¤ØÜàßáâèðüûþýFJL(*«°",
        "●❍■□❐❑❒⬧⧫◆❖⬥▪◻••○◉➢➲→←↑↓➔⇨✔✘☑☒☞☺☹☎✉★⌖",
    ),
    (
        re.compile(r"zapf ?dingbats|dingbats|monotype ?sorts", re.IGNORECASE),
        "lmnopqrstuvw3478HÔØÕàâäèü",
        "●❍■❏❐❑❒▲▼◆❖◗✓✔✗✘★→➘→➢➢➤➨➼",
    ),
    (re.compile(r"wingdings ?[23]|webdings", re.IGNORECASE), "", ""),
)
"""Fonts of dingbats: which letters they have in the place of which signs; a sign that is not here is taken for a bullet."""
_LISTED = re.compile(r"\s*[^\w\s]\s+\w")
_BULLETS = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0fc": "✔",
    "\uf076": "❖",
    "\uf06e": "■",
    "\uf06c": "●",
}
"""Where word processors put Symbol's and Wingdings' bullets, in fonts whose names are lost too."""
_PI = re.compile(r"AdvP[0-9A-F]{6}|AdvMacMth", re.IGNORECASE)
_PI_SIGNS = str.maketrans("ðÞ¼þ", "()=+")
"""Fonts of signs whose text layer gives letters for them."""
_BRACKETS = range(0xF8E5, 0xF8FF)
"""Pieces of tall brackets and rules in the symbol fonts: they say nothing by themselves."""
_LIGATURES = ("fi", "fl", "ff", "ffi", "ffl", "ft", "tt", "ti", "Th", "fj", "st", "ct")
_WORDS = """
    after left shift shifts shifted often soft software lifted drift fifth gift craft draft
    first find finding findings fine fit fitted fitting five fixed field fields final finally figure figures file film films
    filter filtered fill filled finite fiber fibre fibers significant significantly specific specifically specified
    scientific identify identified identification classified classification modified modification purified purification
    verified refine refined refinement confirm confirmed confined define defined definition benefit profile profiles
    artificial quantified quantification amplified configuration configurations magnified
    flow flows flat flux fluid fluids fluctuations fluorescent fluorescence fluoride flexible flexibility influence
    influenced inflation reflect reflected reflection reflections conflict briefly
    effect effects effective effectively off offer offered offset buffer buffers staff affect affected affinity
    difference differences different differential differ differs difficult difficulty diffusion diffraction diffuse
    coefficient coefficients efficient efficiently efficiency sufficient sufficiently insufficient office official
    that then there therefore these they this those thus the through third three
    better matter attention attributed pattern patterns setting settings written bottom battery
    most best last test tests tested step steps state states study studies structures strong
    reaction function functions direct directly expect expected structure action active activity fact factor factors
    motion solution time times position ratio
"""
COMMON = frozenset(_WORDS.split())
"""Words with ligatures that papers of any field have."""
_SIGNS = {
    "°": r"\d ?{code} ?[CF]\b",
    "−": r"(?:\b|[munkMG])(?:m|s|g|L|K|M|V|A|J|W|Pa|Hz|mol|min|h|eV|Å){code}[1-4]\b",
    "×": r"\d ?{code} ?10\b",
    "±": r"\d ?{code} ?\d+(?:\.\d+)?(?!\d*{code})",
    "′": r"\b[35]{code} ?-|-[ACGTUacgtu]+-[35]{code}",
    "μ": r"\d ?{code}[mMLglsAV]\b",
}
"""Where a sign stands that cannot be another one; the first that is sure counts."""
_SURE = 2
"""Different words that a reading has to make, and twice as many as any other reading."""
_MOSTLY = 0.9
"""Share of the lines with a sign that it begins where it is a bullet."""
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff]")
_RANGE = "\ue000-\uf8ff\U000f0000-\U000ffffd"
_PRIVATE = re.compile(f"[{_RANGE}]")
_WORD = re.compile(f"[^\\W\\d_]*[{_RANGE}][^\\W\\d_]*")
_STAND_IN = 0xF0000
_FONTS = 2047


def is_odd(text: str) -> bool:
    """Whether a character, or one of a text, is one of those that extractors drop, though something is printed there."""
    return bool(_ODD.search(text))


def of_font(char: str, font: str) -> str:
    """What an odd character is in its font, or a private character that stands for it until its words are looked at."""
    code = ord(char)
    for pattern, signs in _TEX:
        if code < len(signs) and pattern.search(font):
            return signs[code]
    if code in _BRACKETS:
        return ""
    if _SYMBOL.search(font) and 0xF020 <= code <= 0xF0FF:
        return _SYMBOLS.get(chr(code - 0xF000), chr(code - 0xF000))
    if code >= 32:
        return char
    return chr(_STAND_IN + 32 * (zlib.crc32(font.encode()) % _FONTS) + code)


@lru_cache(maxsize=1000)
def is_dingbats(font: str) -> bool:
    """Whether a font has signs in the place of letters."""
    return any(pattern.search(font) for pattern, _, _ in _DINGBATS)


def of_dingbats(text: str, font: str) -> str:
    """A text with the signs of a font of dingbats; of one that is not known here nothing but a bullet is told."""
    _, letters, signs = next(entry for entry in _DINGBATS if entry[0].search(font))
    return "".join(_dingbat(char, letters, signs) for char in text)


def _dingbat(char: str, letters: str, signs: str) -> str:
    code = ord(char)
    # Code points of their own, above Latin, are what the font's own list of characters says.
    if char.isspace() or (code > 0x2FF and not 0xE000 <= code <= 0xF8FF):
        return char
    if 0xF020 <= code <= 0xF0FF:
        code -= 0xF000
    own = bytes((code,)).decode("cp1252", "replace") if 0x80 <= code <= 0x9F else chr(code)
    return signs[letters.index(own)] if own in letters else "•"


def of_pi_font(text: str, font: str) -> str:
    """A text with the signs of a font of signs, where letters are given for them."""
    return text.translate(_PI_SIGNS) if not text.isascii() and _PI.search(font) else text


def readings(texts: Iterable[str]) -> dict[str, str]:
    """What each private character of a document's texts stands for; U+FFFD where nothing tells.

    Args:
        texts: the texts of whole lines, with their private characters.
    """
    words: dict[str, set[str]] = defaultdict(set)
    known = set(COMMON)
    lines: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        if not _PRIVATE.search(text):
            known.update(re.findall(r"[^\W\d_]{3,}", text.lower()))
            continue
        for code in set(_PRIVATE.findall(text)):
            lines[code].append(text)
        for word in _WORD.findall(text):
            codes = set(_PRIVATE.findall(word))
            if len(codes) == 1:
                words[codes.pop()].add(word.lower())
        known.update(word.lower() for word in re.findall(r"[^\W\d_]{3,}", _WORD.sub(" ", text)))
    return {
        code: _bullet(code, lines[code])
        or _ligature(code, words[code], known)
        or _sign(code, lines[code])
        or LOST
        for code in sorted(lines)
    }


def _bullet(code: str, lines: list[str]) -> str:
    """A bullet, where it begins nearly all of the lines that have it; empty where it does not."""
    begin = sum(line.lstrip().startswith(code) and line.count(code) == 1 for line in lines)
    alone = sum(line.strip() == code or bool(_LISTED.match(line)) for line in lines)
    enough = 1 if code in _BULLETS else _SURE
    return _BULLETS.get(code, "•") if begin >= max(enough, _MOSTLY * len(lines)) and alone >= begin else ""


def _ligature(code: str, words: set[str], known: set[str]) -> str:
    """The ligature that makes most words, if it is far ahead of all others; empty if there is none."""
    votes = Counter(
        {
            ligature: sum(word.replace(code, ligature.lower()) in known for word in words)
            for ligature in _LIGATURES
        }
    )
    (best, count), (_, next_count) = votes.most_common(2)
    return best if count >= _SURE and count >= 2 * next_count else ""


def _sign(code: str, lines: list[str]) -> str:
    """The sign that the surroundings ask for, if none other fits them; empty if there is none."""
    votes = {
        sign: sum(len(re.findall(pattern.replace("{code}", code), line)) for line in lines)
        for sign, pattern in _SIGNS.items()
    }
    found = [sign for sign, count in votes.items() if count >= _SURE]
    return found[0] if len(found) == 1 else ""


def mended(text: str, known: Mapping[str, str]) -> str:
    """A text with its private characters as they were read."""
    return _PRIVATE.sub(lambda match: known.get(match[0], LOST), text)
