"""Runs a program of ours that decodes strangers' sound: apart, without secrets, within limits."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parents[3]


class LimitedProgramError(Exception):
    """The program ended before it had read its order."""


@contextmanager
def limited_program(
    module: str, folder: Path, order: str, seconds: float
) -> Iterator[Iterator[str]]:
    """The lines that a module of ours answers when run in a folder with an order on its input.

    It is killed after so many seconds, and when nobody listens any more.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program, told everything on its input
        [sys.executable, "-W", "ignore", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(),
        text=True,
    )
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as stdin:
            stdin.write(order)
        yield iter(process.stdout)
    except BrokenPipeError as error:
        raise LimitedProgramError(module) from error
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _environment() -> dict[str, str]:
    """Nothing of ours: what decodes strangers' files knows no secrets."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
