"""What files really are, and what is cut out of photos."""

import pytest
from app.tickets.attachments.files import (
    DOCX,
    JPEG,
    LARGEST,
    PDF,
    PNG,
    WEBP,
    XLSX,
    identify,
    plain_name,
    read_upload,
)
from app.tickets.errors import RefusedError
from hypothesis import given
from hypothesis import strategies as st
from tests.tickets.attachments.photos import (
    PLACE,
    SCAN,
    TABLES,
    chunk,
    exif,
    jpeg,
    office,
    png,
    riff,
    segment,
    webp,
)

PARTS = "[Content_Types].xml"
WORD = office(PARTS, "word/document.xml")


@pytest.mark.parametrize(
    ("data", "is_"),
    [
        (jpeg(), JPEG),
        (png(), PNG),
        (webp(riff(b"VP8 ", b"picture")), WEBP),
        (b"%PDF-1.7\n", PDF),
        (WORD, DOCX),
        (office(PARTS, "xl/workbook.xml"), XLSX),
        (office(PARTS, "word/document.xml", "word/vbaProject.bin"), None),
        (office("a.txt"), None),
        (b"PK\x03\x04 broken", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", None),
        (b"<html>", None),
        (b"MZ\x90\0", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, is_: str | None) -> None:
    assert identify(data) == is_
    if is_ is None:
        with pytest.raises(RefusedError, match="Only photos"):
            read_upload("photo.jpg", data)
    else:
        assert read_upload("anything", data).media_type == is_


def test_a_photo_loses_place_makers_notes_and_comments() -> None:
    data = jpeg(
        exif(1),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
        segment(0xED, b"Photoshop" + PLACE),
        segment(0xFE, PLACE),
        segment(0xE2, b"ICC_PROFILE\0colours"),
        behind=PLACE,
    )
    upload = read_upload("IMG_1.HEIC", data)
    assert PLACE not in upload.data
    assert b"Exif" not in upload.data
    assert b"ICC_PROFILE" in upload.data
    assert upload.data.endswith(TABLES + SCAN)
    assert upload.name == "IMG_1.jpg"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_stays_the_right_way_up(orientation: int, order: str) -> None:
    upload = read_upload("a.jpg", jpeg(exif(orientation, order)))
    assert PLACE not in upload.data
    marker = upload.data.index(b"Exif\0\0")
    assert upload.data[marker + 6 : marker + 10] == b"MM\0*"
    again = read_upload("a.jpg", upload.data)
    assert again.data == upload.data  # what we say ourselves we read the same
    assert orientation.to_bytes(2) in upload.data[marker : marker + 30]


def test_a_png_keeps_its_picture_only() -> None:
    upload = read_upload("a.png", png(chunk(b"eXIf", PLACE), chunk(b"tEXt", b"Author\0" + PLACE)))
    assert upload.data == png()


def test_a_webp_keeps_its_picture_only() -> None:
    announced = riff(b"VP8X", bytes((0b00011100,)) + bytes(9))
    picture = riff(b"VP8 ", b"odd")
    data = webp(announced, picture, riff(b"EXIF", PLACE), riff(b"XMP ", PLACE))
    kept = read_upload("a.webp", data).data
    assert kept == webp(riff(b"VP8X", bytes((0b00010000,)) + bytes(9)), picture)


@pytest.mark.parametrize(
    "data",
    [
        jpeg()[:-2],
        jpeg()[:30],
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\xff\xd8\xff\xe0\x00\x02nonsense",
        png()[:-4],
        png()[:-16] + b"\0" * 16,
        webp(riff(b"VP8 ", b"x"))[:-2],
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_a_broken_photo_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match="broken"):
        read_upload("a", data)


@given(st.binary(max_size=200), st.sampled_from([jpeg(exif(6)), png(), webp(riff(b"VP8 ", b"x"))]))
def test_whatever_is_sent_is_kept_or_refused(noise: bytes, photo: bytes) -> None:
    for data in (photo[:12] + noise, photo[: len(photo) // 2] + noise, photo + noise, noise):
        try:
            read_upload("a", data)
        except RefusedError:
            continue


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(RefusedError, match="10 MB"):
        read_upload("a.pdf", b"%PDF-" + bytes(LARGEST))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("照片.png", "照片.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\li\\a.jpg", "a.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("...", "file.jpg"),
        ("", "file.jpg"),
        ("长" * 200, "长" * 116 + ".jpg"),
    ],
)
def test_names_are_plain(name: str, kept: str) -> None:
    assert plain_name(name, JPEG) == kept
