"""A real Chromium, and the demonstration as `make demo` starts it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
QUIET_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped, unless HOTLINE_REQUIRE_BROWSER asks for it.

    Only for the module: while it lives, Playwright's event loop runs in this thread, and no other
    test could run one.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("HOTLINE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        if os.environ.get("HOTLINE_REQUIRE_BROWSER"):
            pytest.fail("no Chromium was found, and HOTLINE_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium was found; HOTLINE_CHROMIUM names one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Demo"]:
    """The demonstration in a process of its own."""
    running = Demo(tmp_path_factory.mktemp("demo") / "var")
    yield running
    running.stop()


class Demo:
    """A running `hotline demo`."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.var = var
        self.address = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [*HOTLINE, "demo", "--port", str(self.port), "--var", str(var), "--history-days", "5"],
            cwd=ROOT,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{self.address}/readyz", timeout=1):
                    return
            except OSError:
                assert self._process.poll() is None, "the demonstration ended by itself"
                time.sleep(0.1)
        raise AssertionError("the demonstration did not become ready")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `hotline` beside the demonstration."""
        environment = os.environ | {"HOTLINE_PORT": str(self.port)}
        where = ["--var", str(self.var)] if arguments[0] == "export" else []
        return subprocess.run(
            [*HOTLINE, *arguments, *where], cwd=ROOT, env=environment, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=120, check=False,
        )  # fmt: skip

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        self._process.send_signal(2)
        return self._process.wait(timeout=15)


HOTLINE = [sys.executable, "-m", "app.cli"]
