"""What several test files share: the example papers, converted once for all test processes."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "papers" / "pdf"


# A busy machine is no failure, and a gate says the same twice; who looks for new faults sets HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
# No test asks the Hub, only one of its own (`tests.hub`); the libraries read these when they are imported.
os.environ["HF_ENDPOINT"] = "http://127.0.0.1:9"
os.environ["HF_HUB_DISABLE_XET"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_UPDATE_DOWNLOAD_COUNTS"] = "0"
os.environ["TERMINAL_WIDTH"] = "120"
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_HUB_OFFLINE", None)


def shared_folder(tmp_path_factory) -> Path:
    """A folder of this test run, the same for all of its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def converted_examples(tmp_path_factory) -> Path:
    """A workspace with the conversions of the example papers; not to be written to."""
    from qagen.cli.documents import convert_documents
    from qagen.settings import Settings

    shared = shared_folder(tmp_path_factory) / "converted-examples"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            _, rejected = convert_documents([EXAMPLES], shared / "documents", shared / "work", Settings())
            assert rejected == []
            (shared / "done").touch()
    return shared / "work"


@pytest.fixture
def work(converted_examples, tmp_path) -> Path:
    """A workspace of the test's own, in which the example papers are converted and nothing is asked."""
    own = tmp_path / "work"
    shutil.copytree(converted_examples / "papers", own / "papers")
    return own
