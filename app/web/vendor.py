"""Copies the few front-end files that pages use out of `node_modules`, with their licences.

    python -m app.web.vendor

Run by `make setup` after `npm ci`. Nothing of this is committed: the lock names every file's hash.
"""

import re
import shutil
from pathlib import Path

WEB = Path(__file__).resolve().parent
MODULES = WEB / "frontend" / "node_modules"
VENDOR = WEB / "static" / "vendor"

FILES = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "cytoscape.esm.js": "cytoscape/dist/cytoscape.esm.min.mjs",
    "dagre.esm.js": "@dagrejs/dagre/dist/dagre.esm.js",
    "twilio-voice.js": "@twilio/voice-sdk/dist/twilio.min.js",
    "wavesurfer.esm.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "wavesurfer-regions.esm.js": "wavesurfer.js/dist/plugins/regions.esm.js",
}
PACKAGES = (
    "@dagrejs/dagre",
    "@dagrejs/graphlib",
    "@tabler/core",
    "@tabler/icons",
    "@twilio/voice-errors",
    "@twilio/voice-sdk",
    "cytoscape",
    "events",
    "htmx.org",
    "loglevel",
    "wavesurfer.js",
)
_SOURCE_MAP = re.compile(r"(?m)^\s*(?://|/\*)# sourceMappingURL=.*$")
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def icon_names() -> list[str]:
    """The icons that pages use, as listed in `icons.txt`."""
    return (WEB / "icons.txt").read_text().split()


def copy_all() -> None:
    """Make the folder `static/vendor` anew. Raises FileNotFoundError when `npm ci` was not run."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        text = (MODULES / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(_SOURCE_MAP.sub("", text), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(_sprite(), encoding="utf-8")
    (VENDOR / "LICENCES.txt").write_text("\n\n".join(map(_licence, PACKAGES)), encoding="utf-8")


def _sprite() -> str:
    symbols = "\n".join(map(_symbol, icon_names()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str) -> str:
    source = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
    found = _INNER.search(source)
    if found is None:
        raise ValueError(f"the icon {name} is not an SVG")
    inner = " ".join(found.group(1).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


def _licence(package: str) -> str:
    folder = MODULES / package
    texts = sorted(path for path in folder.iterdir() if path.name.upper().startswith("LICEN"))
    text = texts[0].read_text(encoding="utf-8") if texts else "See the package's own pages."
    return f"{package}\n{'-' * len(package)}\n{text}"


if __name__ == "__main__":
    copy_all()
