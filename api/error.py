"""The one shape of an error on the wire, its codes, and the Vietnamese sentences people read.

Every router raises `ApiError`; `install` turns it, and whatever else goes wrong, into that shape or, for a
browser, into a page. No stack trace leaves the server.
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

_log = logging.getLogger(__name__)

#: code -> sentence, by HTTP status.
_BY_STATUS = {
    400: ("bad_request", "Yêu cầu không hợp lệ."),
    404: (
        "not_found",
        "Không tìm thấy nội dung này. Văn bản có thể chưa được nạp hoặc đường dẫn đã thay đổi.",
    ),
    405: ("method_not_allowed", "Địa chỉ này không nhận kiểu yêu cầu đó."),
    408: ("too_slow", "Nội dung gửi lên quá chậm. Hãy kiểm tra đường truyền rồi gửi lại."),
    413: ("too_large", "Nội dung gửi lên quá lớn (tối đa 64 KB). Hãy rút ngắn câu hỏi."),
    500: ("internal", "Hệ thống gặp lỗi ngoài dự kiến. Vui lòng thử lại sau ít phút."),
}


class ErrorBody(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str = Field(description="Stable word a program can act on", examples=["not_found"])
    message: str = Field(description="Sentence for a person, in Vietnamese")


class ErrorShape(BaseModel):
    """What every error looks like."""

    model_config = ConfigDict(frozen=True)

    error: ErrorBody


class ApiError(Exception):
    """An error with its HTTP status, code, Vietnamese message and extra response headers."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def not_found(message: str) -> ApiError:
    return ApiError(404, "not_found", message)


def not_ready(problem: str) -> ApiError:
    """503: the desk cannot answer now; `problem` says why and what mends it."""
    return ApiError(503, "not_ready", problem, {"Retry-After": "30"})


def busy(wait_s: int) -> ApiError:
    """503: the line is `wait_s` long; who comes now is told so at once instead of waiting in vain."""
    headers = {"Retry-After": str(max(5, wait_s))}  # a crowd told to come back at once comes back as a crowd
    return ApiError(503, "busy", "Nhiều người đang hỏi cùng lúc. Hãy thử lại sau ít giây.", headers)


def misdirected() -> Response:
    """421: the request was meant for another host name; made before anything looks at the request."""
    return _shaped(
        421, "misdirected", "Máy chủ này không phục vụ tên miền đó. Hãy mở đúng địa chỉ của hệ thống."
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can end with these statuses, for OpenAPI."""
    words = {
        400: "The body is not what the sender should send",
        401: "The API key or the signature is missing or wrong",
        404: "Nothing is held under that id",
        408: "The body came too slowly",
        413: "The body is larger than 64 KB",
        422: "A parameter or the body cannot be used",
        429: "Too many questions in a minute",
        500: "Something unexpected went wrong",
        503: "The desk cannot answer now (no index, no documents, too many questions waiting)",
    }
    return {status: {"model": ErrorShape, "description": words[status]} for status in statuses}


def install(app: FastAPI, templates: Jinja2Templates, house_headers: Mapping[str, str]) -> None:
    """Make `app` answer every error in the one shape; `house_headers` go with what no middleware sees."""

    def respond(
        request: Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        if _is_page(request):
            context = {"status": status, "message": message}
            return templates.TemplateResponse(
                request, "error.html", context, status_code=status, headers=headers
            )
        return _shaped(status, code, message, headers)

    async def on_api_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return respond(request, error.status, error.code, error.message, error.headers)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code, message = _BY_STATUS.get(error.status_code, _BY_STATUS[400])
        return respond(request, error.status_code, code, message, error.headers)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(request, 422, "invalid", _invalid_message(error))

    async def on_crash(request: Request, error: Exception) -> Response:
        _log.error("Unexpected error on %s %s", request.method, request.url.path, exc_info=error)
        code, message = _BY_STATUS[500]
        # this answer is made outside the middleware that adds the headers
        return respond(request, 500, code, message, house_headers)

    app.add_exception_handler(ApiError, on_api_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_crash)


def _shaped(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = ErrorShape(error=ErrorBody(code=code, message=message))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def _is_page(request: Request) -> bool:
    wants_html = "text/html" in request.headers.get("accept", "")
    return wants_html and not request.url.path.startswith(("/v1/", "/health/"))


def _invalid_message(error: RequestValidationError) -> str:
    """One Vietnamese sentence a problem; names of fields, never their values."""
    lines = []
    for problem in error.errors():
        kind = problem["type"]
        where = ".".join(str(part) for part in problem["loc"][1:])
        if kind == "json_invalid":
            lines.append("Nội dung gửi lên không phải JSON hợp lệ.")
        elif not where:
            lines.append("Nội dung gửi lên phải là một đối tượng JSON (Content-Type: application/json).")
        elif kind == "missing":
            lines.append(f"Thiếu trường “{where}”.")
        elif kind == "extra_forbidden":
            lines.append(f"Không nhận trường “{where}”.")
        elif kind == "too_long":
            lines.append(f"Trường “{where}” có quá {problem['ctx']['max_length']} phần tử.")
        elif kind.startswith("date"):
            lines.append(f"Trường “{where}” phải là ngày có dạng NĂM-THÁNG-NGÀY, ví dụ 2026-01-31.")
        else:
            lines.append(f"Trường “{where}” có giá trị không hợp lệ.")
    return " ".join(lines)
