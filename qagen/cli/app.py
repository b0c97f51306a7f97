"""The commands that need no dataset: convert, parse, check, prompts. Thin: arguments in, a call, lines out."""

import gc
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, Unpack

import typer

from qagen.cli.options import ConversionCommand, ShardOption, given_settings, takes
from qagen.errors import InputError, WorkspaceError
from qagen.options.tables import CheckOptions, ConvertOptions
from qagen.options.values import other_options
from qagen.terminal import printable, printable_line, tell

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
prompts_app = typer.Typer(no_args_is_help=True, help="The prompts that come with qagen.")
app.add_typer(prompts_app, name="prompts")


_ALLOCATIONS = 100_000
"""Objects that are made before garbage is looked for."""


def say(text: str) -> None:
    """Print a result on stdout; nothing in it acts on a terminal, ends a run or is a secret.

    Raises:
        WorkspaceError: where stdout cannot be written, for instance to a full disk.
    """
    try:
        sys.stdout.write(printable(text) + "\n")
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from None


def unwritable(error: OSError) -> WorkspaceError:
    """What to say where stdout cannot be written."""
    return WorkspaceError(
        f"cannot write to standard output: {error.strerror}; what was built is kept, the rest of the output is lost"
    )


def line(value: Any) -> None:
    """Print one JSON object as one line of ASCII, which no terminal or encoding can break."""
    say(json.dumps(value))


@app.command(cls=ConversionCommand, epilog="Example: qagen convert papers/ --out documents/")
@takes(ConvertOptions)
def convert(
    paths: Annotated[
        list[Path], typer.Argument(help="PDFs, and folders that are searched for PDFs.", metavar="PATHS...")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the documents go, a folder for each paper.")],
    *,
    shard: ShardOption = None,
    **options: Unpack[ConvertOptions],
) -> None:
    """Convert PDFs to documents with their places (document.md, blocks.jsonl, meta.json); build does not do it again."""
    from qagen.cli.documents import convert_documents
    from qagen.stores.opening import filling

    settings = given_settings(ConvertOptions, options)
    with filling(paths, Path(options["work"]), shard) as here:
        converted, rejected = convert_documents(here.paths, out, here.work, settings, shard, here.sums)
    for document in converted:
        say(str(document))
    if rejected:
        raise typer.Exit(3 if converted else 1)


@app.command(epilog="Example: qagen parse responses/*.txt")
def parse(
    files: Annotated[list[Path], typer.Argument(help="Raw model responses, a file each.", metavar="FILE...")],
    response_format: Annotated[
        Literal["text", "json"], typer.Option("--format", help="What the model was asked for.")
    ] = "text",
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what the reader took each line for.")
    ] = False,
) -> None:
    """Read question/answer pairs out of saved model responses: one JSON line for each file."""
    from qagen import parsing as reader

    for file in files:
        text = _read_response(file)
        if explain:
            say(f"== {printable_line(str(file))}")
            for label, content in reader.explain(text, response_format=response_format):
                say(f"{label:>12} | {printable_line(content)}")
            continue
        parsed = reader.parse(text, response_format=response_format)
        line(
            {
                "id": file.stem,
                "pairs": [{"question": pair.question, "answer": pair.answer} for pair in parsed.pairs],
                "rejections": [
                    {"reason": fault.reason, "detail": fault.detail, "text": fault.text}
                    for fault in parsed.faults
                ],
            }
        )


@app.command(epilog="Example: qagen check pairs.jsonl --judge --model qwen3:14b > verdicts.jsonl")
@takes(CheckOptions)
def check(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON lines with id, source, question, answer; in paper the whole text, if known.",
            metavar="FILE.jsonl",
        ),
    ],
    *,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Tell for each line the rule, the sentence and the source's span behind every fault.",
        ),
    ] = False,
    figures: Annotated[
        bool,
        typer.Option(
            "--figures", help="Say on stderr what is let pass of lines with a label, good or wrong."
        ),
    ] = False,
    **options: Unpack[CheckOptions],
) -> None:
    """Judge question/answer pairs against their sources, each line by itself: one JSON line for each line."""
    from qagen.asking.judged import Checked, JudgedPair
    from qagen.checks import refuse_unknown
    from qagen.checks.reading.sources import SourceCache
    from qagen.cli.check import JudgeOrder, as_json, check_lines, explain_line
    from qagen.cli.pair_lines import rows

    others = other_options(CheckOptions, options)
    judge: bool = others["judge"]
    asked = ("also_rejected", "engine", "model", "base_url", "offline")
    if not judge and any(options.get(name) for name in asked):
        raise typer.BadParameter(
            "--also-rejected, --engine, --model, --base-url and --offline are for --judge"
        )
    settings = given_settings(CheckOptions, options)
    refuse_unknown(settings.checks)
    gc.freeze()  # what was imported stays: no collection has to go through it again
    gc.set_threshold(_ALLOCATIONS)  # an index is no garbage, and looking for some takes a fifth of the time
    sources = SourceCache()

    def show(row: Checked, one: JudgedPair) -> None:
        if explain:
            say(f"== {printable_line(str(row.id))}: " + "\n".join(explain_line(row, one, sources)))
        else:
            line(as_json(row, one, judged=judge))

    outcome = check_lines(
        rows(file),
        settings,
        JudgeOrder(Path(others["work"]), others["also_rejected"], others["offline"]) if judge else None,
        sources=sources,
        line=show,
        complain=lambda number, what: tell(
            f"{printable_line(str(file))}:{number}: {what}; the line is left out"
        ),
        note=tell,
    )
    if outcome.calls is not None:
        calls, said = outcome.calls, outcome.calls.outcomes
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(said.items()))
        tell(
            f"judged: {counts or 'nothing'}; {calls.made} calls made, {calls.reused} answers kept from before, "
            f"{calls.prompt_tokens:,} prompt and {calls.completion_tokens:,} completion tokens"
        )
    if figures:
        for told in outcome.figures.lines():
            tell(told)
    if not outcome.complete:
        raise typer.Exit(3)


@prompts_app.command("list", epilog="Example: qagen prompts list")
def prompts_list() -> None:
    """The built-in prompts, a line each."""
    from qagen.prompts import builtin_prompts

    for prompt in builtin_prompts():
        say(f"{prompt.name}\t{prompt.description}")


@prompts_app.command("new", epilog="Example: qagen prompts new prompts/methods.md --like deep-qa")
def prompts_new(
    file: Annotated[Path, typer.Argument(help="The new prompt's file.", metavar="FILE")],
    like: Annotated[
        str, typer.Option(help="The prompt to begin with: a built-in name, or a file.")
    ] = "deep-qa",
) -> None:
    """Begin a prompt of your own with the text of another; the name in its front matter is the file's."""
    from qagen.prompts import any_prompt, with_name
    from qagen.workspace import write_atomically

    text = with_name(any_prompt(like), file.stem)
    if file.exists():
        raise InputError(f"{str(file)!r} is there already and is left alone", remedy="name another file")
    try:
        write_atomically(file, text)
    except WorkspaceError as error:
        raise InputError(error.message, remedy="name another file") from None
    say(f"{file}: edit it, then look at what it changes with `qagen prompts diff {like} {file}`,")
    say(
        f"try it with `qagen build PAPERS --sample 50 --prompt {file} --out trial/`, and compare with `qagen compare`"
    )


@prompts_app.command("diff", epilog="Example: qagen prompts diff deep-qa prompts/methods.md")
def prompts_diff(
    old: Annotated[str, typer.Argument(help="A built-in prompt's name, or a file.", metavar="A")],
    new: Annotated[str, typer.Argument(help="Another.", metavar="B")],
) -> None:
    """The lines in which two prompts differ, and whether they ask the model anything different."""
    from difflib import unified_diff

    from qagen.prompts import any_prompt

    first, second = any_prompt(old), any_prompt(new)
    names = (f"{first.name} {old}", f"{second.name} {new}")
    changed = unified_diff(first.text.splitlines(), second.text.splitlines(), *names, lineterm="")
    for row in changed:
        say(row)
    same = (first.system, first.user) == (second.system, second.user)
    say(
        "the turns are the same: no call would be made anew"
        if same
        else "the turns differ: all chunks would be asked anew"
    )


@prompts_app.command("show", epilog="Example: qagen prompts show deep-qa > mine.md")
def prompts_show(name: Annotated[str, typer.Argument(help="A built-in prompt's name, or a file.")]) -> None:
    """A prompt as its file says it."""
    from qagen.prompts import any_prompt

    text = any_prompt(name).text
    # A file is copied as it is; only a terminal could take harm.
    sys.stdout.write(printable(text) if sys.stdout.isatty() else text)


def _read_response(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise InputError(
            f"cannot read {str(file)!r}: {error.strerror}", remedy="name a file with a model's response"
        ) from None
