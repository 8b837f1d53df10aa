"""`hotline staff` and `hotline audit`, for whoever has a shell on the machine; all is audited."""

import getpass
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.clock import SystemClock
from app.commands.database import opened
from app.people.access.rights import Role
from app.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.people.access.visitor import Visitor
    from app.people.audit.queries import Head
    from app.people.staff.queries import Person

staff = typer.Typer(help="Add, list and reset the people of the hotline.", no_args_is_help=True)
audit = typer.Typer(help="Check the record of who did what.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="The login, such as yang.xl.")]
ARole = Annotated[Role, typer.Option(help="What they are to the hotline.")]
Department = Annotated[str, typer.Option(help="Department key; * for all, empty for the desk.")]
Region = Annotated[str, typer.Option(help="Region; * for all.")]


@staff.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Their name, as others read it.")],
    role: ARole = Role.agent,
    department: Department = "*",
    region: Region = "*",
    phone: Annotated[str, typer.Option(help="Telephone, such as +8613800138000.")] = "",
    language: Annotated[str, typer.Option(help="zh-CN or en-US.")] = "zh-CN",
) -> None:
    """Add somebody and print a one-time password, good for seven days."""
    from app.people.staff import service

    password, hashed = _fresh_password()
    with _changing(department) as (connection, by):
        profile, at = service.Profile(name, language, phone), _now()
        staff_id = service.add_staff(connection, login, profile, hashed, by=by, at=at)
        person = service.reread(connection, staff_id)
        service.give_grant(connection, person, role, department, region, by=by, at=at)
    typer.echo(f"{person.login} is added as {role}. One-time password: {password}")


@staff.command("reset")
def reset(
    login: Login,
    totp: Annotated[bool, typer.Option(help="Also remove two-step sign-in.")] = False,
) -> None:
    """Print a one-time password for somebody, and sign them out everywhere."""
    from app.people.staff import service

    password, hashed = _fresh_password()
    with _changing() as (connection, by):
        person = _person(connection, login)
        service.reset_password(connection, person, hashed, and_totp=totp, by=by, at=_now())
    typer.echo(f"One-time password of {person.login}: {password}")


@staff.command("list")
def list_people() -> None:
    """List everybody: login, name, roles and where, whether active."""
    from app.people.staff.queries import all_people

    with opened() as database, database.reading() as connection:
        for person in all_people(connection):
            grants = ", ".join(
                f"{grant.role}@{grant.department or 'desk'}/{grant.region}"
                for grant in person.grants
            )
            state = "active" if person.active else "closed"
            typer.echo(f"{person.login}\t{person.name}\t{state}\t{grants or '-'}")


@staff.command("grant")
def grant(login: Login, role: ARole, department: Department = "*", region: Region = "*") -> None:
    """Grant a role."""
    from app.people.staff import service

    with _changing(department) as (connection, by):
        person = _person(connection, login)
        given = service.give_grant(connection, person, role, department, region, by=by, at=_now())
    typer.echo(f"{person.login} {'is' if given else 'was already'} granted {role}.")


@staff.command("revoke")
def revoke(login: Login, role: ARole, department: Department = "*", region: Region = "*") -> None:
    """Take a role away."""
    from app.people.staff import service

    with _changing() as (connection, by):
        person = _person(connection, login)
        taken = service.take_grant(connection, person, role, department, region, by=by, at=_now())
    if not taken:
        sys.exit(f"hotline: {login} does not have this role there; see `hotline staff list`.")
    typer.echo(f"{person.login} is no longer {role} there.")


@staff.command("deactivate")
def deactivate(login: Login) -> None:
    """Let somebody in no more; what they did stays theirs."""
    from app.people.staff import service

    with _changing() as (connection, by):
        person = _person(connection, login)
        service.deactivate(connection, person, by=by, at=_now())
    typer.echo(f"{person.login} is closed and signed out everywhere.")


@staff.command("reactivate")
def reactivate(login: Login) -> None:
    """Let somebody in again."""
    from app.people.staff import service

    with _changing() as (connection, by):
        person = _person(connection, login)
        service.reactivate(connection, person, by=by, at=_now())
    typer.echo(f"{person.login} is active again.")


@audit.command("verify")
def verify(
    noted: Annotated[
        str, typer.Option(help="A fingerprint `number:hash` noted earlier, to compare with.")
    ] = "",
) -> None:
    """Follow the whole chain; fail with the first entry that was changed or is missing."""
    from app.people.audit import queries

    with opened() as database, database.reading() as connection:
        broken = queries.verify(connection, _head(noted) if noted else None)
        head = queries.head(connection)
    if broken:
        sys.exit(f"hotline: the audit is broken at entry {broken.id}: {broken.why}.")
    typer.echo(f"The audit is whole: {head.id} entries.")
    typer.echo(f"Its fingerprint, worth noting elsewhere: {head.id}:{head.hash}")


def _head(noted: str) -> "Head":
    from app.people.audit.queries import Head

    number, _, hashed = noted.partition(":")
    if not number.isdigit() or len(hashed) != 64:
        sys.exit("hotline: --noted takes a fingerprint as `hotline audit verify` prints it.")
    return Head(int(number), hashed)


@contextmanager
def _changing(*departments: str) -> "Iterator[tuple[Connection, Visitor]]":
    """A transaction by whoever has the shell; what is wrong is told in one sentence."""
    from app.people.access.visitor import Grant, Kind, Visitor
    from app.people.staff.errors import StaffError
    from app.web.words import ENGLISH, all_words

    by = Visitor(Kind.operator, name=getpass.getuser(), grants=(Grant.of(Role.admin),))
    with opened() as database:
        for department in departments:
            _insist_on_department(department)
        try:
            with database.writing() as connection:
                yield connection, by
        except StaffError as error:
            sys.exit(f"hotline: {all_words().say(f'people.error.{error.code}', ENGLISH)}")


def _settings() -> Settings:
    from app.demo import settings_or_demo

    return settings_or_demo()


def _insist_on_department(department: str) -> None:
    from app.flows.compiler import compile_folder
    from app.policies.shelf import load_shelf

    if department in ("*", ""):
        return
    folder = _settings().flows_dir
    known = compile_folder(folder, load_shelf(folder / "policies")).directory.departments
    if department not in known:
        sys.exit(f"hotline: there is no department {department}; there are {', '.join(known)}.")


def _fresh_password() -> tuple[str, str]:
    from app.people.credentials.passwords import hash_password, one_time_password

    password = one_time_password(secrets.randbelow)
    return password, hash_password(password)


def _person(connection: "Connection", login: str) -> "Person":
    from app.people.staff.queries import find_by_login
    from app.people.staff.service import reread

    found = find_by_login(connection, login)
    if found is None:
        sys.exit(f"hotline: nobody has the login {login}; see `hotline staff list`.")
    return reread(connection, found.id)


def _now() -> datetime:
    return SystemClock().now()
