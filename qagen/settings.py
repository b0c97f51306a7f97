"""The settings: every value that can change a result, with its default, in one place.

They come from `qagen.toml` and are overridden by command-line options. Unknown keys are refused.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from qagen.errors import InvalidSettings, SettingsError
from qagen.question_kinds import DIFFICULTIES, KINDS, Difficulty, QuestionKind, Wanted
from qagen.text.languages import LANGUAGES

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

T = TypeVar("T")

SplitName = Literal["train", "validation", "test"]
ConverterName = Literal["auto", "marker-balanced", "marker-fast", "rules"]
OcrChoice = Literal["auto", "always", "never"]
SectionsChoice = Literal["auto", "model", "rules"]
EngineName = Literal["auto", "server", "embedded", "extractive"]
JudgeMode = Literal["auto", "off", "grey", "all"]
ConfigName = Literal["default", "chat", "sft", "reasoning", "preference", "kto", "rejected"]
CONFIGS: tuple[ConfigName, ...] = get_args(ConfigName)
"""The configs that a dataset can have, in the order in which it lists them."""

DEFAULT_BASE_URL = "http://127.0.0.1:11434/v1"
API_KEY_VARIABLE = "QAGEN_API_KEY"
AUTO = "auto"
ANY_KIND = "any"


def _one_or_more(value: object) -> object:
    values = (value,) if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not values or not all(isinstance(one, str) for one in values):
        raise ValueError("one address, or a list of addresses")
    return tuple(values)


def _number_or_auto(value: object) -> object:
    if value == "auto" or (type(value) is int and 1 <= value <= 4096):
        return value
    raise ValueError("a number from 1 to 4096, or 'auto'")


def _no_switch(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(
            "'auto', 'always' or 'never'; what was true is 'always' now, and what was false is 'auto'"
        )
    return value


_MOST_PAIRS = 100


def _kinds(value: object) -> object:
    """Read how many pairs of which kinds: a number, or a number for each difficulty.

    The order in which they are written means nothing, so it is always that of `QuestionKind`.
    """
    if not isinstance(value, dict):
        raise ValueError("how many pairs of each kind, as in kinds = { cause = 3, quantitative = 3 }")
    known = [*QuestionKind, ANY_KIND]
    if unknown := [name for name in value if name not in known]:
        raise ValueError(f"{unknown[0]!r} is no kind of question; there are {', '.join(known)}")
    return {name: _pairs_of_kind(name, value[name]) for name in known if name in value}


def _pairs_of_kind(name: str, given: object) -> int | dict[str, int]:
    if _is_count(given):
        return int(str(given))
    if not isinstance(given, dict) or not given or name == ANY_KIND:
        raise ValueError(f"{str(name)!r} takes a number of pairs from 1 to {_MOST_PAIRS}, and has {given!r}")
    for level, pairs in given.items():
        if level not in list(Difficulty) or not _is_count(pairs):
            levels = ", ".join(Difficulty)
            raise ValueError(
                f"{str(name)!r} takes a number of pairs from 1 to {_MOST_PAIRS}, or one for each of {levels}, and has {level} = {pairs!r}"
            )
    return {level.value: given[level] for level in Difficulty if level in given}


def _is_count(value: object) -> bool:
    return type(value) is int and 1 <= value <= _MOST_PAIRS


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"the ISO 639-1 code of a language; known are {', '.join(LANGUAGES)}")
    return code


def _with_default(names: tuple[ConfigName, ...]) -> tuple[ConfigName, ...]:
    if "default" not in names:
        raise ValueError("a list with 'default' in it, which holds what the others are made of")
    return tuple(name for name in CONFIGS if name in names)


class _Called(ModelMetaclass):
    """Classes whose call with something that does not fit is an error of ours; what pydantic reads by itself stays its own."""

    def __call__(cls: type[T], *args: Any, **keywords: Any) -> T:
        """Make a value.

        Raises:
            InvalidSettings: for an unknown key or a value that does not fit.
        """
        try:
            return type.__call__(cls, *args, **keywords)  # type: ignore[no-any-return]
        except ValidationError as error:
            said = _explain(error, cls)
            raise InvalidSettings(said.message, said.remedy) from None


class _Part(BaseModel, metaclass=_Called):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class ConvertSettings(_Part):
    """How a PDF becomes a document."""

    converter: ConverterName = "auto"
    """`rules` reads the text layer with a rule-based layout, `marker-fast` and `marker-balanced` are marker's own modes with
    models; `auto` takes the best whose weights or servers are here."""
    ocr: Annotated[OcrChoice, BeforeValidator(_no_switch)] = "auto"
    """Which pages are read by OCR: those without a text layer or with a garbled one, where it can be had here; all; none."""
    marker: dict[str, JsonValue] = {}
    """marker's own options by name, for its own modes; a name that marker does not know is refused."""
    surya: dict[str, JsonValue] = {}
    """Settings of marker's models by name, for instance `SURYA_INFERENCE_URL`; they come before those of the environment."""
    download: bool = False
    """Whether weights of marker's models that are not here may be fetched."""
    range_pages: Annotated[int, Field(ge=1)] | None = None
    """Pages that are in memory at a time; None takes 200 for `rules` and 40 for marker's own modes."""
    password_file: str | None = None
    """A text file with passwords of PDFs, one a line; the environment's QAGEN_PDF_PASSWORD is tried before them."""
    deadline: Annotated[float, Field(gt=0)] = 600.0
    """Seconds that one PDF may take; 15 more a page where `rules` may read pages by OCR."""
    page_deadline: Annotated[float, Field(gt=0)] | None = None
    """Seconds that one page may take; None takes 30 for `rules`, 120 where they may read pages by OCR, and 300 for marker's
    own modes."""
    memory: Annotated[int, Field(ge=512)] = 2048
    """MiB that one worker may use; where the system says how much it uses (Linux)."""
    workers: Annotated[int, Field(ge=1)] | None = None
    """PDFs converted at a time; None takes the number of cores."""


class ChunkSettings(_Part):
    """How a section is cut; both in characters (Unicode code points)."""

    chars: Annotated[int, Field(ge=200)] = 2000
    """Characters of a chunk, at most."""
    overlap: Annotated[int, Field(ge=0)] = 200
    """Characters that a chunk repeats of the one before, at most; at most half of `chars`."""
    min_chars: Annotated[int, Field(ge=1)] = 200
    """Chunks that are shorter are not asked about, but listed."""
    min_quality: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Blocks whose text is less readable make chunks of their own, which are not asked about, but listed; 0 takes all."""
    captions: Literal["text", "own"] = "text"
    """Whether captions of figures stand among the text, as in the document, or make chunks of their own."""
    sections: SectionsChoice = "auto"
    """Who chooses the sections of the main body; `auto` takes the model where there is one."""

    @model_validator(mode="after")
    def _overlap_leaves_room(self) -> "ChunkSettings":
        if self.overlap * 2 > self.chars:
            raise ValueError(f"overlap {self.overlap} is more than half of chars {self.chars}")
        return self


class AskSettings(_Part):
    """What is asked, of which model, and how."""

    engine: EngineName = "auto"
    """What answers: a model server, llama.cpp in the process, or rules without a model; `auto` takes a server."""
    model: str | None = None
    """None takes the server's model where it offers exactly one."""
    base_url: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)] = (DEFAULT_BASE_URL,)
    """One address or a list; of several the least loaded one is asked."""
    prompt: str = AUTO
    """The name of a built-in prompt, or the path of a prompt file; `auto` takes `short-qa` for a small model, else `deep-qa`."""
    pairs: Annotated[int, Field(ge=1, le=100)] = 10
    """Pairs to ask for, per chunk."""
    kinds: Annotated[dict[str, int | dict[str, int]], BeforeValidator(_kinds)] = {}
    """Pairs by what they ask for, each kind in a call of its own; empty for `pairs` pairs of any kind in one call."""
    examples: Annotated[str, Field(min_length=1)] | None = None
    """A file of JSON lines with pairs that show a model the manner that is wanted."""
    response_format: Literal["auto", "text", "json"] = "auto"
    """`text` is read tolerantly and keeps LaTeX; `json` has the server enforce a schema, where it can (llama.cpp, vLLM, Ollama);
    `auto` takes `json` where `prompt = "auto"` takes `short-qa`, else `text`."""
    places: Annotated[int, Field(ge=0, le=1000)] = 0
    """Groups of two to four chunks of each paper that are asked about together, for questions that need several places; 0 for none."""
    place_pairs: Annotated[int, Field(ge=1, le=20)] = 3
    """Pairs to ask for about each of these groups, and of those of `across_papers`."""
    across_papers: Annotated[int, Field(ge=0, le=1000)] = 0
    """Groups of chunks of two papers that are asked about together, for questions that need both; each paper is in so many at most; 0
    for none."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """None takes what the makers of the model's family say; so the next five."""
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    """Of the likeliest tokens those that together have this probability are sampled from."""
    top_k: Annotated[int, Field(ge=1)] | None = None
    """So many of the likeliest tokens are sampled from."""
    min_p: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Tokens less likely than this share of the likeliest are not sampled."""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """The most tokens of an answer, thoughts included."""
    system: Literal["auto", "apart", "merged"] = "auto"
    """Whether a prompt's system turn stands apart, or at the head of the user's turn."""
    thinking_budget: Annotated[int, Field(ge=1)] | None = None
    """The most tokens of thoughts, where the server can hold a model to it (llama.cpp, vLLM, SGLang)."""
    reasoning_effort: Literal["low", "medium", "high"] | None = None
    """How long a model thinks that can be told so (gpt-oss)."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """How often a chunk is asked about at most, where the answers gave too little."""
    enough: Annotated[int, Field(ge=1)] = 3
    """From how many pairs on (or from `pairs`, if that is less) a chunk is not asked about again."""
    concurrency: Annotated[int | Literal["auto"], BeforeValidator(_number_or_auto)] = "auto"
    """Calls under way at a time, at each server; `auto` finds out what the server really serves."""
    timeout: Annotated[float, Field(gt=0)] = 1800.0
    """Seconds that one call may take, the time in the server's queue counted in."""
    retries: Annotated[int, Field(ge=0, le=20)] = 5
    """How often a call that got no answer is sent again."""
    reconnect_timeout: Annotated[float, Field(ge=0)] = 900.0
    """Seconds to wait for a server that went away, before the asking stops."""

    @property
    def form(self) -> Literal["text", "json"]:
        """The form that is asked for; text as long as nobody settled what `auto` takes."""
        return "json" if self.response_format == "json" else "text"

    @property
    def groups_chunks(self) -> bool:
        """Whether chunks are asked about together."""
        return self.places > 0 or self.across_papers > 0

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What is asked for, a call each."""
        if not self.kinds:
            return (Wanted(self.pairs),)
        found: list[Wanted] = []
        for name, given in self.kinds.items():
            kind = None if name == ANY_KIND else KINDS[name]
            if isinstance(given, dict):
                found += [Wanted(pairs, kind, DIFFICULTIES[level]) for level, pairs in given.items()]
            else:
                found.append(Wanted(given, kind))
        return tuple(found)


class EmbeddedSettings(_Part):
    """How llama.cpp runs in the process; None takes what the memory and the cores allow. None of it changes an answer's request."""

    context: Annotated[int, Field(ge=1024)] | None = None
    """Tokens of one slot: prompt, thoughts and answer together."""
    slots: Annotated[int, Field(ge=1, le=64)] | None = None
    """Answers that are generated at one time."""
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Threads that compute."""
    gpu_layers: Annotated[int, Field(ge=0)] | None = None
    """Layers that lie on the GPU; 0 for none."""


class CheckSettings(_Part):
    """When a pair is turned down."""

    disabled: tuple[str, ...] = Field(default=(), strict=False)
    """Names of checks and cleanups that are not run."""
    allow: dict[str, Annotated[tuple[str, ...], Field(strict=False)]] = Field(default={})
    """By the name of a check the words that it does not object to, as its detail quotes them, in any case."""
    min_question_chars: Annotated[int, Field(ge=0)] = 15
    """Characters that a question has, at least."""
    min_answer_chars: Annotated[int, Field(ge=0)] = 10
    """Characters that an answer has, at least."""
    max_pair_chars: Annotated[int, Field(ge=1)] = 20_000
    """Characters of question and answer together above which a pair is turned down unread."""
    max_phrase_words: Annotated[int, Field(ge=0)] = 12
    """Words up to which an answer without a full stop may be a mere name or value."""
    echo_similarity: Annotated[float, Field(gt=0, le=1)] = 0.9
    """Similarity from which an answer is the question once more."""
    language: Annotated[str, AfterValidator(_known_language)] = "en"
    """The language that pairs are asked for in and have to be in, as an ISO 639-1 code."""
    language_confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    """How sure the language model has to be that a text is in another language."""
    abbreviations: Literal["expand", "reject", "keep"] = "expand"
    """What happens to abbreviations of a question that only the source spells out."""
    number_tolerance: Annotated[float, Field(ge=0, lt=1)] = 0.005
    """Relative difference below which two numbers are the same."""
    small_count: Annotated[int, Field(ge=0)] = 12
    """Counts up to this may be the answer's own: "three factors" counts what the source only lists."""
    negation_window: Annotated[int, Field(ge=1)] = 4
    """Words between a denial in the source and what it denies."""
    direction_margin: Annotated[float, Field(ge=0)] = 0.3
    """How much better than the direction itself its opposite has to fit the source."""
    min_exchanged: Annotated[float, Field(ge=0)] = 1.0
    """What two numbers or names that change places have to take with them, each, in the weight of words."""
    min_reason_news: Annotated[float, Field(ge=0)] = 12.0
    """What a reason has to say beyond the question that it answers, in the weight of words; a rare word weighs 4.25."""
    min_reason_shared: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Share of a reason's weight that the source has to have near what it is a reason for."""
    min_asked_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    """How much of what is asked the answer's place has to have, compared with the place that has most of it."""
    rival_margin: Annotated[float, Field(ge=0, le=1)] = 0.1
    """By what share of the weight around it another number or name of the source has to fit better than the answer's own."""
    min_support: Annotated[float, Field(ge=0, le=1)] = 0.28
    """Support score below which a pair is turned down."""
    lone_claim_margin: Annotated[float, Field(ge=0, le=1)] = 0.08
    """By how much an answer of one claim may fall below `min_support`: it answers the question in words of its own, and adds nothing."""
    min_foreign_words: Annotated[int, Field(ge=0)] = 4
    """Words of no everyday language that the source has not, from which on an answer of one claim is held to its support; 0 holds each."""
    min_shared: Annotated[float, Field(ge=0, le=1)] = 0.19
    """Share of words and word pairs that every claim of the answer has in common with the source, at least."""
    min_place_share: Annotated[float, Field(ge=0, le=1)] = 0.15
    """Share of the weight of a claim that the others do not have, from which on an answer needs a place; a number or name is enough."""


class SelectSettings(_Part):
    """Which of the records that passed the checks stay."""

    near_duplicates: bool = True
    """Whether of questions that are nearly the same one stays; of the very same question always one stays."""
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.8
    """From when on two questions are nearly the same, by their words."""
    repeated_answers: bool = True
    """Whether of records of one chunk that answer in nearly the same words one stays."""
    answer_similarity: Annotated[float, Field(gt=0, le=1)] = 0.9
    """From which share of words in common on two answers of a chunk are nearly the same."""
    retry_similarity: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How alike the question of a later attempt at a chunk has to be at least, for its answer to stand against one that was
    turned down, in the config `preference`; other questions of the chunk need `similarity`."""
    embedding_model: Annotated[str, Field(min_length=1)] | None = None
    """A model at the server's `/v1/embeddings`; its cosines take the place of the similarity by words, and help to find the chunks that
    are asked about together."""
    embedding_similarity: Annotated[float, Field(gt=0, le=1)] = 0.92
    """From which cosine on two questions are nearly the same."""
    max_per_section: Annotated[int, Field(ge=1)] | None = None
    """The most records of one section; None for no limit."""
    max_per_paper: Annotated[int, Field(ge=1)] | None = Field(
        default=None, validation_alias=AliasChoices("max_per_paper", "per_paper")
    )
    """The most records of one paper; `per_paper` means the same."""
    max_records: Annotated[int, Field(ge=1)] | None = None
    """The most records of the dataset, as many of each paper as of another where they can be had."""


_Share = Annotated[float, Field(ge=0, le=1)]


class GroundingSettings(_Part):
    """Whether a small entailment model in the process reads the pairs that passed every rule, and when it turns one down."""

    model: Annotated[str, Field(min_length=1)] = "off"
    """`off`; a name of `qagen models list --grounding`; `owner/repository` of the Hub, once it is fetched; or a folder with a model."""
    min_score: _Share = 0.5
    """The score of a pair's worst claim below which it is turned down."""


class JudgeSettings(_Part):
    """Whether a model judges the pairs that passed every check, and when it turns one down."""

    mode: JudgeMode = "auto"
    """`all` judges every pair that passed the checks, `grey` those whose support lies in `band`; `auto` judges all where the
    engine has a model, and leaves the pairs unjudged where that model proves unable to judge."""
    band: Annotated[tuple[_Share, _Share], Field(strict=False)] = (0.0, 0.6)
    """The support scores that are neither good nor bad enough: from the first on and below the second."""
    labels: bool = True
    """Whether the model is asked for labels of pairs."""
    round_trip: bool = False
    """Whether the question is answered once more from the chunk, and the answers are compared."""
    model: Annotated[str, Field(min_length=1)] | None = None
    """Another model of the same server; None takes the one that makes the pairs."""
    batch: Annotated[int, Field(ge=1, le=100)] | None = None
    """Pairs in one call; None puts all of a chunk into one, 1 judges a pair never anew because of its neighbours."""
    votes: Annotated[int, Field(ge=1, le=5)] = 1
    """Calls with different seeds about the same pairs; a pair falls where half of them or more turn it down."""
    thinking_budget: Annotated[int, Field(ge=1)] = 1024
    """The most tokens of a judge's thoughts, of models that think, where the server can hold them to it."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 2
    """How often a pair is asked about at most, where the answers could not be used."""
    unjudged: Literal["reject", "keep"] = "reject"
    """What becomes of a pair that got no usable answer from a judge that could judge others."""
    min_relevance: _Share = 0.5
    """The least label; the model's marks 1 to 5 are 0, 0.25, 0.5, 0.75 and 1. So the next four."""
    min_context_independence: _Share = 0.5
    """How far a pair has to be understood by itself, at least."""
    min_completeness: _Share = 0.5
    """How far an answer has to have what the chunk says, at least."""
    min_accuracy: _Share = 0.75
    """How far an answer has to be borne out by the chunk, at least."""
    min_reasonableness: _Share = 0.5
    """How far an answer's reasoning has to hold, at least."""
    min_agreement: _Share = 0.5
    """Of the round trip: how far the two answers have to agree, where the pair's own has less support than `trusted_support`."""
    trusted_support: _Share = 0.6
    """Of the round trip: the support from which on an answer is not turned down merely because another answer differs from it."""

    @model_validator(mode="after")
    def _makes_sense(self) -> "JudgeSettings":
        if self.band[0] >= self.band[1]:
            raise ValueError(
                f"the band {list(self.band)} is empty; its first number has to be the smaller one"
            )
        if self.mode in ("grey", "all") and not (self.labels or self.round_trip):
            raise ValueError(
                "the judge has nothing to do; set 'labels' or 'round_trip', or 'mode' to \"off\""
            )
        return self


class SplitShares(_Part):
    """Shares of the works, in percent; `train` is what the others leave where it is not given."""

    train: Annotated[float, Field(ge=0, le=100)] = 90.0
    """To train with."""
    validation: Annotated[float, Field(ge=0, le=100)] = 5.0
    """To choose by."""
    test: Annotated[float, Field(ge=0, le=100)] = 5.0
    """To measure with."""

    @model_validator(mode="before")
    @classmethod
    def _train_takes_the_rest(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not given or "train" in given:
            return given
        others = [given.get(name, 0.0) for name in ("validation", "test")]
        if not all(isinstance(share, int | float) for share in others):
            return given
        rest = 100 - sum(others)
        return {"validation": 0.0, "test": 0.0, **given, "train": min(100.0, max(0.0, float(rest)))}

    @model_validator(mode="after")
    def _are_shares_of_a_whole(self) -> "SplitShares":
        total = self.train + self.validation + self.test
        if abs(total - 100) > 1e-6:
            raise ValueError(f"the shares come to {total:g} percent; make them 100 together")
        return self


class DatasetSettings(_Part):
    """What goes into the dataset folder."""

    configs: Annotated[tuple[ConfigName, ...], Field(strict=False), AfterValidator(_with_default)] = (
        "default",
        "chat",
        "sft",
        "rejected",
    )
    """In which shapes: `default` has every record with its provenance, `chat` and `sft` the same as messages, `reasoning` with a
    trace asked for each, `preference` and `kto` beside answers that were turned down, `rejected` all that was turned down."""
    with_context: bool = False
    """Whether chunk and evidence texts go into the records; the papers' licences decide."""
    with_reasoning: bool = False
    """Whether the model's thoughts go into the records."""
    title: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """The dataset's name for people, at the head of its card."""
    plots: bool = True
    """Whether the card has plots."""
    splits: SplitShares = SplitShares()
    """How much of the works goes where; what a base has in a split stays there."""
    require_splits: dict[SplitName, Annotated[int, Field(ge=1)]] = {}
    """The fewest works that a split must have; a build that cannot keep to it ends before any call."""


class RuleSettings(_Part):
    """Another prompt for some papers or sections; of several rules that fit the first counts. A table of `[[rules]]`.

    Patterns are those of file names (`*`, `?`, `[abc]`), in any case.
    """

    files: str | None = None
    """Which papers: matched against the label, for instance `2024/*.pdf`; None for all."""
    sections: str | None = None
    """Which sections: matched against every heading of the section's path, for instance `*methods*`; None for all."""
    prompt: str
    """The name of a built-in prompt, or the path of a prompt file."""

    @model_validator(mode="after")
    def _says_where(self) -> "RuleSettings":
        if self.files is None and self.sections is None:
            raise ValueError("a rule needs 'files' or 'sections'; for everything use 'prompt' in [ask]")
        return self


class Settings(_Part):
    """All settings; each part is a table of `qagen.toml`."""

    convert: ConvertSettings = ConvertSettings()
    chunk: ChunkSettings = ChunkSettings()
    ask: AskSettings = AskSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()
    checks: CheckSettings = CheckSettings()
    grounding: GroundingSettings = GroundingSettings()
    judge: JudgeSettings = JudgeSettings()
    select: SelectSettings = SelectSettings()
    dataset: DatasetSettings = DatasetSettings()
    rules: tuple[RuleSettings, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _can_be_asked(self) -> "Settings":
        if self.ask.engine == "extractive" and self.checks.language != "en":
            raise ValueError(
                f"the extractive engine asks in English only, and 'checks.language' is {self.checks.language!r}; "
                "name a model's engine, or leave the language out"
            )
        if QuestionKind.UNANSWERABLE in self.ask.kinds and self.checks.language != "en":
            raise ValueError(
                f"'ask.kinds' has {QuestionKind.UNANSWERABLE.value!r}, whose rules read English only, and 'checks.language' is "
                f"{self.checks.language!r}; leave the kind out"
            )
        if self.ask.engine == "extractive" and (self.ask.kinds or self.ask.examples):
            given = "kinds" if self.ask.kinds else "examples"
            raise ValueError(
                f"the extractive engine asks no model, and 'ask.{given}' says what a model is asked; name a model's engine, or leave it out"
            )
        return self

    @property
    def language(self) -> str:
        """The English name of the language that pairs are asked for in."""
        return LANGUAGES[self.checks.language]


RENAMED = {
    "ask.patience": "reconnect_timeout",
    "checks.denial_reach": "negation_window",
    "checks.language_sureness": "language_confidence",
    "checks.least_asked": "min_asked_share",
    "checks.least_exchanged": "min_exchanged",
    "checks.least_news": "min_reason_news",
    "checks.longest_phrase": "max_phrase_words",
    "select.per_section": "max_per_section",
}
"""Keys that settings had before -> what they are called now, in the same table and with the same values."""

_REPLACED = {
    "dataset.validation_percent": "'validation' in 'dataset.splits', as in splits = { validation = 5, test = 5 }",
    "dataset.test_percent": "'test' in 'dataset.splits', as in splits = { validation = 5, test = 5 }",
}
"""Keys that settings had before -> where their values stand now."""


def load_settings(
    path: str | Path | None, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> Settings:
    """Read a TOML file (or none) and lay the options given on the command line over it.

    Args:
        path: the file, or None for the defaults.
        overrides: `{table: {key: value}}`; a value of None means that the option was not given.

    Raises:
        SettingsError: for a file that cannot be read, an unknown key or a value that does not fit.
    """
    path = None if path is None else Path(path)
    tables = {} if path is None else _read(path)
    for table, values in (overrides or {}).items():
        given = {key: value for key, value in values.items() if value is not None}
        if given and isinstance(tables.get(table, {}), dict):
            tables[table] = {**tables.get(table, {}), **given}
    return settings_from(tables, path)


def settings_from(
    tables: Mapping[str, object], path: Path | None = None, spelled: Mapping[str, str] | None = None
) -> Settings:
    """Settings of the tables that a file holds.

    Args:
        tables: as TOML gives them.
        path: the file that they are from, for an error to name.
        spelled: dotted name of a setting -> how it was given, for an error to name it so.

    Raises:
        SettingsError: for an unknown key or a value that does not fit.
    """
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise _explain(error, Settings, path, spelled or {}) from None


def _read(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():
        raise SettingsError(
            f"the settings file {str(path)!r} is no file", remedy="name another with --config"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"cannot read the settings file {str(path)!r}: {error.strerror}",
            remedy="name another with --config",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{str(path)!r} is not valid TOML: {error}", remedy="mend that line") from None


def _explain(
    error: ValidationError,
    model: type,
    path: Path | None = None,
    spelled: Mapping[str, str] = MappingProxyType({}),
) -> SettingsError:
    first = error.errors()[0]
    where = f" in {str(path)!r}" if path else ""
    inside = next(
        (name for name, field in Settings.model_fields.items() if type(field.default) is model), None
    )
    location = first["loc"] if inside is None else (inside, *first["loc"])
    whole = "the settings" if model is Settings else model.__name__
    key = ".".join(str(part) for part in location) or whole
    if first["type"] == "extra_forbidden":
        if now := _REPLACED.get(key) or (repr(RENAMED[key]) if key in RENAMED else None):
            return SettingsError(f"the key {key!r}{where} is called {now} now", remedy="write it so")
        known = ", ".join(_known_keys(model, first["loc"][:-1]))
        return SettingsError(f"unknown key {key!r}{where}", remedy=f"known there: {known}")
    message = first["msg"].removeprefix("Value error, ")
    given = "" if isinstance(first["input"], BaseModel | dict) else f" (given: {first['input']!r})"
    if not location and model is Settings:  # it is of several keys, which the message names
        return SettingsError(f"{str(path)!r}: {message}" if path else message)
    return SettingsError(f"{spelled.get(key, key)!r}{where}: {message}{given}")


def _known_keys(model: Any, location: tuple[int | str, ...]) -> list[str]:
    for part in location:
        if isinstance(part, str):
            model = RuleSettings if part == "rules" else type(model.model_fields[part].default)
    return sorted(model.model_fields)
