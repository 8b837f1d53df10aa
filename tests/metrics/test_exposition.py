"""What /metrics says, for one worker and for several, with and without the database."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app.calls.models import Call
from app.calls.recordings.models import KeptRecording, State
from app.database import Database, blind_index
from app.jobs.models import FAILED, Job
from app.jobs.service import enqueue
from app.main import create_app
from app.messages.models import Message
from app.metrics.state import StandingState
from app.voice.signature import signature_of
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import func, insert, select, update
from starlette.testclient import TestClient
from tests.fixtures.callbook import CallBook
from tests.fixtures.office import NOON, Office

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def scraper_of(office: Office) -> TestClient:
    """Whoever reaches the service over http."""
    return TestClient(create_app(service=office.service))


def scraped(client: TestClient) -> Samples:
    client.app.state.standing._read_at = float("-inf")  # type: ignore[attr-defined]
    return parsed(client.get("/metrics").text)


def parsed(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


def test_it_tells_how_things_stand(office: Office) -> None:
    scraper = scraper_of(office)
    book = CallBook(office.database, NOON)
    book.call("CA1", status="in-progress")
    book.leg("CA1", "CA2", "+867451000101", status="ringing")
    book.call("CA3")
    book.ticket("20000001", "CA1", respond_due_at=NOON - timedelta(minutes=1))
    book.ticket("20000002", "CA1", state="in_progress", complete_due_at=NOON)
    book.ticket("20000003", "CA1", state="closed", respond_due_at=NOON - timedelta(days=9))
    with office.database.writing() as connection:
        for key, ago in (("a", 5), ("b", 90), ("c", -90), ("d", 900)):
            enqueue(connection, "message.send", key, {}, NOON - timedelta(seconds=ago))
        connection.execute(update(Job).where(Job.key == "d").values(state=FAILED))
        connection.execute(
            insert(KeptRecording).values(
                sid="RE1", source="RecordVerb", told_at=NOON, state=State.failed
            )
        )
        connection.execute(
            insert(Message).values(
                key="m", direction="out", number="+8613800138000", body="x", status="delivered",
                number_index=blind_index("+8613800138000"), rank=6, at=NOON - timedelta(hours=1),
            )
        )  # fmt: skip
    now = scraped(scraper)
    assert of(now, "hotline_database_up") == 1
    assert of(now, "hotline_calls_in_progress") == 1
    assert of(now, "hotline_calls_waiting", awaiting="person") == 1
    assert of(now, "hotline_calls_waiting", awaiting="mediation") == 0
    assert of(now, "hotline_jobs", kind="message.send", state="due") == 2
    assert of(now, "hotline_jobs", kind="message.send", state="late") == 1
    assert of(now, "hotline_jobs", kind="message.send", state="failed") == 1
    assert of(now, "hotline_tickets_open") == 2
    assert of(now, "hotline_tickets_overdue", clock="respond") == 1
    assert of(now, "hotline_tickets_overdue", clock="complete") == 1
    assert of(now, "hotline_recordings_not_stored", state="failed") == 1
    assert of(now, "hotline_texts", direction="out", state="delivered") == 1
    version = office.library.current.version
    assert of(now, "hotline_flow_version_info", version=version) == 1
    assert of(now, "hotline_spool_items") == 0
    told = {value for _, labels in now for _, value in labels}
    assert not any("138" in value or "王" in value or "CA1" in value for value in told)


def test_without_the_database_it_says_so(sqlite_office: Office) -> None:
    scraper, service = scraper_of(sqlite_office), sqlite_office.service
    gone = Database("sqlite:////no/such/folder/hotline.db")
    state = StandingState(gone, service.library, service.spool, service.clock)
    scraper.app.state.standing = state  # type: ignore[attr-defined]
    now = scraped(scraper)
    assert of(now, "hotline_database_up") == 0
    assert of(now, "hotline_flow_findings") == 0
    assert of(now, "hotline_calls_in_progress") is None


def test_only_who_has_the_token_may_ask(sqlite_office: Office) -> None:
    scraper = scraper_of(sqlite_office)
    settings = sqlite_office.service.settings
    settings.metrics_token = SecretStr("a token of its own")
    assert scraper.get("/metrics").status_code == 401
    for given, status in (("Bearer another", 401), ("Bearer a token of its own", 200)):
        answer = scraper.get("/metrics", headers={"Authorization": given})
        assert answer.status_code == status


def test_webhooks_and_forgeries_are_counted_and_the_probe_leaves_no_trace(
    sqlite_office: Office,
) -> None:
    scraper = scraper_of(sqlite_office)
    url, form = "http://testserver/voice/probe", [("CallSid", "CA1")]
    signed = {"X-Twilio-Signature": signature_of("a token", url, form)}
    before = scraped(scraper)
    assert scraper.post(url, data=dict(form), headers=signed).status_code == 204
    assert scraper.post(url, data={"CallSid": "CA2"}, headers=signed).status_code == 403
    assert scraper.post(url, data=dict(form)).status_code == 403
    now = scraped(scraper)

    def more(name: str, **labels: str) -> float:
        return (of(now, name, **labels) or 0) - (of(before, name, **labels) or 0)

    assert more("hotline_webhooks_total", route="/voice/probe", result="answered") == 1
    assert more("hotline_webhooks_total", route="/voice/probe", result="refused") == 2
    assert more("hotline_signature_refusals_total", route="/voice/probe") == 2
    assert more("hotline_webhook_seconds_count", route="/voice/probe") == 3
    with sqlite_office.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Call)).scalar_one() == 0


ONE_WORKER = """
from app.metrics import counters
counters.OFFLINE_TURNS.inc()
counters.LIVE_STREAMS.inc()
"""
THE_ONE_THAT_IS_ASKED = """
from app.metrics import counters, exposition
counters.OFFLINE_TURNS.inc()
counters.LIVE_STREAMS.inc()
class Nothing:
    def collect(self):
        return ()
print(exposition.expose(Nothing()).decode())
"""


def test_several_workers_are_added_up_and_the_dead_have_no_pages_open(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, check=True, capture_output=True
        )
        return done.stdout.decode()

    run(ONE_WORKER)
    now = parsed(run(THE_ONE_THAT_IS_ASKED))
    assert of(now, "hotline_offline_turns_total") == 2
    assert of(now, "hotline_live_streams") == 1
    assert of(now, "process_resident_memory_bytes")
