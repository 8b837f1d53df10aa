"""R: a FastAPI route that returns constant TwiML. Everything is measured as a share of it."""

from fastapi import FastAPI, Response

app = FastAPI()

TWIML = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/voice/step?step=1">'
    '<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">查询政策，请按 1。</Say></Gather></Response>'
)


@app.post("/{path:path}")
async def constant() -> Response:
    """Always the same document."""
    return Response(TWIML, media_type="text/xml")
