"""The built site in a browser: readable on a narrow screen and in the dark, and silent."""

import functools
import http.server
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.documentation import ROOT

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
LOOKED_AT = ("index", "tutorial", "reference/settings")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def served(folder):
    """The folder at an address of the loopback interface."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_site_is_readable_everywhere_and_asks_nobody_else(tmp_path):
    script = ROOT / "scripts" / "build_docs.py"
    built = subprocess.run(
        [sys.executable, script, "--out", tmp_path], capture_output=True, text=True, check=False
    )
    assert (built.returncode, built.stderr) == (0, "")
    said, hosts, faults, wide = [], set(), [], []
    with served(tmp_path / "site") as address, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (1280, "dark"), (400, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
            for name in LOOKED_AT:
                page.goto(f"{address}/{name}.html", wait_until="networkidle")
                found = axe.Axe().run(page).response["violations"]
                faults += [
                    (name, one["id"], len(one["nodes"]))
                    for one in found
                    if one["impact"] in ("serious", "critical")
                ]
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append((name, width))
        page.goto(f"{address}/index.html")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.keyboard.press("Control+k")
        page.keyboard.type("retracted")
        page.get_by_role("link", name="retracted").first.wait_for()
        browser.close()
    assert (said, hosts, faults, wide) == ([], {address.removeprefix("http://")}, [], [])
