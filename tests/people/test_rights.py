"""Who may do what: the table of rights, scopes, and what visitors may where."""

import pytest
from app.people.access.rights import COUNTY_WIDE, FOR_SYSTEMS, RIGHTS, Right, Role
from app.people.access.scope import EVERYTHING, NOTHING, Scope
from app.people.access.visitor import PUBLIC, ForbiddenError, Grant, Kind, Visitor
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

# One line per right; the columns are the roles as they stand in `Role`.
TABLE = """
                    agent mediator supervisor ops auditor admin
account               x      x         x       x     x      x
tickets.view          x      x         x       -     x      x
tickets.work          x      x         x       -     -      -
tickets.assign        -      -         x       -     -      -
tickets.unseal        -      -         x       -     x      -
tickets.export        -      -         x       -     x      -
calls.view            x      x         x       x     x      x
calls.export          -      -         x       -     x      -
calls.live            x      x         x       x     x      x
calls.take            x      x         x       -     -      -
calls.supervise       -      -         x       -     -      -
recordings.listen     x      x         x       -     x      -
recordings.redact     -      -         x       -     -      -
recordings.hold       -      -         x       -     -      -
incidents.view        x      x         x       x     x      x
incidents.handle      x      x         x       -     -      -
incidents.drill       -      -         x       -     -      -
mediations.lead       -      x         x       -     -      -
disputes.view         -      x         x       -     x      -
disputes.export       -      -         x       -     x      -
hearings.view         -      x         x       -     x      -
hearings.lead         -      x         x       -     -      -
hearings.export       -      -         x       -     x      -
roster.view           x      x         x       x     x      x
roster.edit           -      -         x       x     -      x
departments.view      x      x         x       x     x      x
departments.edit      -      -         -       x     -      x
staff.view            -      -         x       -     x      x
staff.edit            -      -         -       -     -      x
audit.view            -      -         -       -     x      x
site.setup            -      -         -       -     -      x
bans.edit             -      -         -       x     -      x
api_tokens.edit       -      -         -       -     -      x
flows.view            -      -         x       x     x      x
flows.edit            -      -         -       x     -      -
flows.publish         -      -         -       x     -      x
flows.words           -      -         x       x     x      x
notices.switch        -      -         x       x     -      x
prompts.edit          -      -         -       x     -      x
outbound.view         -      -         x       x     x      x
"""

_HEAD, *_LINES = (line.split() for line in TABLE.strip().splitlines())
CELLS = [
    (Role(role), Right(line[0]), mark == "x")
    for line in _LINES
    for role, mark in zip(_HEAD, line[1:], strict=True)
]
CHANGING = {
    Right.tickets_work, Right.tickets_assign, Right.recordings_redact, Right.recordings_hold,
    Right.mediations_lead, Right.hearings_lead, Right.roster_edit, Right.departments_edit, Right.staff_edit,
    Right.site_setup, Right.bans_edit, Right.api_tokens_edit, Right.flows_edit,
    Right.flows_publish,
}  # fmt: skip


@pytest.mark.parametrize(("role", "right", "granted"), CELLS)
def test_each_role_has_the_rights_of_the_table(role: Role, right: Right, granted: bool) -> None:
    assert (right in RIGHTS[role]) is granted


def test_the_table_is_whole() -> None:
    assert {(role, right) for role, right, _ in CELLS} == {
        (role, right) for role in Role for right in Right
    }


def test_an_auditor_changes_nothing() -> None:
    assert not RIGHTS[Role.auditor] & CHANGING


def test_systems_neither_hear_callers_nor_manage_people() -> None:
    assert not FOR_SYSTEMS & {
        Right.account, Right.tickets_unseal, Right.recordings_listen, Right.staff_edit,
        Right.staff_view, Right.api_tokens_edit, Right.audit_view, Right.site_setup,
    }  # fmt: skip


def staff(*grants: Grant) -> Visitor:
    return Visitor(Kind.staff, 1, "Yang", grants=grants)


@pytest.mark.parametrize(
    ("grants", "department", "region", "allowed"),
    [
        ((), None, None, False),
        ((("*", "*"),), None, None, True),
        ((("*", "*"),), "agriculture", "town-a", True),
        ((("agriculture", "*"),), None, None, True),
        ((("agriculture", "*"),), "agriculture", "town-a", True),
        ((("agriculture", "*"),), "agriculture", None, True),
        ((("agriculture", "*"),), "housing", None, False),
        ((("agriculture", "*"),), "", None, False),
        ((("", ""),), "", "", True),
        ((("*", "town-a"),), "housing", "town-a", True),
        ((("*", "town-a"),), "housing", "town-b", False),
        ((("agriculture", "town-a"), ("housing", "town-b")), "housing", "town-a", False),
        ((("agriculture", "town-a"), ("housing", "town-b")), "housing", "town-b", True),
    ],
)
def test_a_right_is_had_within_a_scope(
    grants: tuple[tuple[str, str], ...], department: str | None, region: str | None, allowed: bool
) -> None:
    visitor = staff(*(Grant.of(Role.agent, *area) for area in grants))
    assert visitor.may(Right.tickets_view, department=department, region=region) is allowed
    assert not visitor.may(Right.staff_edit, department=department, region=region)
    if not allowed:
        with pytest.raises(ForbiddenError):
            visitor.insist(Right.tickets_view, department=department, region=region)


def test_a_role_in_one_department_lends_nothing_to_a_role_in_another() -> None:
    visitor = staff(Grant.of(Role.supervisor, "agriculture"), Grant.of(Role.agent, "housing"))
    assert visitor.may(Right.tickets_assign, department="agriculture")
    assert not visitor.may(Right.tickets_assign, department="housing")
    assert visitor.may(Right.tickets_view, department="housing")


@pytest.mark.parametrize("right", sorted(COUNTY_WIDE))
def test_what_concerns_the_whole_hotline_needs_a_grant_for_all_of_it(right: Right) -> None:
    everywhere, somewhere = (
        staff(*(Grant.of(role, *area) for role in Role)) for area in ((), ("agriculture",))
    )
    assert everywhere.may(right)
    assert not somewhere.may(right)
    assert somewhere.scope(right) == NOTHING


def test_the_public_may_nothing() -> None:
    assert not any(PUBLIC.may(right) for right in Right)


def test_visitors_are_named_in_events() -> None:
    assert [Visitor(kind, 7, "town").actor for kind in Kind] == [
        "staff:7", "api:town", "public", "cli:town",
    ]  # fmt: skip


ROWS = [("agriculture", "a"), ("agriculture", "b"), ("housing", "a"), ("", "")]


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (NOTHING, []),
        (EVERYTHING, ROWS),
        (Scope(frozenset({("agriculture", "*")})), ROWS[:2]),
        (Scope(frozenset({("*", "a")})), [ROWS[0], ROWS[2]]),
        (Scope(frozenset({("housing", "a"), ("agriculture", "b")})), ROWS[1:3]),
        (Scope(frozenset({("", "")})), ROWS[3:]),
        (Scope(frozenset({("'; --", "*")})), []),
    ],
)
def test_a_scope_narrows_a_query(scope: Scope, inside: list[tuple[str, str]]) -> None:
    table = Table("t", MetaData(), Column("department", String), Column("region", String))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"department": d, "region": r} for d, r in ROWS])
        condition = scope.condition(table.c.department, table.c.region)
        found = connection.execute(select(table).where(condition)).all()
    engine.dispose()
    assert [tuple(row) for row in found] == inside
    assert [row for row in ROWS if scope.covers(*row)] == inside


def test_only_a_grant_of_all_covers_all() -> None:
    scope = Scope(frozenset({("agriculture", "*")}))
    assert not scope.covers("*", "*")
    assert scope.covers("agriculture", "*")
    assert EVERYTHING.covers("*", "*")
