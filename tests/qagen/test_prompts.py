import pytest

from qagen.errors import SettingsError
from qagen.prompts import builtin_prompts, load_prompt
from qagen.records import Chunk, Message, Section
from tests.command import qagen

CHUNK = Chunk(
    3, 10, 29, "Ice floats {{ on }} it", Section(("2. Results", "2.1 Ice"), 0, 40, 5, body=True), (1,)
)


def test_the_built_in_prompt_puts_the_rules_first_then_the_chunk_then_the_task_once_more_and_the_form_last():
    first, second = (load_prompt("deep-qa").messages(chunk, 7)[0].content for chunk in (CHUNK, CHUNK))
    assert first == second
    rules, chunk, task = first.partition("\nIce floats {{ on }} it\n")
    assert "Write exactly 7 pairs." in rules
    assert chunk
    assert "Write the 7 pairs" in task
    assert task.endswith("------\n###QUESTION: the question\n###ANSWER: the answer\n------")


def test_the_built_in_prompt_asks_for_json_where_that_is_wanted():
    text, as_json = (load_prompt("deep-qa").messages(CHUNK, 7, form)[0].content for form in ("text", "json"))
    assert '{"pairs": [{"question": "the question", "answer": "the answer"}]}' in as_json
    assert "###QUESTION" not in as_json
    assert "JSON" not in text
    assert text.partition("Give")[0] == as_json.partition("Give")[0]


def test_the_built_in_prompt_asks_in_the_language_that_is_wanted():
    english, german = (
        load_prompt("deep-qa").messages(CHUNK, 7, "text", name)[0].content for name in ("English", "German")
    )
    assert "answer are in German, in" in german
    assert "now, in German:" in german
    assert german.replace("German", "English") == english


def test_a_prompt_file_may_have_a_system_turn_and_use_the_section(tmp_path):
    file = tmp_path / "mine.md"
    file.write_text(
        "---\nname: mine\ndescription: for me\nsystem: You ask {{ pairs }} things.\n---\nIn {{ section | join(' > ') }}:\n{{ chunk }}\n"
    )
    prompt = load_prompt(str(file))
    assert (prompt.name, prompt.description) == ("mine", "for me")
    assert prompt.messages(CHUNK, 2) == (
        Message("system", "You ask 2 things."),
        Message("user", "In 2. Results > 2.1 Ice:\nIce floats {{ on }} it"),
    )


def test_the_built_in_prompts_are_listed():
    assert [prompt.name for prompt in builtin_prompts()] == [
        "across",
        "deep-qa",
        "judge",
        "places",
        "reasoning",
        "round-trip",
        "sections",
        "short-qa",
    ]


def test_the_short_prompt_is_a_fifth_as_long_and_its_form_stands_last():
    short, deep = (load_prompt(name).messages(CHUNK, 7)[0].content for name in ("short-qa", "deep-qa"))
    assert len(short) < len(deep) / 3
    assert short.startswith("Excerpt:\nIce floats {{ on }} it\n")
    assert short.endswith("the first beginning with ###QUESTION: and the second with ###ANSWER:")
    as_json = load_prompt("short-qa").messages(CHUNK, 7, "json")[0].content
    assert as_json.endswith(
        'with a list "pairs", each with a "question" that begins with Why, How or What, and its "answer".'
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Ask about {{ chunk }}", r"has no front matter; begin it with `---`"),
        ("---\nname: [\n---\n{{ chunk }}", r"the front matter of the prompt '.*' is not YAML"),
        ("---\n- a\n---\n{{ chunk }}", r"has to be `key: text` lines"),
        ("---\nname: a\n---\n{{ chunk }}", r"lacks \['description'\]"),
        ("---\nname: a\ndescription: b\ncolour: red\n---\n{{ chunk }}", r"has the unknown \['colour'\]"),
        (
            "---\nname: a\ndescription: b\n---\n{{ chunks }}",
            r"'chunks' is undefined; it may use chunk, format, language, pairs, section",
        ),
        ("---\nname: a\ndescription: b\n---\n{{ chunk", r"cannot be rendered"),
        ("---\nname: a\ndescription: b\n---\n{% include 'x' %}{{ chunk }}", r"cannot be rendered: no loader"),
        (
            "---\nname: a\ndescription: b\n---\n{{ 1 / 0 }}{{ chunk }}",
            r"cannot be rendered: division by zero",
        ),
        (
            "---\nname: a\ndescription: b\n---\n{{ chunk + 1 }}",
            r"cannot be rendered: can only concatenate str",
        ),
        (
            "---\nname: a\ndescription: b\n---\n{{ section[9] + chunk }}",
            r"cannot be rendered: .*has no element 9",
        ),
        (
            "---\nname: a\ndescription: b\n---\n{{ range(10**9) }}{{ chunk }}",
            r"cannot be rendered: Range too big",
        ),
        (
            "---\nname: a\ndescription: b\n---\n{{ chunk.__class__.__mro__ }}{{ chunk }}",
            r"cannot be rendered: access to attribute '__class__' of 'str' object is unsafe",
        ),
        ("---\nname: a\ndescription: b\n---\nWrite {{ pairs }}.", r"never shows the chunk to the model"),
    ],
)
def test_a_file_that_is_no_prompt_is_refused_with_what_to_do(tmp_path, text, complaint):
    file = tmp_path / "bad.md"
    file.write_text(text)
    with pytest.raises(SettingsError, match=complaint):
        load_prompt(str(file))


def test_a_prompt_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(
        SettingsError,
        match=r"^there is no prompt 'deeper' \(No such file or directory\); built in: across, deep-qa, judge, places, reasoning, round-trip, sections, short-qa; or give a file's path$",
    ):
        load_prompt("deeper")


def test_the_mark_that_windows_editors_put_before_a_text_and_its_line_ends_are_no_part_of_a_prompt(tmp_path):
    text = "---\nname: a\ndescription: b\n---\nAsk about {{ chunk }}\n"
    (tmp_path / "plain.md").write_bytes(text.encode())
    (tmp_path / "marked.md").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_prompt(str(tmp_path / "marked.md")) == load_prompt(str(tmp_path / "plain.md"))


def test_a_folder_is_no_prompt(tmp_path):
    with pytest.raises(SettingsError, match=r"is no file; built in: across, deep-qa, judge"):
        load_prompt(str(tmp_path))


def test_a_prompt_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "bad.md"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_prompt(str(file))


def test_a_prompt_under_another_name_asks_the_same():
    from qagen.prompts import _parse, with_name

    old = load_prompt("deep-qa")
    new = _parse(with_name(old, "mine: a 'name'"), "mine")
    assert (new.name, new.description, new.system, new.user) == (
        "mine: a 'name'",
        old.description,
        old.system,
        old.user,
    )


def test_a_new_prompt_is_written_once_and_never_over_a_file(tmp_path):
    first = qagen("prompts", "new", tmp_path / "new folder/mine.md")
    assert (first.returncode, load_prompt(str(tmp_path / "new folder/mine.md")).name) == (0, "mine")
    again = qagen("prompts", "new", tmp_path / "new folder/mine.md")
    assert (
        again.returncode,
        again.stderr.endswith("is there already and is left alone; name another file\n"),
    ) == (1, True)
