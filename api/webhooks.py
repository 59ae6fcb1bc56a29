"""POST /webhooks/telegram, /webhooks/zalo-oa, /webhooks/zalo-bot: events of the channels. Called by `api.app`.

The sender is proven on the raw body, the event put away for good, and 200 said; the answer is made afterwards.
"""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.error import ApiError, documented, not_found
from bot.channels.channel import Channel, Malformed, Webhook
from bot.channels.switchboard import Switchboard


def webhook_routes(channels: list[Channel], switchboard: Switchboard) -> APIRouter:
    """The routes; a channel that is not among `channels` is not configured."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    configured = {channel.name: channel for channel in channels}

    @router.post(
        "/{channel}",
        summary="Take events of a channel",
        description="For Telegram and Zalo only. 404 while the channel is not configured, 401 without their signature.",
        responses=documented(400, 401, 404, 413),
    )
    async def events(channel: str, request: Request) -> JSONResponse:
        adapter = configured.get(channel)
        if adapter is None or not isinstance(adapter, Webhook):
            raise not_found("Kênh này chưa được cấu hình.")
        body = await request.body()
        if not adapter.genuine(request.headers, body):
            raise ApiError(401, "bad_signature", "Thiếu chữ ký hoặc chữ ký không đúng.")
        try:
            incoming = await adapter.read(body)
        except Malformed:
            raise ApiError(400, "malformed", "Nội dung không phải sự kiện của kênh này.") from None
        for one in incoming:
            await switchboard.accept(adapter, one)
        return JSONResponse({"ok": True})

    return router
