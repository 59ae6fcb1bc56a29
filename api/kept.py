"""GET /a/{id}: one kept answer in full, for those who got it shortened in Telegram or Zalo. Called by `api.app`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.templating import Jinja2Templates

from api.error import not_found
from bot.people.store import People


def kept_routes(people: People, templates: Jinja2Templates) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/a/{id}")
    def answer(request: Request, id: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,32}$")]) -> Response:
        kept = people.kept(id)
        if kept is None:
            raise not_found("Câu trả lời này không còn được lưu.")
        context = {
            "place": "",
            "question": kept.question,
            "answer": kept.answer,
            "paragraphs": kept.answer.text.split("\n\n"),
        }
        # whoever holds the link may read it; nobody should find it by searching
        return templates.TemplateResponse(request, "kept.html", context, headers={"X-Robots-Tag": "noindex"})

    return router
