"""The files that prompts are played from: by the hash of their content, unsigned, never changing.

Nothing in them is secret, callers hear them; and nobody guesses a hash. A file at hand is answered
from memory; the store is asked in a thread.
"""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.prompt_audio.store import is_name
from app.voice.twiml import AUDIO_PATH
from app.web.access import Public
from app.web.problems import ProblemError
from app.web.site import site_of

FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@router.api_route(AUDIO_PATH + "{sha256}.wav", methods=["GET", "HEAD"])
async def audio(request: Request, _anybody: Public, sha256: str) -> Response:
    """A file, or 304 for who has it already."""
    shelf = site_of(request).audio
    tag = f'"{sha256}"'
    if not is_name(sha256):
        raise ProblemError(404)
    headers = {"Cache-Control": FOR_EVER, "ETag": tag, "Accept-Ranges": "none"}
    content = shelf.at_hand(sha256)
    if content is None:
        content = await asyncio.to_thread(shelf.fetch, sha256)
    if content is None:
        raise ProblemError(404)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="audio/wav", headers=headers)
