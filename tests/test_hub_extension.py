"""`hf qagen`: qagen as an extension of the Hub's own command line, by the real `hf`."""

import os
import re
import subprocess
import sys
import tomllib

from tests.command import ENVIRONMENT
from tests.conftest import ROOT

HF = (sys.executable, "-c", "import sys; from huggingface_hub.cli.hf import main; sys.argv[0] = 'hf'; main()")


def test_hf_runs_an_installed_qagen_as_an_extension_with_its_own_usage_lines_and_exit_codes(tmp_path):
    command = tmp_path / "bin" / "hf-qagen"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nfrom builder.cli import main\nmain()\n")
    command.chmod(0o755)
    paths = {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    env = {**ENVIRONMENT, **paths, "HOME": str(tmp_path), "HF_HUB_DISABLE_UPDATE_CHECK": "1"}
    (register,) = re.findall(
        r"^```bash\n(.*?)^```$", (ROOT / "docs/hub.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    subprocess.run(["bash", "-eu", "-c", register], env=env, check=True, timeout=300)
    run = subprocess.run(
        [*HF, "qagen", "parse", "--none"], env=env, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 2, run.stderr
    assert "Usage: hf qagen parse" in run.stderr
    assert "No such option: --none" in run.stderr


def test_the_package_has_the_command_that_hf_looks_for_and_the_repository_for_it_wants_nothing_else():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    wanted = tomllib.loads((ROOT / "packaging/hf-qagen/pyproject.toml").read_text("utf-8"))["project"]
    assert scripts["hf-qagen"] == scripts["qagen"]
    assert (wanted["name"], wanted["dependencies"]) == ("hf-qagen", ["qagen"])
