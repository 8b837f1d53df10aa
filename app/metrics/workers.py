"""Where several workers keep their counters, so that one of them can tell those of all."""

import os
import tempfile

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_counters() -> None:
    """Give workers that are about to start a folder for their counters, unless they have one.

    It must come before the first import of a module that counts: that is when it is looked for.
    """
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="hotline-metrics-")
