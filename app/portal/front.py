"""`/`: what one can do here; and what becomes of what one tells us."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.flows.nodes.policy import PolicyNode
from app.portal.page import notices_on, show
from app.web.access import Public
from app.web.pages import language_of
from app.web.site import site_of

router = APIRouter()


@router.get("/")
def home(request: Request, _anybody: Public) -> Response:
    """The front page."""
    site, language = site_of(request), language_of(request)
    asked = next(
        (
            node.popular
            for node in site.library.current.nodes.values()
            if isinstance(node, PolicyNode)
        ),
        [],
    )
    popular = [site.shelf.read(key, language) for key in asked]
    return show(request, "home.html", popular=popular, notices=notices_on(request))


@router.get("/privacy")
def privacy(request: Request, _anybody: Public) -> Response:
    """What is kept, why, and whom to ask (personal information law)."""
    return show(request, "privacy.html")
