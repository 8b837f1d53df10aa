"""Routers put together."""

from fastapi import APIRouter
from fastapi.routing import APIRoute


def joined(*parts: APIRouter, in_schema: bool = True) -> APIRouter:
    """One router of several, in their order; without `in_schema` the API's description omits them.

    `include_router` would keep each part apart and ask one after the other for every request, and
    work out its routes anew. A part that includes others itself says so for them.
    """
    router = APIRouter()
    for part in parts:
        for route in part.routes:
            if isinstance(route, APIRoute):
                route.include_in_schema &= in_schema
        router.routes.extend(part.routes)
    return router
