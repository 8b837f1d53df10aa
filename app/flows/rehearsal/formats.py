"""A report as text, as JSON, and as the XML that continuous integration reads (JUnit)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from app.flows.rehearsal.columns import padded, width_of
from app.flows.rehearsal.coverage import Coverage, FlowCoverage
from app.flows.rehearsal.judging import Difference
from app.flows.rehearsal.report import Report, Result
from app.flows.rehearsal.side_by_side import side_by_side

HEADINGS = ("flow", "nodes", "edges")
ENGINE_HEADING = "silence, 0, 9"


def text_lines(report: Report, width: int) -> Iterator[str]:
    """One line for each transcript, then each failure side by side, then how many there were."""
    for file, of_file in groupby(report.results, lambda result: result.scene.document.file):
        yield file
        for title, results in groupby(of_file, lambda result: result.scene.title):
            yield f"  {_line(title, list(results))}"
    for result in report.failures:
        yield ""
        yield side_by_side(result, width)
    yield ""
    yield counted(report)


def counted(report: Report) -> str:
    """How many calls went as written, did not, or were skipped, and how long they took."""
    failed, skipped = len(report.failures), len(report.skipped)
    seconds = sum(result.seconds for result in report.results)
    good = len(report.results) - failed - skipped
    others = [
        f"{count} {name}" for count, name in ((failed, "failed"), (skipped, "skipped")) if count
    ]
    return f"{', '.join([f'{good} as written', *others])}, in {_time(seconds)}."


def coverage_table(coverage: Coverage) -> list[str]:
    """A row for each flow and one for all: nodes, edges, the nodes heard in each language."""
    rows = [(*HEADINGS, *coverage.library.languages, ENGINE_HEADING)]
    rows += [_row(flow.flow, flow) for flow in coverage.flows()]
    rows.append(_row("all", coverage.total()))
    widths = [max(width_of(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]  # fmt: skip


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    told: dict[str, Any] = {"results": [_result(result) for result in report.results]}
    if report.coverage is not None:
        told["coverage"] = [_flow(flow) for flow in report.coverage.flows()]
    return told


def as_junit(report: Report) -> str:
    """The report as a JUnit test suite."""
    seconds = sum(result.seconds for result in report.results)
    suite = ElementTree.Element(
        "testsuite",
        name="hotline flows test",
        tests=str(len(report.results)),
        failures=str(len(report.failures)),
        skipped=str(len(report.skipped)),
        time=f"{seconds:.3f}",
    )
    for result in report.results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.scene.document.file,
            name=f"{result.scene.title} [{result.language}]",
            time=f"{result.seconds:.3f}",
        )
        if result.skipped:
            ElementTree.SubElement(case, "skipped", message=result.skipped)
        if result.failure:
            sentence = f"{result.place}: {result.failure.difference.sentence}"
            failure = ElementTree.SubElement(case, "failure", message=sentence)
            failure.text = side_by_side(result)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _line(title: str, results: Sequence[Result]) -> str:
    """`✓ title  zh-CN 0.4 ms, en-US ✗ 0.5 ms`; the mark of the whole is the worst."""
    marks = [_mark(result) for result in results]
    worst = next((mark for mark in "✗✓–" if mark in marks), "✓")
    told = [
        f"{result.language}{f' {mark}' if mark != worst else ''} {_why(result)}"
        for result, mark in zip(results, marks, strict=True)
    ]
    return f"{worst} {title}  {', '.join(told)}"


def _mark(result: Result) -> str:
    if result.skipped:
        return "–"
    return "✗" if result.failure else "✓"


def _why(result: Result) -> str:
    return f"({result.skipped})" if result.skipped else _time(result.seconds)


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1_000:.1f} ms"


def _row(name: str, flow: FlowCoverage) -> tuple[str, ...]:
    shares = (flow.nodes, flow.edges, *flow.languages.values(), flow.engine_ways)
    return (name, *(str(share) for share in shares))


def _result(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": result.scene.title,
        "language": result.language,
        "place": result.place,
        "outcome": "skipped" if result.skipped else "failed" if result.failure else "passed",
        "seconds": result.seconds,
    }
    if result.skipped:
        told["because"] = result.skipped
    if result.failure:
        told |= _difference(result.failure.difference) | {"did": result.failure.did}
    return told


def _difference(difference: Difference) -> dict[str, Any]:
    there = difference.happened or [one.text for one in difference.heard]
    return {
        "sentence": difference.sentence,
        "expected": difference.expected,
        "heard": list(there),
        "node": difference.node,
    }


def _flow(flow: FlowCoverage) -> dict[str, Any]:
    def share(one: Any) -> dict[str, int]:
        return {"covered": one.covered, "all": one.all}

    return {
        "flow": flow.flow,
        "nodes": share(flow.nodes),
        "edges": share(flow.edges),
        "languages": {tag: share(one) for tag, one in flow.languages.items()},
        "engine_ways": share(flow.engine_ways),
    }
