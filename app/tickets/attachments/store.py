"""Where the bytes of attachments are kept."""

from app.blobs import BlobStore
from app.calls.recordings.store import store_at
from app.settings import Settings


def attachments_store(settings: Settings) -> BlobStore:
    """The store of HOTLINE_ATTACHMENTS_URL, or that of the recordings when it is empty."""
    return store_at(settings.attachments_url or settings.recordings_url, settings)
