"""Exports: a list as CSV or XLSX, safe to open, marked with who took it and when, and audited.

A file is written whole before its first byte is sent: what arrives is complete, its rows are
counted for the audit, and the database is not held open by a slow reader.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Connection

from app.people.access.visitor import Visitor
from app.people.audit import service as audit
from app.web.cells import clean, county_time, for_csv, unrun
from app.web.pages import language_of
from app.web.site import site_of
from app.web.times import exact
from app.web.words import all_words

Format = Literal["csv", "xlsx"]
AskedFormat = Annotated[Format, Query(alias="format")]
Kind = Literal["text", "number", "instant", "phone"]
Row = Sequence[object]

MOST_ROWS = 20_000
ROWS_AT_ONCE = 500  # read from the database
CHUNK = 64 * 1024
KEPT_IN_MEMORY = 1024 * 1024
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"  # without it, Excel reads UTF-8 as the local code page


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading in the reader's language, and what its values are.

    `width` is in characters, for XLSX.
    """

    title: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list to be exported.

    `what` names the file and the audit entry (ASCII: `tickets`), `title` the sheet. `rows` reads
    them, newest first; it is given a connection that fetches in portions. `filters` are those in
    force, by their names in the address; only the names go into the audit.
    """

    what: str
    title: str
    columns: Sequence[Column]
    rows: Callable[[Connection], Iterable[Row]]
    filters: Mapping[str, str] = field(default_factory=dict)


def export(
    request: Request, visitor: Visitor, sheet: Sheet, file_format: Format, *, most: int = MOST_ROWS
) -> Response:
    """The file as an answer. At most `most` rows; the watermark says when there were more."""
    site = site_of(request)
    at = site.clock.now()
    file: IO[bytes] = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 - sent below
    rows = _Counted(most)
    with site.database.reading_in_portions(ROWS_AT_ONCE) as portions:
        watermark = _Watermark(visitor, at, language_of(request, visitor), sheet.filters, rows)
        try:
            WRITERS[file_format](file, sheet, rows.of(sheet.rows(portions)), watermark)
        except BaseException:
            file.close()
            raise
    with site.database.writing() as connection:
        audit.record(
            connection,
            actor=visitor.actor,
            act="export.made",
            target=f"export:{sheet.what}",
            detail={
                "format": file_format,
                "rows": rows.count,
                "cut": rows.cut,
                "filters": sorted(name for name, value in sheet.filters.items() if value),
            },
            at=at,
        )
    name = f"huixiang-{sheet.what}-{county_time(at):%Y%m%d-%H%M%S}.{file_format}"
    return StreamingResponse(
        _chunks(file),
        media_type=MEDIA[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Counted:
    """Passes rows on until there are enough, and keeps count."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.cut = False

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        found = iter(rows)
        for row in islice(found, self.most):
            self.count += 1
            yield row
        self.cut = next(found, None) is not None


@dataclass(frozen=True, slots=True)
class _Watermark:
    """Who took a file, when, and what is in it."""

    visitor: Visitor
    at: datetime
    language: str
    filters: Mapping[str, str]
    rows: _Counted

    def lines(self) -> list[str]:
        """The sentences, to be called when all rows are written."""
        said = [
            self._say("by", name=self.visitor.name or self.visitor.actor, actor=self.visitor.actor),
            self._say("at", time=exact(self.at)),
            self._say("rows", count=self.rows.count),
        ]
        chosen = ", ".join(f"{name}={value}" for name, value in self.filters.items() if value)
        if chosen:
            said.append(self._say("filters", filters=chosen))
        if self.rows.cut:
            said.append(self._say("cut", count=self.rows.count))
        return [*said, self._say("care")]

    @property
    def title(self) -> str:
        """The name of the sheet it stands on."""
        return self._say("title")

    def _say(self, key: str, **fields: object) -> str:
        return all_words().say(f"exports.{key}", self.language, **fields)


def _write_csv(file: IO[bytes], sheet: Sheet, rows: Iterable[Row], watermark: _Watermark) -> None:
    """UTF-8 with a byte order mark; the watermark is the last line."""
    phones = [column.kind == "phone" for column in sheet.columns]
    stream = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    stream.write(_BOM)
    writer = csv.writer(stream)
    writer.writerow([unrun(column.title) for column in sheet.columns])
    for row in rows:
        cells = zip(row, phones, strict=True)
        writer.writerow([for_csv(value, is_phone=phone) for value, phone in cells])
    writer.writerow([unrun(" ".join(watermark.lines()))])
    stream.detach()  # or closing it would close the file


def _write_xlsx(file: IO[bytes], sheet: Sheet, rows: Iterable[Row], watermark: _Watermark) -> None:
    """Typed cells, row by row in constant memory; the watermark is a sheet of its own."""
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties({"author": clean(watermark.visitor.name), "title": sheet.title})
        page = book.add_worksheet(_sheet_name(sheet.title))
        formats = _formats(book)
        page.freeze_panes(1, 0)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, column.width)
            page.write_string(0, number, clean(column.title), formats["head"])
        for line, row in enumerate(rows, start=1):
            for number, value in enumerate(row):
                _write_cell(page, (line, number), value, formats)
        about = book.add_worksheet(_sheet_name(watermark.title))
        about.set_column(0, 0, 90)
        for line, text in enumerate(watermark.lines()):
            about.write_string(line, 0, clean(text), formats["text"])


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "num_format": "@"}),
        # Quoted: a text stays one also after somebody has edited its cell.
        "text": book.add_format({"num_format": "@", "quote_prefix": True}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }


def _write_cell(
    page: Any, place: tuple[int, int], value: object, formats: Mapping[str, Any]
) -> None:
    match value:
        case None | "":
            return
        case bool() | int() | float():
            page.write_number(*place, value)
        case datetime():
            page.write_datetime(*place, county_time(value), formats["instant"])
        case _:
            page.write_string(*place, clean(str(value)), formats["text"])


def _sheet_name(title: str) -> str:
    """A title as Excel allows it for a sheet: none of `[]:*?/`, at most 31 characters."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "1"


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


WRITERS: Mapping[str, Callable[[IO[bytes], Sheet, Iterable[Row], _Watermark], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}
