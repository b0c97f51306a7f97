"""How a dataset came about and what it is not good for, as the properties of Croissant RAI 1.0, out of its manifest.

What the card says in a table or a picture is said here in sentences, since that is what the properties hold.
"""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from builder.card.card import checks_line, counted, interval, limits
from builder.card.markdown import line
from builder.folder.manifest import Manifest
from qagen import __version__
from qagen.checks import CHECKS
from qagen.reasons import Reason

_FOR = {
    "default": "Records with their provenance, for selection, audit and evaluation.",
    "chat": "Fine-tuning on conversations (`chat`).",
    "sft": "Supervised fine-tuning on questions and answers about scientific papers (`sft`).",
    "reasoning": "Supervised fine-tuning of models that think before they answer (`reasoning`).",
    "preference": "Preference tuning: a kept answer against one that was turned down (`preference`).",
    "kto": "Preference tuning with single labels (`kto`).",
    "unanswerable": "Evaluation of, and training for, declining to answer (`unanswerable`).",
    "rejected": "A look at what was turned down, and why (`rejected`); not for training.",
}

_PERSONAL = (
    "Names of the papers' authors, as the PDFs state them, stand in `paper.authors` of each record.",
    "Questions and answers were not searched for personal or sensitive information: papers about people may have brought some in.",
)
_PLAN = (
    "A version is a tag vX.Y.Z that never changes; `CHANGELOG.md` says what each one changed. A paper that is retracted is taken "
    "out by a new version, whose card names it."
)


def summary(made: Manifest) -> str:
    """What the dataset is, in a sentence or two."""
    used = sum(1 for paper in made.papers if paper.records)
    return (
        f"{made.records:,} question/answer pairs from {used:,} of {len(made.papers):,} scientific papers, {_by(made)}. Each names "
        "the sentences that support it, with their pages and boxes in the PDF, and the sha256 of each of them."
    )


def properties(made: Manifest, *, published: bool) -> dict[str, JsonValue]:
    """The properties by their names, those that there is something to say for.

    Args:
        made: the manifest.
        published: whether it is a version on the Hub.
    """
    told: dict[str, JsonValue] = {
        "dataCollection": _collection(made),
        "dataCollectionType": ["Document analysis", "Software Collection"],
        "dataCollectionRawData": (
            "The papers' PDFs, which are not part of the dataset. `manifest.json` lists each with its sha256, title, DOI and licence as "
            "far as it states them."
        ),
        "dataCollectionMissingData": _missing(made),
        "dataPreprocessingProtocol": list(_preprocessing(made)),
        "dataAnnotationProtocol": " ".join(_annotation(made)),
        "dataAnnotationAnalysis": list(_analysis(made)),
        "machineAnnotationTools": list(_tools(made)),
        "annotationsPerItem": _per_item(made),
        "personalSensitiveInformation": list(_PERSONAL),
        "dataBiases": list(_biases(made)),
        "dataLimitations": [*limits(made), *_retracted(made)],
        "dataUseCases": [_FOR[config] for config in made.configs if config in _FOR],
        "dataReleaseMaintenancePlan": _PLAN if published else None,
    }
    return {f"rai:{name}": value for name, value in told.items() if value}


def _by(made: Manifest) -> str:
    if made.provenance.engine == "extractive":
        return "made by rules out of the papers' own sentences, without a language model"
    return f"asked of the language model {line(made.provenance.model or 'not named')} and checked against the text that they are about"


def _collection(made: Manifest) -> str:
    how, chars = made.provenance, made.setting("chunk", "chars")
    converted = f"The papers' text was taken from the PDFs by {line(how.converter or 'a converter that is not named')}"
    chunks = f" and its main body cut within sections into chunks{f' of at most {chars} characters' if chars else ''}."
    if how.engine == "extractive":
        return (
            f"{converted}{chunks} Questions were put by rules in front of sentences that state causes, effects, comparisons or "
            "quantities."
        )
    prompt = f" with the prompt {line(how.prompt)}" if how.prompt else ""
    digest = f" (sha256 {how.prompt_sha256})" if how.prompt and how.prompt_sha256 else ""
    model = line(how.model or "not named")
    return f"{converted}{chunks} The language model {model} was asked for question/answer pairs about each chunk{prompt}{digest}."


def _missing(made: Manifest) -> str:
    if not made.rejections:
        return ""
    total = sum(made.rejections.values())
    known = {reason.value: reason.meaning.rstrip(".") for reason in Reason}
    told = "; ".join(
        f"{count:,} {line(reason)}{f' ({known[reason]})' if reason in known else ''}"
        for reason, count in made.rejections.items()
    )
    return f"{total:,} pairs, responses, chunks or papers were turned down: {told}."


def _preprocessing(made: Manifest) -> Iterator[str]:
    duplicates = made.setting("select", "near_duplicates")
    alike = " and of questions that are nearly the same" if duplicates else ""
    yield f"Of the very same question{alike} one record stays."
    yield "Versions of one work, told by DOI or title, are in the same split; the split is drawn by a hash of the work."


def _annotation(made: Manifest) -> Iterator[str]:
    how, checks = made.provenance, made.settings.get("checks")
    yield (
        f"Question and answer were {_by(made)}."
        if how.engine == "extractive"
        else "Question and answer were written by the model."
    )
    if made.tool.version == __version__:
        disabled = made.setting("checks", "disabled")
        off = disabled if isinstance(disabled, list) else []
        names = ", ".join(name for name, _ in CHECKS if name not in off)
        yield f"Rules compared each pair with its chunk, and turned down what did not pass: {names}."
    if isinstance(checks, Mapping):
        yield f"Settings of the checks: {line(checks_line(checks), 2000)}."
    yield (
        f"The language model {line(how.judge_model)} judged pairs beside their chunk."
        if how.judge_model
        else "No language model judged the pairs."
    )
    if how.grounding:
        named = ", ".join(f"{line(key)} {line(value)}" for key, value in how.grounding.items())
        yield f"An entailment model read each claim beside its source ({named})."
    if made.reviews.records or made.reviews.turned_down:
        yield (
            f"People looked at {made.reviews.records + made.reviews.turned_down:,} pairs beside their source and accepted, edited, brought "
            "back or turned down each; the column `review` says which records they are."
        )


def _analysis(made: Manifest) -> Iterator[str]:
    sample = made.reviews.sample
    if sample and sample.judged:
        low, high = interval(made)
        yield (
            f"Of a random sample of {sample.size:,} of {sample.of:,} records (seed {sample.seed}) people judged {sample.judged:,}: "
            f"{sample.right:,} were right as they were, a precision of {sample.right / sample.judged:.2f} (95 % Wilson interval "
            f"{low:.2f} to {high:.2f}), before what they turned down or edited was taken out."
        )
    if made.reviews.disputed:
        yield f"About {made.reviews.disputed:,} pairs the people who looked do not agree; what one of them turned down is turned down."


def _tools(made: Manifest) -> Iterator[str]:
    how = made.provenance
    yield f"qagen {line(made.tool.version)}"
    if how.converter:
        yield f"converter: {line(how.converter)}"
    if how.model:
        yield f"language model that wrote the pairs: {line(how.model)}"
    if how.judge_model:
        yield f"language model that judged them: {line(how.judge_model)}"
    if how.grounding:
        yield f"entailment model: {', '.join(f'{line(key)} {line(value)}' for key, value in how.grounding.items())}"


def _per_item(made: Manifest) -> str:
    if not made.reviews.records:
        return "0: no record was looked at by a person"
    return f"0 or more: people looked at {made.reviews.records:,} of {made.records:,} records"


def _biases(made: Manifest) -> Iterator[str]:
    yield "The papers were chosen by whoever made the dataset, and represent no field."
    if made.provenance.engine != "extractive":
        yield "Questions and answers carry the leanings of the language model that wrote them."
    if made.profile and made.profile.openings:
        yield f"First words of the questions: {counted(made.profile.openings)}."
    if made.profile and made.profile.sections:
        yield f"Records by kind of section: {counted(made.profile.sections)}."


def _retracted(made: Manifest) -> Iterator[str]:
    for paper in made.retracted:
        tags = f" Versions that still hold it: {line(', '.join(paper.tags))}." if paper.tags else ""
        yield f"The paper with sha256 {line(paper.sha256)} was retracted and is not in this version.{tags}"
