"""Files outside the database: a folder, and a bucket on a real S3 server."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.blobs import CHUNK_BYTES, BlobError, BlobMissingError, BlobStore, Bucket


@pytest.fixture(scope="module")
def bucket_endpoint() -> Iterator[str]:
    """An S3 server on this machine, with the bucket `hotline`."""
    from moto.server import ThreadedMotoServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _make_bucket(endpoint)
        yield endpoint
    finally:
        server.stop()


def _make_bucket(endpoint: str) -> None:
    import httpx2

    assert httpx2.put(f"{endpoint}/hotline").status_code == 200


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return BlobStore(str(tmp_path / "kept"))
    endpoint = request.getfixturevalue("bucket_endpoint")
    return BlobStore(
        f"s3://hotline/{tmp_path.name}", Bucket(endpoint, "us-east-1", "key", "secret")
    )


def test_what_is_put_is_read_whole_in_part_and_in_pieces(store: BlobStore) -> None:
    content = bytes(range(256)) * 3000
    store.put("originals/RE1.wav", content)
    assert store.size("originals/RE1.wav") == len(content) > CHUNK_BYTES
    assert store.open("originals/RE1.wav") == content
    assert store.read("originals/RE1.wav", 5, 9) == content[5:9]
    assert store.read("originals/RE1.wav", len(content) - 3) == content[-3:]
    assert b"".join(store.chunks("originals/RE1.wav")) == content
    assert b"".join(store.chunks("originals/RE1.wav", 10, 20)) == content[10:20]


def test_a_file_is_put_from_its_path_and_replaces_what_was_there(
    store: BlobStore, tmp_path: Path
) -> None:
    store.put("a/b", b"before")
    source = tmp_path / "source"
    source.write_bytes(b"x" * (6 * 1024 * 1024))
    store.put("a/b", source)
    assert store.size("a/b") == 6 * 1024 * 1024
    assert list(store.keys("a/")) == ["a/b"]


def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_error(store: BlobStore) -> None:
    store.put("a/b", b"content")
    store.delete("a/b")
    store.delete("a/b")
    assert not store.exists("a/b")
    assert list(store.keys()) == []
    with pytest.raises(BlobMissingError):
        store.open("a/b")
    with pytest.raises(BlobMissingError):
        store.size("a/b")


def test_nobody_leaves_the_store_by_a_key(store: BlobStore) -> None:
    with pytest.raises(BlobError):
        store.put("../outside", b"x")


def test_in_a_folder_only_the_service_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o755)
    store = BlobStore(str(folder))
    store.put("a/b", b"content")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "a" / "b").stat().st_mode) == 0o600
    assert store.folder == folder


def test_a_bucket_that_cannot_be_reached_is_a_failure_of_the_store() -> None:
    store = BlobStore("s3://hotline", Bucket("http://127.0.0.1:1", "us-east-1", "key", "secret"))
    assert store.folder is None
    with pytest.raises(BlobError):
        store.exists("a")
