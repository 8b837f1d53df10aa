"""Keeping files with a ticket and taking them away."""

from pathlib import Path

import pytest
from app.blobs import BlobStore
from app.settings import load_settings
from app.tickets.attachments.files import Upload, read_upload
from app.tickets.attachments.queries import attachments_of, find_attachment
from app.tickets.attachments.service import MOST, attach, remove
from app.tickets.attachments.store import attachments_store
from app.tickets.errors import RefusedError, UnknownTicketError
from tests.tickets.attachments.photos import jpeg, png, segment
from tests.tickets.world import TicketDesk, after


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(str(tmp_path / "attachments"))


def keep(tickets: TicketDesk, store: BlobStore, ticket: str, upload: Upload) -> int:
    store.put(upload.blob, upload.data)
    return tickets.write(attach, ticket, upload, "caller", after(1))


def test_a_photo_is_kept_once_and_served_as_a_download(
    tickets: TicketDesk, store: BlobStore
) -> None:
    opened = tickets.open_whole()
    upload = read_upload("水井.jpg", jpeg())
    first = keep(tickets, store, opened.number, upload)
    assert keep(tickets, store, opened.number, upload) == first
    [kept] = tickets.read(attachments_of, [opened.id])
    assert (kept.id, kept.name, kept.size) == (first, "水井.jpg", len(upload.data))
    assert store.open(kept.blob) == upload.data
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.headers["Content-Type"] == "image/jpeg"
    assert (
        kept.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%B0%B4%E4%BA%95.jpg"
    )
    assert tickets.happened(opened.number) == ["opened", "attached"]


def test_bytes_go_when_nobody_needs_them(tickets: TicketDesk, store: BlobStore) -> None:
    upload = read_upload("a.png", png())
    ours = keep(tickets, store, tickets.open(), upload)
    theirs = keep(tickets, store, tickets.open(), upload)
    with pytest.raises(RefusedError):
        tickets.write(remove, ours, "staff:1", " ", after(2))
    assert tickets.write(remove, ours, "staff:1", "传错了", after(2)) is None
    assert tickets.write(remove, ours, "staff:1", "传错了", after(2)) is None
    assert tickets.read(find_attachment, ours) is None
    assert tickets.write(remove, theirs, "staff:1", "传错了", after(3)) == upload.blob


def test_what_was_taken_away_can_be_sent_again(tickets: TicketDesk, store: BlobStore) -> None:
    ticket = tickets.open()
    upload = read_upload("a.png", png())
    first = keep(tickets, store, ticket, upload)
    tickets.write(remove, first, "staff:1", "传错了", after(2))
    assert keep(tickets, store, ticket, upload) == first
    assert tickets.read(find_attachment, first) is not None


def test_there_are_not_too_many(tickets: TicketDesk, store: BlobStore) -> None:
    ticket = tickets.open()
    for count in range(MOST):
        keep(tickets, store, ticket, read_upload("a.jpg", jpeg(segment(0xE2, bytes([count])))))
    with pytest.raises(RefusedError, match="at most 20"):
        keep(tickets, store, ticket, read_upload("a.png", png()))


def test_an_unknown_ticket_takes_no_files(tickets: TicketDesk, store: BlobStore) -> None:
    with pytest.raises(UnknownTicketError):
        keep(tickets, store, "12345678", read_upload("a.png", png()))


def test_names_are_unreadable_in_the_table(tickets: TicketDesk, store: BlobStore) -> None:
    keep(tickets, store, tickets.open(), read_upload("石秀英身份证.png", png()))
    with tickets.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM ticket_attachments").all()
    assert "石秀英" not in repr(rows)


@pytest.mark.parametrize("given", ["", "elsewhere"])
def test_attachments_stand_where_the_settings_say(tmp_path: Path, given: str) -> None:
    chosen = str(tmp_path / given) if given else ""
    settings = load_settings(
        _env_file=None,
        twilio_account_sid="AC1",
        twilio_auth_token="token",
        secret_key="test secret key 0123456789",
        phone_number="+867451012345",
        recordings_url=str(tmp_path / "recordings"),
        attachments_url=chosen,
    )
    attachments_store(settings).put("attachments/ab/abc", b"photo")
    folder = tmp_path / (given or "recordings")
    assert (folder / "attachments" / "ab" / "abc").read_bytes() == b"photo"
