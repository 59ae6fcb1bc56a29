"""The operator's pages under /operator: questions that wait for a person. Called by `api.app`.

Behind one password (`CCHC_OPERATOR_KEY`, HTTP Basic, any user name); without it these pages do not exist.
"""

import base64
import binascii
import hmac
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from api.error import ApiError, not_found
from bot.people.spreadsheet import as_csv, local
from bot.people.store import People
from settings import Settings

PAGE = "/operator/questions"
#: Kept by nobody on the way: what people asked is not public.
_PRIVATE = {"Cache-Control": "no-store"}


def operator_routes(people: People, settings: Settings, templates: Jinja2Templates) -> APIRouter:
    key = settings.operator_key.get_secret_value() if settings.operator_key else ""

    def allowed(request: Request) -> None:
        if not key:
            raise ApiError(404, "not_found", "Không tìm thấy trang này.")
        if not hmac.compare_digest(_password(request).encode(), key.encode()):
            ask = {"WWW-Authenticate": 'Basic realm="CCHC", charset="UTF-8"', **_PRIVATE}
            raise ApiError(401, "unauthorised", "Trang này dành cho người vận hành; cần mật khẩu.", ask)
        if request.method == "POST" and not _of_our_page(request):
            raise ApiError(403, "forbidden", "Yêu cầu này không đến từ trang của hệ thống.")

    router = APIRouter(include_in_schema=False, dependencies=[Depends(allowed)])
    templates.env.filters["moment"] = local

    @router.get(PAGE)
    def questions(
        request: Request,
        everything: Annotated[bool, Query(alias="all", description="Closed ones too")] = False,
    ) -> Response:
        context = {
            "place": "operator",
            "questions": people.questions(open_only=not everything),
            "all": everything,
        }
        return templates.TemplateResponse(request, "questions.html", context, headers=_PRIVATE)

    @router.get(f"{PAGE}.csv")
    def download(everything: Annotated[bool, Query(alias="all")] = False) -> Response:
        named = {"Content-Disposition": 'attachment; filename="cau-hoi.csv"'}
        text = as_csv(people.questions(open_only=not everything))
        return Response(text, media_type="text/csv; charset=utf-8", headers=named | _PRIVATE)

    @router.post(PAGE + "/{id}/close")
    def close(id: Annotated[int, Path(ge=1, lt=2**31)], note: Annotated[str, Depends(_note)]) -> Response:
        if not people.close_question(id, note):
            raise not_found("Không còn câu hỏi này.")
        return RedirectResponse(PAGE, 303, _PRIVATE)

    return router


async def _note(request: Request) -> str:
    """The note of the form that was sent."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    return "".join(form.get("note", [])[:1])


def _password(request: Request) -> str:
    """The password of the Authorization header; "" where there is none that can be read."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _of_our_page(request: Request) -> bool:
    """A browser sends the password along with forms of other sites too; it says where a form stood."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
