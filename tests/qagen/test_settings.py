import pytest

from qagen.errors import InvalidSettings, QagenError, SettingsError
from qagen.settings import (
    RENAMED,
    AskSettings,
    ChunkSettings,
    JudgeSettings,
    RuleSettings,
    Settings,
    SplitShares,
    load_settings,
)


def test_without_a_file_the_defaults_hold():
    assert load_settings(None) == Settings()


def test_options_win_over_the_file_and_the_file_over_the_defaults(tmp_path):
    file = tmp_path / "qagen.toml"
    file.write_text('[ask]\nmodel = "qwen3:8b"\npairs = 5\n')
    settings = load_settings(
        file, {"ask": {"pairs": 3, "model": None}, "chunk": {"chars": 1000, "overlap": None}}
    )
    assert settings == Settings(ask=AskSettings(model="qwen3:8b", pairs=3), chunk=ChunkSettings(chars=1000))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[ask]\nmodle = 1\n", r"^unknown key 'ask.modle' in '.*qagen.toml'; known there: .*model, pairs"),
        (
            "[asks]\n",
            r"^unknown key 'asks' in '.*'; known there: ask, checks, chunk, convert, dataset, embedded, grounding, judge, rules, select$",
        ),
        (
            "[ask]\npairs = 'ten'\n",
            r"^'ask.pairs' in '.*': Input should be a valid integer \(given: 'ten'\)$",
        ),
        (
            "[ask]\npairs = 0\n",
            r"^'ask.pairs' in '.*': Input should be greater than or equal to 1 \(given: 0\)$",
        ),
        ("[chunk]\noverlap = 1500\n", r"^'chunk' in '.*': overlap 1500 is more than half of chars 2000$"),
        ("[ask]\ntop_p = nan\n", r"^'ask.top_p' in '.*'"),
        (
            '[checks]\nlanguage = "english"\n',
            r"^'checks.language' in '.*': the ISO 639-1 code of a language; known are af, .*, zh \(given: 'english'\)$",
        ),
        (
            '[checks]\nlanguage = "de"\n[ask]\nengine = "extractive"\n',
            r"^'.*qagen.toml': the extractive engine asks in English only, and 'checks.language' is 'de'; name a model's engine",
        ),
        ("ask = 3\n", r"^'ask' in '.*'"),
        (
            '[[rules]]\nsectoins = "*"\nprompt = "deep-qa"\n',
            r"^unknown key 'rules.0.sectoins' in '.*'; known there: files, prompt, sections$",
        ),
        ("[ask\n", r"is not valid TOML"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_key(tmp_path, text, complaint):
    file = tmp_path / "qagen.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=complaint):
        load_settings(file, {"ask": {"model": "x"}} if text == "ask = 3\n" else None)


@pytest.mark.parametrize(
    ("table", "old", "value", "new"),
    [
        ("ask", "patience", "60.0", "reconnect_timeout"),
        ("checks", "denial_reach", "4", "negation_window"),
        ("checks", "language_sureness", "0.6", "language_confidence"),
        ("checks", "longest_phrase", "12", "max_phrase_words"),
        ("select", "per_section", "3", "max_per_section"),
    ],
)
def test_a_key_that_was_renamed_is_refused_by_its_new_name_which_takes_the_same_value(
    tmp_path, table, old, value, new
):
    file = tmp_path / "qagen.toml"
    file.write_text(f"[{table}]\n{old} = {value}\n")
    with pytest.raises(SettingsError) as raised:
        load_settings(file)
    assert raised.value.message == f"the key '{table}.{old}' in {str(file)!r} is called {new!r} now"
    assert raised.value.remedy == "write it so"
    file.write_text(f"[{table}]\n{new} = {value}\n")
    assert str(getattr(getattr(load_settings(file), table), new)) == value


def test_every_new_name_of_a_renamed_key_is_a_setting():
    known = {f"{table}.{key}" for table in Settings.model_fields for key in keys_of(table)}
    names = [f"{old.partition('.')[0]}.{new}" for old, new in RENAMED.items()]
    assert [name for name in names if name not in known] == []


def keys_of(table):
    part = getattr(Settings(), table)
    return type(part).model_fields if table != "rules" else ()


def test_the_mark_that_windows_editors_put_before_a_text_is_no_part_of_a_file(tmp_path):
    (tmp_path / "q.toml").write_bytes(b"\xef\xbb\xbf[ask]\r\npairs = 4\r\n")
    assert load_settings(tmp_path / "q.toml").ask.pairs == 4


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        SettingsError, match=r"cannot read the settings file '.*none.toml': No such file or directory"
    ):
        load_settings(tmp_path / "none.toml")


def test_a_settings_file_that_is_no_file_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"is no file; name another with --config"):
        load_settings(tmp_path)


def test_an_option_that_does_not_fit_is_refused():
    with pytest.raises(
        SettingsError,
        match=r"^'ask.engine': Input should be 'auto', 'server', 'embedded' or 'extractive' \(given: 'magic'\)$",
    ):
        load_settings(None, {"ask": {"engine": "magic"}})


@pytest.mark.parametrize("key", RENAMED)
def test_a_key_that_got_another_name_is_told_it_and_the_new_one_is_there(tmp_path, key):
    table, _, name = key.partition(".")
    known = Settings().model_dump()[table]
    assert (name in known, RENAMED[key] in known) == (False, True)
    file = tmp_path / "qagen.toml"
    file.write_text(f"[{table}]\n{name} = 1\n")
    with pytest.raises(
        SettingsError, match=f"the key '{key}' in '.*' is called '{RENAMED[key]}' now; write it so"
    ):
        load_settings(file)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: Settings(ask={"pairs": 0}),
            "'ask.pairs': Input should be greater than or equal to 1 (given: 0)",
        ),
        (
            lambda: AskSettings(pairs=0),
            "'ask.pairs': Input should be greater than or equal to 1 (given: 0)",
        ),
        (
            lambda: Settings(dataset={"splits": {"dev": 5}}),
            "unknown key 'dataset.splits.dev'; known there: test, train, validation",
        ),
        (lambda: AskSettings(patience=60.0), "the key 'ask.patience' is called 'reconnect_timeout' now; write it so"),
        (
            lambda: JudgeSettings(band=(0.5, 0.5)),
            "'judge': the band [0.5, 0.5] is empty; its first number has to be the smaller one",
        ),
        (lambda: SplitShares(test=-3), "'test': Input should be greater than or equal to 0 (given: -3)"),
        (
            lambda: RuleSettings(prompt="deep-qa"),
            "'RuleSettings': a rule needs 'files' or 'sections'; for everything use 'prompt' in [ask]",
        ),
    ],
)  # fmt: skip
def test_settings_made_in_python_that_do_not_fit_are_an_error_of_ours_and_a_value_error(make, said):
    with pytest.raises(InvalidSettings) as raised:
        make()
    assert str(raised.value) == said
    assert isinstance(raised.value, QagenError)
    assert isinstance(raised.value, ValueError)
