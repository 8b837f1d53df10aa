"""The agreement as a PDF on A4.

The typeface is Adobe's CID font STSong-Light with the encoding UniGB-UCS2-H: a reader draws it with
its own Song type, so no font file has to be shipped. Nothing leaves the process.
"""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from app.console.disputes.form import (
    AGREED,
    RIGHTS,
    SEAL,
    SIGNATURES,
    TITLE,
    WIDE,
    AgreementForm,
    FormParty,
    paragraphs,
)

SONG = "STSong-Light"
MARGIN_MM, TOP_MM = 26, 24
BODY, SMALL, HEAD = 12, 9, 20  # points
PERSON_COLUMNS_MM = (28, 49, 27, 49)  # together the width of the text
HAND_COLUMNS_MM = (64, 40, 49)


def agreement_pdf(form: AgreementForm) -> bytes:
    """The paper. Several pages where the text needs them, each with number and page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate

    if SONG not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN_MM * mm,
        rightMargin=MARGIN_MM * mm,
        topMargin=TOP_MM * mm,
        bottomMargin=TOP_MM * mm,
        title=f"{TITLE} {form.number}",
        author="",
        invariant=1,  # the same version gives the same file
    )

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(SONG, SMALL)
        said = f"案号 {form.number}　第 {form.version} 稿　第 {page.page} 页"
        canvas.drawCentredString(A4[0] / 2, TOP_MM * mm / 2, said)

    document.build(_story(form), onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _story(form: AgreementForm) -> list[Any]:
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import KeepTogether, Paragraph, Spacer

    body = ParagraphStyle(
        "body", fontName=SONG, fontSize=BODY, leading=BODY * 1.75, wordWrap="CJK",
        firstLineIndent=BODY * 2,
    )  # fmt: skip
    plain = ParagraphStyle("plain", parent=body, firstLineIndent=0)
    head = ParagraphStyle("head", parent=plain, spaceBefore=8)
    title = ParagraphStyle("title", parent=plain, fontSize=HEAD, leading=32, alignment=TA_CENTER)
    right = ParagraphStyle("right", parent=plain, alignment=TA_RIGHT)

    def text(words: str, style: Any) -> Any:
        return Paragraph(escape(words), style)

    story: list[Any] = [
        text(TITLE, title),
        text(f"编号：{form.number}", right),
        Spacer(1, 4),
        *(KeepTogether([text(party.heading, head), _table(party)]) for party in form.parties),
    ]
    for heading, words in form.sections:
        story += [text(f"{heading}：", head), *(text(line, body) for line in paragraphs(words))]
    story += [text(AGREED, head), *(text(line, body) for line in paragraphs(form.terms))]
    story += [text("履行的方式、地点、期限：", head)]
    story += [text(line, body) for line in paragraphs(form.performance)]
    story += [Spacer(1, 6), text(form.closing, body), text(RIGHTS, body), Spacer(1, 14)]
    signing = [_signatures(form), Spacer(1, 14), text(SEAL, right), text(form.signed_on, right)]
    return [*story, KeepTogether(signing)]


def _table(party: FormParty) -> Any:
    """A party's fields, two by two; the wide ones take a whole line."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    pairs, wide = party.fields[:-WIDE], party.fields[-WIDE:]
    rows: list[list[Any]] = [
        [_cell(words) for field in pairs[start : start + 2] for words in field]
        for start in range(0, len(pairs), 2)
    ]
    spans = [("SPAN", (1, row), (3, row)) for row in range(len(rows), len(rows) + WIDE)]
    rows += [[_cell(name), _cell(value), "", ""] for name, value in wide]
    return Table(
        rows,
        colWidths=[width * mm for width in PERSON_COLUMNS_MM],
        style=TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                *spans,
            ]
        ),
    )


def _signatures(form: AgreementForm) -> Any:
    """A line for each who signs, with room for a hand and a fingerprint."""
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    named = {"mediator": form.mediator, "recorder": form.recorder}
    lines: list[Sequence[str]] = []
    for said, whose in SIGNATURES:
        if whose:
            lines.append((said, named[whose]))
        else:
            lines += [(said, party.name) for party in form.parties]
    rows = [[_cell(said), _cell(name), ""] for said, name in lines]
    return Table(
        rows,
        colWidths=[width * mm for width in HAND_COLUMNS_MM],
        rowHeights=[15 * mm] * len(rows),
        style=TableStyle(
            [("LINEBELOW", (2, 0), (2, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
        ),
    )


def _cell(words: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle("cell", fontName=SONG, fontSize=11, leading=16, wordWrap="CJK")
    return Paragraph(escape(words), style)
