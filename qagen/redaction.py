"""The secrets that this process holds, by their values, and texts without them.

Whoever takes up a secret says so (`learn`); whatever comes from outside, is printed or is kept goes through `redact`. What is looked for
is the value itself, not what a token mostly looks like, in the forms in which a reply gives back what it was sent: as it is; with
characters written as JSON, URLs or HTML write them, once or several times over; in base64, alone or inside something longer.

    a value of 8 characters or more     is replaced wherever it stands
    of 4 to 7                           where no letter or digit stands before or behind it
    shorter, or a placeholder           never: such a "key" protects nothing, and replacing it would spoil answers
"""

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

T = TypeVar("T")

MARK = "***"
_ANYWHERE, _SHORTEST = 8, 4
_PLACEHOLDERS = frozenset(
    [
        "empty",
        "none",
        "null",
        "dummy",
        "test",
        "local",
        "ollama",
        "lm-studio",
        "llama.cpp",
        "vllm",
        "sglang",
        "not-needed",
        "no-key",
        "sk-no-key-required",
    ]
)
"""What the makers of servers without a key tell to put there, since clients insist on one."""
_NAMES = re.compile(r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|ACCESS_KEY|SECRET_KEY)$")
"""Variables of the environment whose values are secrets, whoever's they are."""
_MOST_BYTES = 65_536
_NEVER = re.compile(r"(?!)")
_CODES = (
    r"\\+u00(?P<json>[2-7][0-9a-fA-F])|%(?:25)*(?P<url>[2-7][0-9a-fA-F])"
    r"|&(?:amp;)*(?:#(?:0*(?P<dec>\d{2,3})|[xX]0*(?P<hex>[2-7][0-9a-fA-F]))|(?P<name>amp|lt|gt|quot|apos));"
)
_HTML = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class Secrets:
    """Some secrets, and texts without them; one for a process (`learn`, `redact`), further ones in tests."""

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._needles: tuple[str, ...] = ()
        self._plain: tuple[str, ...] = ()
        self._pattern = self._escapes = _NEVER

    def learn(self, *values: str | None) -> None:
        """Take up secrets; what protects nothing is passed over."""
        new = [one.strip() for one in values if one]
        new = [one for one in new if len(one) >= _SHORTEST and one.lower() not in _PLACEHOLDERS]
        if all(one in self._values for one in new):
            return
        self._values.update(dict.fromkeys(new))
        forms = dict.fromkeys(form for value in self._values for form in _forms(value))
        self._needles = tuple(forms)
        self._escapes = _escapes("".join(forms))
        self._plain = tuple(self._escapes.sub(_unescaped, form) for form in forms)
        # The longest first: a password may stand inside another secret.
        self._pattern = re.compile("|".join(map(_spelled, sorted(forms, key=len, reverse=True))))

    def learn_url(self, url: str) -> None:
        """Take up what an address holds besides the place: user and password, and the values of its query."""
        try:
            parts = urlsplit(url)
            query = [value for _, value in parse_qsl(parts.query) if len(value) >= _ANYWHERE]
        except ValueError:
            return
        userinfo = parts.netloc.rpartition("@")[0]
        user, _, password = userinfo.partition(":")
        secret = password or user
        plain = f"{unquote(user)}:{unquote(password)}"
        basic = base64.b64encode(plain.encode()).decode() if password else None
        self.learn(secret, unquote(secret), basic, *query)

    def redact(self, text: str) -> str:
        """The text with `***` wherever a secret stood."""
        if not self._values or not self._is_in(text):
            return text
        return self._pattern.sub(MARK, text)

    def redact_bytes(self, data: bytes) -> bytes:
        """The same for bytes, whatever they are."""
        if not self._values:
            return data
        text = data.decode("utf-8", "surrogateescape")
        hidden = self.redact(text)
        return data if hidden is text else hidden.encode("utf-8", "surrogateescape")

    def _is_in(self, text: str) -> bool:
        """Whether a secret may be in a text; quick, since it mostly is not."""
        if any(needle in text for needle in self._needles):
            return True
        if self._escapes.search(text) is None:
            return False
        plain = self._escapes.sub(_unescaped, text)
        return any(needle in plain for needle in (*self._needles, *self._plain))


def _forms(value: str) -> Iterator[str]:
    yield value
    if not value.isascii():
        yield quote(value, safe="")
        yield json.dumps(value)[1:-1]
    if len(value) < _ANYWHERE:
        return
    data = value.encode()
    for before in range(3):
        # Of a text that was made of more than the secret, the characters that hold bits of the secret alone.
        text = base64.b64encode(bytes(before) + data).decode()
        inner = text[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]
        yield from dict.fromkeys((inner, inner.replace("+", "-").replace("/", "_")))


def _spelled(value: str) -> str:
    """A pattern for a value, each of whose characters may be escaped."""
    pattern = "".join(map(_character, value))
    return pattern if len(value) >= _ANYWHERE else rf"(?<![^\W_]){pattern}(?![^\W_])"


def _character(char: str) -> str:
    # The escapes first: a character may begin the escape of itself, and what is left of that would tell it.
    return f"(?:{_escape(char)}|{re.escape(char)})" if " " <= char <= "~" else re.escape(char)


def _escape(char: str) -> str:
    """A pattern for the ways of writing a printable ASCII character as something else."""
    number = ord(char)
    code = "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in f"{number:02x}")
    ways = [rf"\\+u00{code}", f"%(?:25)*{code}", f"&(?:amp;)*#(?:0*{number}|[xX]0*{code});"]
    if char in _HTML:
        ways.append(f"&(?:amp;)*{_HTML[char]};")
    if char in "\"\\/'":
        ways.append(rf"\\+{re.escape(char)}")
    return "|".join(ways)


def _escapes(characters: str) -> re.Pattern[str]:
    """What finds the escapes of printable ASCII characters; of those that JSON writes with a backslash only where they are among these."""
    backslashed = "".join(re.escape(char) for char in "\"\\/'" if char in characters)
    return re.compile(_CODES + (rf"|\\+(?=[{backslashed}])" if backslashed else ""))


def _unescaped(found: re.Match[str]) -> str:
    if found["name"]:
        return next(char for char, name in _HTML.items() if name == found["name"])
    if found["dec"]:
        return chr(int(found["dec"]))
    code = found["json"] or found["url"] or found["hex"]
    return chr(int(code, 16)) if code else ""


KNOWN = Secrets()
"""Those of this process: what may never be shown does not hang on who asks."""
learn, learn_url = KNOWN.learn, KNOWN.learn_url
redact, redact_bytes = KNOWN.redact, KNOWN.redact_bytes


def learn_environment(environment: Mapping[str, str] = os.environ, secrets: Secrets = KNOWN) -> None:
    """Take up what the environment holds: keys, tokens, passwords, addresses with a user, and the Hub's tokens in their files."""
    for name, value in environment.items():
        if _NAMES.search(name.upper()) and len(value) >= _SHORTEST:
            secrets.learn(value)
        elif "://" in value and "@" in value:
            secrets.learn_url(value)
    secrets.learn_url(environment.get("HF_ENDPOINT", ""))
    secrets.learn(*_hub_tokens(environment))


def without_secrets(options: Mapping[str, T]) -> dict[str, T | str]:
    """Options with `***` for those that by their names are keys, tokens or passwords."""
    return {name: MARK if _NAMES.search(name.upper()) and value else value for name, value in options.items()}


def _hub_tokens(environment: Mapping[str, str]) -> Iterator[str]:
    """The tokens where huggingface_hub keeps them, read without it: importing it takes longer than most commands."""
    cache = environment.get("XDG_CACHE_HOME") or "~/.cache"
    home = environment.get("HF_HOME") or f"{cache}/huggingface"
    yield from _lines(environment.get("HF_TOKEN_PATH") or f"{home}/token")
    for line in _lines(environment.get("HF_STORED_TOKENS_PATH") or f"{home}/stored_tokens"):
        name, _, value = line.partition("=")
        if name.strip() == "hf_token":
            yield value.strip()


def _lines(name: str) -> Iterable[str]:
    place = Path(os.path.expandvars(name)).expanduser()
    try:
        if not place.is_file() or place.stat().st_size > _MOST_BYTES:
            return ()
        return [line.strip() for line in place.read_text("utf-8", errors="replace").splitlines()]
    except (OSError, ValueError):
        return ()
