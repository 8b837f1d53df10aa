"""Static files: kept for long when asked for by their fingerprint, asked about otherwise."""

from collections.abc import MutableMapping
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOR_LONG = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"


class FingerprintedFiles(StaticFiles):
    """The files of a folder; `?v=…` says that the address changes with the file."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """A file, or 404."""
        response = await super().get_response(path, scope)
        named = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = FOR_LONG if named else ASK_EACH_TIME
        return response
