"""POST /v1/ask: one question in, one answer out, as JSON or as server-sent events. Called by `api.app`.

The desk works in the threads of the line before it, so a long answer never holds up the event loop.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.admission import Line
from api.desk import Desk
from api.error import ApiError, documented, not_ready
from api.limits import QuestionLimit
from api.session import Session, keep
from bot.answer import Answer, Question, Status
from bot.people.store import People

_STREAM_EXAMPLE = (
    'event: step\ndata: {"step": "search", "ms": 12.5}\n\n'
    'event: sentence\ndata: {"text": "Thời hạn là 05 ngày làm việc. [1]"}\n\n'
    'event: text\ndata: {"text": "Theo khoản 1 Điều 3 …"}\n\n'
    'event: answer\ndata: {"status": "answered", …}\n\n'
)
_QUESTION_EXAMPLE = {
    "question": "Thời hạn giải quyết thủ tục hành chính là bao lâu?",
    "history": [],
    "as_of": "2026-03-01",
}


class _AskerLeft(BaseException):
    """Raised into the desk's callbacks: nobody waits any more. Not an `Exception`, which would look like a
    failure of the desk."""


class _Turn:
    """One question on its way through the desk. Raises the 503 of a line that is too long."""

    def __init__(self, desk: Desk, people: People, line: Line, question: Question, session: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._left = threading.Event()
        self.events: asyncio.Queue[ServerSentEvent | None] = asyncio.Queue()  # ends with None

        def work() -> Answer:
            asked = (question.question, tuple(question.history), question.as_of)
            return keep(people, session, question, desk.ask(*asked, self._on_step, self._on_sentence))

        self.answer: asyncio.Future[Answer] = asyncio.wrap_future(line.enter(work))
        self.answer.add_done_callback(lambda _: self.events.put_nowait(None))

    def _on_step(self, step: str, ms: float) -> None:
        self._tell(_event("step", {"step": step, "ms": ms}))

    def _on_sentence(self, sentence: str) -> None:
        self._tell(_event("sentence", {"text": sentence}))

    def _tell(self, event: ServerSentEvent) -> None:
        if self._left.is_set():
            raise _AskerLeft
        self._loop.call_soon_threadsafe(self.events.put_nowait, event)

    def leave(self) -> None:
        """Nobody waits: a queued question is dropped, a running one stops at its next step."""
        self._left.set()
        self.answer.cancel()


def ask_routes(desk: Desk, people: People, line: Line, limit: QuestionLimit) -> APIRouter:
    """The routes; questions stand in `line`."""
    router = APIRouter(tags=["ask"])

    @router.post(
        "/v1/ask",
        summary="Ask a question",
        description="Answers from the documents held, with citations. With `Accept: text/event-stream` the "
        "reply is a stream: `step` events while the desk works; where a language model words the answer, a `sentence` "
        "event for each of its sentences as it is checked (a preview: it may be dropped again, `text` and `answer` hold); "
        "one `text` event for each paragraph of the "
        "verified answer (joined by an empty line they are its `text`), then one `answer` event with the whole "
        "answer. Every status but `error` is HTTP 200; an `error` is HTTP 500 with an answer as body.",
        response_model=Answer,
        responses={
            200: {
                "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _STREAM_EXAMPLE}}
            },
            500: {"model": Answer, "description": "The desk failed; the answer's status is `error`"},
            **documented(400, 401, 408, 413, 422, 429, 503),
        },
        openapi_extra={"requestBody": {"content": {"application/json": {"example": _QUESTION_EXAMPLE}}}},
    )
    async def ask(
        question: Question,
        request: Request,
        quota: Annotated[dict[str, str], Depends(limit)],
        accept: Annotated[str, Header()] = "application/json",
        session: Session = "",
    ) -> Response:
        for field, words in (("question", [question.question]), ("history", question.history)):
            if any(_is_broken(text) for text in words):
                raise ApiError(422, "invalid", f"Trường “{field}” có ký tự không hợp lệ.")
        line.look()  # before anything that takes a thread
        problem = await run_in_threadpool(desk.problem)
        if problem is not None:
            raise not_ready(problem)
        turn = _Turn(desk, people, line, question, session)
        if "text/event-stream" in accept:
            return EventSourceResponse(_events(turn), headers=quota)
        answer = await _unless_left(request, turn)
        if answer is None:
            return Response(status_code=499)  # nobody reads it
        status = 500 if answer.status is Status.ERROR else 200
        return Response(answer.model_dump_json(), status, quota, "application/json")

    return router


def _is_broken(text: str) -> bool:
    """Whether the text holds half a character (a lone surrogate), which JSON can spell and nothing can store."""
    return any("\ud800" <= char <= "\udfff" for char in text)


async def _unless_left(request: Request, turn: _Turn) -> Answer | None:
    """The answer, or None once the client has hung up."""
    hung_up = asyncio.ensure_future(_hang_up(request))
    both: set[asyncio.Future[Any]] = {turn.answer, hung_up}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not turn.answer.done():
            turn.leave()
            return None
        return turn.answer.result()
    finally:
        hung_up.cancel()


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _events(turn: _Turn) -> AsyncIterator[ServerSentEvent]:
    try:
        while (event := await turn.events.get()) is not None:
            yield event
        answer = await turn.answer
        for paragraph in answer.text.split("\n\n"):
            yield _event("text", {"text": paragraph})
        yield _event("answer", answer)
    finally:
        turn.leave()


def _event(name: str, data: dict[str, object] | BaseModel) -> ServerSentEvent:
    text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    return ServerSentEvent(text, event=name)
