"""GET /demo: the portal of a made-up commune with the widget in it, for those who want to see it first.

Called by `api.app`; the texts are its own and name no real agency.
"""

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates


def demo_routes(templates: Jinja2Templates, public_url: str) -> APIRouter:
    """The page; it shows the tag that embeds the widget from this very server."""
    router = APIRouter(include_in_schema=False)

    @router.get("/demo")
    def demo(request: Request) -> Response:
        context = {"server": public_url or str(request.base_url).rstrip("/")}
        return templates.TemplateResponse(request, "demo.html", context)

    return router
