"""The webhooks at their edge: forged requests, oversized ones, hanging and failing steps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from app.calls.facts import CallOrigin
from app.flows.inputs import Input
from app.main import assemble, create_app
from app.settings import load_settings
from app.voice import webhooks
from sqlalchemy import event
from twilio.request_validator import RequestValidator

BASE = "https://hotline.example.org"
TOKEN = "the token of this test"
INCOMING = {"CallSid": "CA1", "From": "+8613800138000", "To": "+867451012345"}


@dataclass
class Edge:
    """The application without a network, and what it did to the database."""

    app: Any
    service: Any
    statements: list[str] = field(default_factory=list)

    def post(
        self, path: str, form: dict[str, str], *, signature: str | None = None, method: str = "POST"
    ) -> tuple[int, str]:
        """Post a form as the provider would, and return status and body."""
        body = urlencode(form).encode()
        if signature is None:
            signature = RequestValidator(TOKEN).compute_signature(BASE + path, form)
        plain, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": plain, "raw_path": plain.encode(),
            "query_string": query.encode(), "headers": [(b"x-twilio-signature", signature.encode())],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        async def run() -> None:
            async with self.service.running():
                await self.app(scope, receive, send)

        asyncio.run(run())
        return sent[0]["status"], sent[1]["body"].decode()


@pytest.fixture
def edge(sqlite_url: str, tmp_path: Path) -> Edge:
    settings = load_settings(
        _env_file=None,
        database_url=sqlite_url,
        public_base_url=BASE,
        twilio_account_sid="AC1",
        twilio_auth_token=TOKEN,
        secret_key="test secret key 0123456789",
        phone_number="+867451012345",
        spool_dir=tmp_path / "spool",
        run_jobs=False,
        log_level="ERROR",
    )
    service = assemble(settings)
    edge = Edge(create_app(service=service), service)
    event.listen(
        service.database.engine,
        "before_cursor_execute",
        lambda *args: edge.statements.append(args[2]),
    )
    return edge


def test_a_signed_call_is_answered_with_the_menu(edge: Edge) -> None:
    status, body = edge.post("/voice/incoming", INCOMING)
    assert status == 200
    assert "查询政策，请按 1" in body
    assert any("INSERT INTO calls" in statement for statement in edge.statements)


@pytest.mark.parametrize("signature", ["", "forged", "你好", "A" * 5_000])
@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/step?node=x&step=1", "/voice/status"])
def test_a_forged_request_gets_403_and_no_database(edge: Edge, path: str, signature: str) -> None:
    safe = signature.encode().decode("latin-1")
    assert edge.post(path, INCOMING, signature=safe) == (403, "")
    assert edge.statements == []


def test_a_body_larger_than_any_webhook_is_refused_unread(edge: Edge) -> None:
    status, _ = edge.post("/voice/incoming", INCOMING | {"CallToken": "x" * 70_000})
    assert status == 413
    assert edge.statements == []


def test_only_post_is_taken(edge: Edge) -> None:
    assert edge.post("/voice/incoming", INCOMING, method="GET")[0] == 405


@pytest.mark.parametrize("step", ["", "-1", "x", "9" * 12])
def test_a_step_that_is_no_number_ends_politely(edge: Edge, step: str) -> None:
    status, body = edge.post(f"/voice/step?node=main.menu&step={step}", INCOMING)
    assert status == 200
    assert body.endswith("<Hangup/></Response>")


def test_a_call_without_its_sid_hears_the_safe_document(edge: Edge) -> None:
    status, body = edge.post("/voice/incoming", {"From": "+8613800138000"})
    assert status == 200
    assert "正在为您接通值班人员" in body


def replaced(edge: Edge, behaviour: Callable[[], Any]) -> None:
    async def advance(
        _origin: CallOrigin, _node: str, _step: int, _given: Input, *, state: str = ""
    ) -> str:
        return str(await behaviour())

    edge.service.edge._conversation.advance = advance


def test_a_step_that_hangs_is_cut_off_at_the_deadline(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "DEADLINE_SECONDS", 0.02)
    replaced(edge, lambda: asyncio.Event().wait())
    status, body = edge.post("/voice/step?node=main.menu&step=1", INCOMING)
    assert status == 200
    assert "正在为您接通值班人员" in body
    assert "<Number" in body


def test_a_step_that_crashes_is_answered_all_the_same(edge: Edge) -> None:
    async def crash() -> str:
        raise RuntimeError("a defect")

    replaced(edge, crash)
    status, body = edge.post("/voice/step?node=main.menu&step=1", INCOMING)
    assert status == 200
    assert "110、119" in body


def test_nobody_at_the_duty_telephones_leads_to_a_message(edge: Edge) -> None:
    unanswered = INCOMING | {"DialCallStatus": "no-answer"}
    assert "<Record" in edge.post("/voice/fallback/dialed", unanswered)[1]


def test_a_message_left_with_the_safe_document_is_kept(edge: Edge, tmp_path: Path) -> None:
    recorded = INCOMING | {
        "RecordingSid": "RE" + "1" * 32,
        "RecordingDuration": "9",
        "RecordingUrl": "https://x/RE1",
        "Digits": "#",
    }
    assert "已经录下" in edge.post("/voice/fallback/recorded", recorded)[1]
    assert any((tmp_path / "spool").glob("*.spool"))


def test_a_dialled_person_hears_the_whisper(edge: Edge) -> None:
    query = urlencode({"say": "移民热线来电。接听请按 1。", "language": "zh-CN"})
    assert "移民热线来电" in edge.post(f"/voice/whisper?{query}", INCOMING)[1]


@pytest.mark.parametrize(
    ("form", "ending"),
    [
        (INCOMING | {"Digits": "1"}, "<Response></Response>"),
        (INCOMING | {"Digits": "2"}, "<Response><Hangup/></Response>"),
        (INCOMING, "<Response><Hangup/></Response>"),
    ],
)
def test_only_who_presses_1_is_connected(edge: Edge, form: dict[str, str], ending: str) -> None:
    assert edge.post("/voice/whisper/accept", form)[1].endswith(ending)
