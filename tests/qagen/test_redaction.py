"""Whatever a secret is and however a reply writes it: the text that is left does not tell it."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qagen import redaction
from qagen.redaction import Secrets, learn_environment, without_secrets

TOKEN = "gl-9f_Zx/4711+=\"q'<&>w"
PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
SECRETS = st.text(PRINTABLE, min_size=8, max_size=40).filter(
    lambda text: text.lower() not in redaction._PLACEHOLDERS
)


def inner(text):
    return json.dumps(text)[1:-1]


FORMS = {
    "as it is": str,
    "in JSON": inner,
    "in JSON in JSON": lambda text: inner(inner(text)),
    "with escaped slashes": lambda text: inner(text).replace("/", "\\/"),
    "in a URL": lambda text: quote(text, safe=""),
    "in a URL's path": quote,
    "in a form": quote_plus,
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in HTML": html.escape,
    "each character as \\u": lambda text: "".join(f"\\u{ord(char):04X}" for char in text),
    "each character as %": lambda text: "".join(f"%{ord(char):02x}" for char in text),
    "each character as &#": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "each character as &#x": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
}


def hidden(secret, text):
    secrets = Secrets()
    secrets.learn(secret)
    return secrets.redact(text)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20)
@given(secret=SECRETS, around=st.tuples(st.text(" .:{\n", max_size=5)))
@example(secret='000000\\"', around=("",))
def test_a_secret_is_replaced_in_every_form_that_a_reply_gives_it(form, secret, around):
    written = FORMS[form](secret)
    text = f"{around[0]}({written})"
    assert hidden(secret, text) == f"{around[0]}(***)"


@settings(max_examples=40)
@given(st.binary(max_size=5), SECRETS, st.binary(max_size=5), st.booleans())
def test_base64_of_something_that_holds_a_secret_gives_none_of_its_bytes_but_the_outermost(
    before, secret, after, web
):
    encode = base64.urlsafe_b64encode if web else base64.b64encode
    text = encode(before + secret.encode() + after).decode()
    left = hidden(secret, text)
    assert "***" in left
    pieces = left.split("***")
    start = len(pieces[0]) * 6 // 8
    assert start <= len(before) + 1
    assert len(pieces[-1].rstrip("=")) * 6 // 8 <= len(after) + 1


@given(st.text(max_size=60))
def test_a_text_without_the_secret_stays_as_it_is(text):
    assert hidden(TOKEN, text) == text
    secrets = Secrets()
    secrets.learn(TOKEN)
    data = text.encode("utf-8", "surrogatepass") + b"\xff\x00"
    assert secrets.redact_bytes(data) == data


def test_short_secrets_are_replaced_as_words_and_placeholders_not_at_all():
    secrets = Secrets()
    secrets.learn("zq9x", "abc", "EMPTY", "ollama", "lm-studio", None, "")
    text = "zq9x zq9xy a-zq9x! abc EMPTY ollama lm-studio"
    assert secrets.redact(text) == "*** zq9xy a-***! abc EMPTY ollama lm-studio"


def test_a_secret_inside_another_leaves_nothing_of_the_longer_one():
    secrets = Secrets()
    secrets.learn("password", "password-and-more")
    assert secrets.redact("(password-and-more) (password)") == "(***) (***)"


def test_an_address_gives_its_password_its_header_and_its_query():
    secrets = Secrets()
    secrets.learn_url("http://me:p%40ss%2Fword@proxy:3128/?sig=0123456789ab&v=1")
    basic = base64.b64encode(b"me:p@ss/word").decode()
    text = f"p%40ss%2Fword p@ss/word Basic {basic} sig=0123456789ab v=1 me"
    assert secrets.redact(text) == "*** *** Basic *** sig=*** v=1 me"


def test_the_environment_gives_keys_tokens_proxies_and_the_files_of_the_hub(tmp_path):
    (tmp_path / "token").write_text("from-the-token-file\n")
    (tmp_path / "stored_tokens").write_text("[me]\nhf_token = from-the-stored-tokens\n")
    secrets = Secrets()
    environment = {
        "HF_HOME": str(tmp_path),
        "QAGEN_API_KEY": "key-of-the-server",
        "AWS_SECRET_ACCESS_KEY": "key-of-the-cloud",
        "https_proxy": "http://me:word-of-the-proxy@host:1",
        "MAX_TOKENS": "81928192",
        "TOKENIZERS_PARALLELISM": "falsefalse",
    }
    learn_environment(environment, secrets)
    text = "from-the-token-file from-the-stored-tokens key-of-the-server key-of-the-cloud word-of-the-proxy 81928192 falsefalse"
    assert secrets.redact(text) == "*** *** *** *** *** 81928192 falsefalse"


def test_options_that_are_keys_by_their_names_are_not_shown():
    options = {"openai_api_key": "x", "force_ocr": True, "claude_api_key": None, "max_tokens": 5}
    assert without_secrets(options) == {
        "openai_api_key": "***", "force_ocr": True, "claude_api_key": None, "max_tokens": 5
    }  # fmt: skip
