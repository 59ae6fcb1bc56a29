"""POST /webhooks/telegram, /webhooks/zalo-oa, /webhooks/zalo-bot: events of the channels. Called by `api.app`.

The sender is proven on the raw body, the event put away for good, and 200 said; the answer is made afterwards.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError

from api.error import ApiError, documented, not_found, not_ready
from bot.channels.channel import Channel, Malformed, Webhook
from bot.channels.configured import NEEDED
from bot.channels.switchboard import Switchboard


def webhook_routes(channels: list[Channel], switchboard: Switchboard) -> APIRouter:
    """A route for every channel there is; one that is not among `channels` is not configured."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    configured = {channel.name: channel for channel in channels}
    for name in NEEDED:
        router.add_api_route(
            f"/{name}",
            _takes(configured.get(name), switchboard),
            methods=["POST"],
            operation_id=f"webhook-{name}",
            summary=f"Take events of {name}",
            description="For the channel's own server only: 404 while the channel is not configured, 401 without its "
            "signature. The reply goes out by itself.",
            responses=documented(400, 401, 404, 413, 503),
        )
    return router


def _takes(
    channel: Channel | None, switchboard: Switchboard
) -> Callable[[Request], Awaitable[dict[str, bool]]]:
    async def events(request: Request) -> dict[str, bool]:
        if channel is None or not isinstance(channel, Webhook):
            raise not_found("Kênh này chưa được cấu hình.")
        body = await request.body()
        if not channel.genuine(request.headers, body):
            raise ApiError(401, "bad_signature", "Thiếu chữ ký hoặc chữ ký không đúng.")
        try:
            for incoming in await channel.read(body):
                await switchboard.accept(channel, incoming)
        except Malformed:
            raise ApiError(400, "malformed", "Nội dung không phải sự kiện của kênh này.") from None
        except SQLAlchemyError as error:  # not taken: the channel delivers it once more
            raise not_ready("Chưa lưu được sự kiện, hãy gửi lại.") from error
        return {"ok": True}

    return events
