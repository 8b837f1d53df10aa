"""Files that people send: what they really are, and what is cut out of photos. Pure.

A file is what its bytes say, never what its name says. Photos lose where and with what they were
taken; how they are to be turned is kept.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.tickets.attachments.jpeg import BrokenJpegError, without_metadata
from app.tickets.errors import RefusedError

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_NAME = 120

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
_ENDINGS = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}

_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_VP8X_EXIF_XMP = 0b00001100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file ready to be kept. `blob` is its key in the blob store, made from its bytes."""

    name: str
    media_type: str
    data: bytes
    sha256: str

    @property
    def blob(self) -> str:
        """Where its bytes are kept."""
        return f"attachments/{self.sha256[:2]}/{self.sha256}"


def read_upload(name: str, data: bytes) -> Upload:
    """A file as it will be kept. Raises RefusedError, saying what can be sent instead."""
    if len(data) > LARGEST:
        megabytes = LARGEST // (1024 * 1024)
        raise RefusedError(
            f"文件太大：最大 {megabytes} MB。", f"The file is too large: at most {megabytes} MB."
        )
    media_type = identify(data)
    if media_type is None:
        raise RefusedError(
            "只能上传照片（JPEG、PNG、WebP）、PDF、Word 或 Excel 文件。",
            "Only photos (JPEG, PNG, WebP), PDF, Word and Excel files can be sent.",
        )
    kept = _cleaned(media_type, data)
    return Upload(plain_name(name, media_type), media_type, kept, hashlib.sha256(kept).hexdigest())


def identify(data: bytes) -> str | None:
    """The media type that the bytes begin as; None for one that is not accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    return _office(data) if data.startswith(b"PK\x03\x04") else None


def plain_name(name: str, media_type: str) -> str:
    """A name without folders and control characters, and with the ending of what it is."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in bare if character.isprintable()).strip(" .")
    ending = _ENDINGS[media_type]
    stem = PurePosixPath(printable).stem if printable else ""
    return f"{stem[: LONGEST_NAME - len(ending)] or 'file'}{ending}"


def _office(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(n.endswith("vbaProject.bin") for n in names):
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _cleaned(media_type: str, data: bytes) -> bytes:
    try:
        match media_type:
            case "image/jpeg":
                return without_metadata(data)
            case "image/png":
                return _png(data)
            case "image/webp":
                return _webp(data)
    except (BrokenJpegError, struct.error, IndexError) as error:
        raise RefusedError(
            "这张照片打不开：请换一张，或者重新拍。",
            "This photo is broken: send another, or take it again.",
        ) from error
    return data


def _png(data: bytes) -> bytes:
    kept = [data[:8]]
    for kind, chunk in _png_chunks(data):
        if kind in _PNG_KEPT:
            kept.append(chunk)
    return b"".join(kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, kind = 8, b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, place)
        kind, end = data[place + 4 : place + 8], place + 12 + length
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if checksum != zlib.crc32(data[place + 4 : end - 4]):
            raise struct.error("a chunk is damaged")
        yield kind, data[place:end]
        place = end


def _webp(data: bytes) -> bytes:
    kept = [bytes(chunk) for kind, chunk in _webp_chunks(data) if kind not in _WEBP_DROPPED]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytearray]]:
    place = 12
    while place < len(data):
        (length,) = struct.unpack_from("<I", data, place + 4)
        kind, end = data[place : place + 4], place + 8 + length
        if end > len(data):
            raise struct.error("a chunk is cut short")
        chunk = bytearray(data[place:end] + b"\0" * (length % 2))
        if kind == b"VP8X":  # it announces the chunks that are dropped
            chunk[8] &= ~_VP8X_EXIF_XMP & 0xFF
        yield kind, chunk
        place = end + length % 2
