"""GET /health/live and /health/ready, for whatever watches the server. Called by `api.app`."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.desk import Desk
from api.error import documented, not_ready


class Health(BaseModel):
    status: Literal["ok"] = "ok"


def health_routes(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="Whether the process runs")
    async def live() -> Health:
        return Health()

    @router.get("/ready", summary="Whether questions can be answered", responses=documented(503))
    def ready() -> Health:
        problem = desk.problem()
        if problem is not None:
            raise not_ready(problem)
        return Health()

    return router
