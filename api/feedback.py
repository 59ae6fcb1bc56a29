"""POST /v1/feedback and /v1/forget: what an asker says of an answer, and that all held on him be erased. Called by `api.app`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field

from api.error import documented, not_found
from api.limits import QuestionLimit
from api.session import CHANNEL, SESSION
from bot.people.store import WORDS_MAX, People


class Feedback(BaseModel):
    """đúng / chưa đúng, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$", description="The `id` of the answer")
    right: bool = Field(description="Whether the answer is right; a wrong one goes to a person")
    why: str = Field("", max_length=WORDS_MAX, description="In the asker's words; stored masked")


class Forgotten(BaseModel):
    """What was erased."""

    model_config = ConfigDict(frozen=True)

    turns: int = Field(description="Questions with their answers")


def feedback_routes(people: People, limit: QuestionLimit) -> APIRouter:
    """The routes; a message counts as a question against the asker's limit."""
    router = APIRouter(tags=["feedback"], dependencies=[Depends(limit)])

    @router.post(
        "/v1/feedback",
        summary="Say whether an answer is right",
        status_code=204,
        responses=documented(400, 401, 404, 408, 413, 422, 429),
    )
    def feedback(said: Feedback) -> None:
        if not people.feedback(said.id, said.right, said.why):
            raise not_found("Không còn lưu câu trả lời này nên không ghi nhận được góp ý.")

    @router.post(
        "/v1/forget",
        summary="Erase what is held on a session",
        description="Questions, answers and feedback of the session named by the header are erased at once.",
        responses=documented(401, 422, 429),
    )
    def forget(
        session: Annotated[
            str, Header(alias="X-CCHC-Session", pattern=SESSION, description="As sent with the questions")
        ],
    ) -> Forgotten:
        return Forgotten(turns=people.forget(people.asker(CHANNEL, session)))

    return router
