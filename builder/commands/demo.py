"""`qagen demo`: the whole way with the example papers and the best engine that is here without a download."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from builder.building.build import build_dataset
from builder.building.report import BuildReport
from builder.commands.summary import summary
from builder.folder.schema import Row
from qagen.engines import event_loop
from qagen.engines.embedded.weights import installed_models
from qagen.engines.server.engine import ServerEngine
from qagen.errors import EngineError, InputError
from qagen.settings import API_KEY_VARIABLE, AskSettings, Settings

_PROBE_SECONDS = 3.0


def run_demo(out: Path, work: Path, say: Callable[[str], None]) -> BuildReport:
    """Build the example papers, open the dataset as a user of it would, and say what happened and how to go on.

    Raises:
        InputError: where the example papers are not there.
    """
    papers = example_papers()
    settings, why = event_loop.run(_best_engine())
    say(f"engine      {why}")
    report = build_dataset([papers], out, settings=settings, work=work)
    say(summary(report))
    for line in _shown(out, work, papers):
        say(line)
    return report


def example_papers() -> Path:
    """The folder with the example papers, of the installed package or of the checkout."""
    installed = Path(str(files("qagen").joinpath("example_papers")))
    checkout = Path(__file__).resolve().parents[2] / "examples" / "papers" / "pdf"
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise InputError(
        f"the example papers are not in {str(installed)!r}", remedy="install qagen again, from its wheel"
    )


async def _best_engine() -> tuple[Settings, str]:
    """A server that answers and has a model, else weights that are here, else extractive; with a line that says which and why."""
    probe = AskSettings(retries=0, timeout=_PROBE_SECONDS)
    try:
        async with ServerEngine(probe, api_key=os.environ.get(API_KEY_VARIABLE)) as server:
            models = await server.models()
    except EngineError:
        models = ()
    if models:
        ask = AskSettings(engine="server", model=models[0])
        return Settings(ask=ask), f"the server at {ask.base_url[0]} with its model {models[0]}"
    here = installed_models() if find_spec("xllamacpp") else ()
    if here:
        ask = AskSettings(engine="embedded", model=str(here[0].path))
        return Settings(ask=ask), f"llama.cpp in this process with the model {here[0].name}"
    why = (
        f"no model server answers at {probe.base_url[0]} and no weights are here, so the extractive engine asks by rule, without a "
        "model"
    )
    return Settings(ask=AskSettings(engine="extractive")), why


def _shown(out: Path, work: Path, papers: Path) -> Iterator[str]:
    import datasets

    datasets.disable_progress_bars()
    opened = datasets.load_dataset(str(out), cache_dir=str(work / "datasets-cache"))
    counts = ", ".join(f"{split} {rows.num_rows}" for split, rows in opened.items())
    yield ""
    yield f'datasets.load_dataset("{out}") opens it: {counts}. One record:'
    yield ""
    yield from _record(next(iter(opened.values()))[0])
    yield ""
    command = _command()
    yield "Walk all of them back to their PDFs:"
    verify = shlex.join(["verify", str(out), "--papers", str(papers), "--work", str(work)])
    yield f"    {command} {verify}"
    yield "Build your own papers with a reasoning model, for instance one of Ollama's:"
    yield "    ollama pull deepseek-r1:14b"
    yield f"    {command} build papers/ --out dataset/ --model deepseek-r1:14b"
    yield "or with llama.cpp in this process, which needs no server:"
    if find_spec("xllamacpp") is None:
        yield "    pip install 'qagen[embedded]'"
    yield f"    {command} models pull"
    yield f"    {command} build papers/ --out dataset/ --engine embedded"


def _command() -> str:
    """What to type for this program: its name where the shell finds it, else the path it was started by."""
    return "qagen" if shutil.which("qagen") else shlex.quote(sys.argv[0])


def _record(record: Row) -> Iterator[str]:
    paper, section, chunk = record["paper"], record["section"], record["chunk"]
    yield f"  question  {record['question']}"
    yield f"  answer    {record['answer']}"
    yield f"  paper     {paper['title'] or paper['file']} ({paper['file']}, sha256 {paper['sha256'][:12]}...)"
    yield f"  section   {' > '.join(section['path']) or '(before the first heading)'}"
    yield f"  chunk     {chunk['index']}, characters {chunk['start']} to {chunk['end']} of the document"
    for place in record["evidence"]:
        box = ", ".join(f"{value:.0f}" for value in place["bbox"])
        yield f"  evidence  characters {place['start']} to {place['end']}, page {place['page']}, box ({box}) in points"
    yield f"  made by   {record['generation']['engine']}, support {record['checks']['support']:.2f}"
