"""The example notebook runs, and a cell that is interrupted leaves nothing running."""

import json
import os
import shutil
import threading

import pytest

pytest.importorskip("nbclient", reason="a notebook is executed by nbclient")
pytest.importorskip("ipykernel", reason="a notebook needs a kernel")

import nbformat
from nbclient import NotebookClient

from tests.conftest import EXAMPLES, ROOT
from tests.notebook import SECONDS, Kernel
from tests.scripted_server import ScriptedServer, paired

pytestmark = pytest.mark.slow

NOTEBOOK = ROOT / "examples" / "notebook.ipynb"
ANSWERED = 3
"""Calls that the scripted server answers before it hangs."""


@pytest.fixture
def environment(tmp_path):
    """Of a kernel, whose caches are the test's own; no trace of the debugger, of which the kernel would warn."""
    return {
        **os.environ,
        "HF_HOME": str(tmp_path / "hf"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "QAGEN_MODELS": os.devnull,
    }


@pytest.fixture
def place(work, tmp_path):
    """A folder like `examples/`, with the conversions made."""
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder / "papers" / "pdf")
    shutil.copytree(work, folder / ".qagen")
    return folder


def test_the_example_notebook_goes_from_papers_to_a_trained_step(place, environment):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(place)}}
    )
    client.execute(env={**environment, "PYTHONPATH": str(ROOT)})
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = " ".join(output["data"].get("text/html", "") for output in outputs if "data" in output)
    printed = " ".join(output["text"] for output in outputs if output["output_type"] == "stream")
    for part in ("records of", "nothing_to_ask", "Some records", "records verified", "records added"):
        assert part in shown
    assert "loss " in printed or "torch is not installed" in printed
    assert {folder.name for folder in place.iterdir()} == {"papers", ".qagen", "dataset", "dataset-2"}


def test_the_committed_notebook_has_no_outputs_and_no_counts():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)


LEFT = """
import threading, psutil
def left():
    here = psutil.Process()
    threads = {one.name for one in threading.enumerate()}
    return threads, [one.name() for one in here.children(recursive=True)], [
        one.raddr.port for one in here.net_connections() if one.raddr and one.raddr.port == PORT
    ]
"""


@pytest.mark.parametrize(
    "first", ["", "import asyncio; await asyncio.sleep(0)\n"], ids=["a cell", "a cell that awaits"]
)
def test_an_interrupted_build_leaves_nothing_running_and_the_next_cell_goes_on(place, environment, first):
    hanging, release = threading.Event(), threading.Event()
    asked = []

    def reply(request, nth):
        asked.append(json.dumps([request["messages"], request.get("seed")]))
        if len(asked) > ANSWERED and not release.is_set():
            hanging.set()
            release.wait(SECONDS)
        return paired(request)

    with ScriptedServer(reply=reply) as server, Kernel(place, environment) as kernel:
        kernel.run(
            f"PORT = {server.base_url.split(':')[2].split('/')[0]}\n{LEFT}\nimport builder\nbefore = left()"
        )
        build = (
            f"report = builder.build('papers/pdf', 'dataset', base_url={server.base_url!r}, model='r1', judge='off', "
            "sections='rules', concurrency=1)"
        )
        cell = kernel.begin(first + build)
        assert hanging.wait(SECONDS / 2)
        kernel.interrupt()
        outputs = kernel.end(cell)
        assert [output["ename"] for output in outputs if "ename" in output] == ["KeyboardInterrupt"]
        assert kernel.value("left() == before") == "True", kernel.value("before, left()")
        assert not (place / "dataset").exists()
        release.set()
        answered, asked[:] = asked[:ANSWERED], []
        assert [output for output in kernel.run(build) if "ename" in output] == []
        assert not set(answered) & set(asked)
        assert kernel.value("report.calls['reused'], report.unanswered") == f"{ANSWERED} []"
