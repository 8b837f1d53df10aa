"""Finds out what routes declare; an undeclared one does not start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from app.web.access import Access, Way


class RightsError(Exception):
    """A route declares neither a right nor that it is public; the text names it."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A route by method and path, and how it declares its visitors; None when it does not."""

    method: str
    path: str
    access: Access | None


def declared_routes(app: FastAPI) -> list[Declared]:
    """Every route of the application, mounted ones too, but for static files."""
    return list(_walk(app.routes, ""))


def check_routes(app: FastAPI) -> None:
    """Raise RightsError for the routes that do not say who may use them."""
    open_ones = [
        f"{route.method} {route.path}"
        for route in declared_routes(app)
        if route.access is None or (route.access.right is None and route.access.way in _WITH_RIGHT)
    ]
    if open_ones:
        raise RightsError(
            f"{', '.join(open_ones)}: say in the signature who may use it, by one of the names in "
            "app/web/access.py, such as `visitor: ViewTickets`, or `Public`"
        )


_WITH_RIGHT = (Way.session, Way.token)


def _walk(routes: Sequence[BaseRoute], prefix: str) -> Iterator[Declared]:
    for route in iter_route_contexts(routes):
        original = route.original_route
        path = prefix + (route.path or "")
        if isinstance(original, Mount):
            yield from _mounted(original, path)
        elif isinstance(original, APIWebSocketRoute):
            yield Declared("WEBSOCKET", path, _access(getattr(route, "dependant", None)))
        else:
            for method in sorted((route.methods or {"ANY"}) - {"HEAD"}):
                yield Declared(method, path, _access(getattr(route, "dependant", None)))


def _mounted(mount: Mount, path: str) -> Iterator[Declared]:
    if isinstance(mount.app, StaticFiles):
        return
    if mount.routes:
        yield from _walk(mount.routes, path)
    else:
        yield Declared("ANY", path, None)


def _access(dependant: Dependant | None) -> Access | None:
    """The strictest of what a route and its routers declare."""
    found = list(_declarations(dependant)) if dependant else []
    return min(found, key=lambda access: list(Way).index(access.way), default=None)


def _declarations(dependant: Dependant) -> Iterator[Access]:
    if isinstance(dependant.call, Access):
        yield dependant.call
    for further in dependant.dependencies:
        yield from _declarations(further)
