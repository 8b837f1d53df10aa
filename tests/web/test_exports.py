"""Exports: read back by other programs, with hostile cells, capped, marked and audited."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import openpyxl
import pytest
from app.people.audit.models import AuditEntry
from app.web.access import UseAccount
from app.web.exports import Column, Format, Row, Sheet, export
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection, select
from starlette.testclient import TestClient
from tests.fixtures.office import Office

HOSTILE = ["=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-1", "\t=1", "＝1", '=HYPERLINK("http://x")']
AT = datetime(2026, 11, 24, 6, 5, 9, tzinfo=UTC)
COLUMNS = (
    Column("标题"),
    Column("电话", "phone"),
    Column("秒", "number"),
    Column("时间", "instant", 20),
)


def rows(_connection: Connection) -> Iterator[Row]:
    for text in HOSTILE:
        yield text, "+8613800138000", 61, AT
    yield 'a "quoted",\nline\x00', "anonymous", -3, None


@pytest.fixture
def office(office: Office) -> Office:
    @office.app.get("/taken")
    def taken(request: Request, visitor: UseAccount, how: Format, most: int = 100) -> Response:
        sheet = Sheet("calls", "通话/记录", COLUMNS, rows, {"status": "failed", "phone": ""})
        return export(request, visitor, sheet, how, most=most)

    return office


@pytest.fixture
def client(office: Office) -> TestClient:
    return office.client_of(office.hire("supervisor", name="=王芳"))


def test_csv_holds_no_formula_and_keeps_telephones(client: TestClient) -> None:
    answer = client.get("/taken?how=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith("\ufeff".encode())
    head, *body, mark = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert head == ["标题", "电话", "秒", "时间"]
    assert [line[0] for line in body[:-1]] == [f"'{text}" for text in HOSTILE]
    assert {line[1] for line in body[:-1]} == {"(+86) 138 0013 8000"}
    assert body[0][2:] == ["61", "2026-11-24 14:05:09"]
    assert body[-1] == ['a "quoted",\nline', "anonymous", "-3", ""]
    assert "=王芳（staff:" in mark[0]
    assert "2026-11-24 12:00:00" in mark[0]
    assert "共 8 行" in mark[0]
    assert "status=failed" in mark[0]


def test_xlsx_holds_typed_cells(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/taken?how=xlsx").content))
    page, about = book.worksheets
    assert page.title == "通话记录"
    lines = list(page.iter_rows(min_row=2))
    assert [line[0].value for line in lines[:-1]] == HOSTILE
    assert {cell.data_type for line in lines for cell in line} <= {"s", "n", "d"}
    assert lines[0][1].value == "+8613800138000"
    assert lines[0][2].value == 61
    assert lines[0][3].value == AT.replace(hour=14, tzinfo=None)
    assert lines[0][0].style != "Hyperlink"
    assert page.freeze_panes == "A2"
    told = [row[0].value for row in about.iter_rows()]
    assert "=王芳" in told[0]
    assert about["A1"].data_type == "s"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_long_list_is_cut_and_says_so(client: TestClient, file_format: str) -> None:
    answer = client.get(f"/taken?how={file_format}&most=3")
    if file_format == "csv":
        text = answer.content.decode("utf-8-sig")
    else:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.worksheets[0].max_row == 4
        text = " ".join(str(row[0].value) for row in book.worksheets[1].iter_rows())
    assert "只含最新的 3 行" in text


def test_each_export_is_audited_without_personal_data(office: Office, client: TestClient) -> None:
    client.get("/taken?how=csv")
    client.get("/taken?how=xlsx&most=3")
    with office.database.reading() as connection:
        entries = connection.execute(select(AuditEntry.act, AuditEntry.target, AuditEntry.detail))
        told = [(act, target, json.loads(detail)) for act, target, detail in entries]
    assert told == [
        (
            "export.made",
            "export:calls",
            {"format": "csv", "rows": 8, "cut": False, "filters": ["status"]},
        ),
        (
            "export.made",
            "export:calls",
            {"format": "xlsx", "rows": 3, "cut": True, "filters": ["status"]},
        ),
    ]


def test_an_unknown_format_is_refused(client: TestClient) -> None:
    assert client.get("/taken?how=exe").status_code == 422
