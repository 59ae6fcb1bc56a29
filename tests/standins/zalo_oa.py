"""A stand-in for Zalo's OpenAPI v3 and its OAuth server: errors come as HTTP 200 with `error` other than 0."""

import base64
import hashlib
import itertools
import json
import time
from typing import Any
from urllib.parse import parse_qsl

import httpx

from standins.server import Asked, StandIn, post

APP_ID = "4318657068771012646"
SECRET = "bi-mat-oa"
APP_SECRET = "bi-mat-ung-dung"


class ZaloOa(StandIn):
    """`access` is the one token that works, `refresh` the one that may be used; `spent` were used before."""

    def __init__(self) -> None:
        super().__init__()
        self.access, self.refresh = "access-0", "refresh-0"
        self.spent: set[str] = set()
        self.codes: dict[str, str] = {}  # authorisation code -> code_challenge
        self.failures: list[int] = []
        self._ids = itertools.count(1)

    def expire(self) -> None:
        """The access token is over; only a refresh brings the next."""
        with self.lock:
            self.access = f"access-of-nobody-{next(self._ids)}"

    def write(self, text: str, user: str = "z7", group: str = "", **message: Any) -> dict[str, Any]:
        """An event as in the documentation: a message of a user, in a group where one is given."""
        self.note("người dùng", text=text, user=user, chat=group or user)
        return {
            "event_name": "user_send_group_text" if group else "user_send_text",
            "app_id": APP_ID,
            "sender": {"id": user},
            "recipient": {"id": group or "oa-1"},
            "message": {"text": text, "msg_id": f"msg-{next(self._ids)}", **message},
            "timestamp": str(int(time.time() * 1000)),
        }

    @staticmethod
    def signature(body: bytes, timestamp: str, secret: str = SECRET) -> str:
        return hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + secret.encode()).hexdigest()

    def deliver(
        self, desk: str, event: dict[str, Any], prefix: str = "mac=", **signed: str
    ) -> httpx.Response:
        # spaces and an escape that a re-serialised body would not have: the signature is over these very bytes
        body = json.dumps(event, ensure_ascii=True, indent=1).encode()
        signature = prefix + self.signature(body, event["timestamp"], **signed)
        return post(f"{desk}/webhooks/zalo-oa", body, {"X-ZEvent-Signature": signature})

    def reply(self, asked: Asked) -> tuple[int, object, dict[str, str]]:
        if asked.path == "/v4/oa/access_token":
            return 200, self._token(asked), {}
        if asked.path in ("/v3.0/oa/message/cs", "/v3.0/oa/group/message"):
            return 200, self._message(asked), {}
        return 404, {"error": -1, "message": "not found"}, {}

    def _token(self, asked: Asked) -> dict[str, Any]:
        fields = dict(parse_qsl(asked.body.decode()))
        with self.lock:
            self.note("access_token", **fields)
            if asked.headers.get("secret_key") != APP_SECRET or fields.get("app_id") != APP_ID:
                return {"error": -14002, "error_name": "Invalid secret key"}
            if fields["grant_type"] == "authorization_code":
                challenge = self.codes.pop(fields["code"], "")
                digest = hashlib.sha256(fields["code_verifier"].encode()).digest()
                if not challenge or base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
                    return {"error": -14003, "error_name": "Invalid redirect uri or code"}
            else:
                used = fields["refresh_token"]
                if used in self.spent:
                    return {"error": -14020, "error_name": "Refresh token was used"}
                if used != self.refresh:
                    return {"error": -14014, "error_name": "Invalid refresh token"}
                self.spent.add(used)
            number = next(self._ids)
            self.access, self.refresh = f"access-{number}", f"refresh-{number}"
            return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def _message(self, asked: Asked) -> dict[str, Any]:
        fields = json.loads(asked.body)
        with self.lock:
            if asked.headers.get("access_token") != self.access:
                self.note("refused", error=-216, **fields)
                return {"error": -216, "message": "Access token has expired"}
            if self.failures:
                error = self.failures.pop(0)
                self.note("refused", error=error, **fields)
                return {"error": error, "message": "refused"}
            kind = "group_id" if asked.path.endswith("group/message") else "user_id"
            if list(fields["recipient"]) != [kind] or not 1 <= len(fields["message"]["text"]) <= 2000:
                return {"error": -201, "message": "Params is invalid"}
            self.note("message", to=fields["recipient"][kind], kind=kind, text=fields["message"]["text"])
            return {"error": 0, "message": "Success", "data": {"message_id": f"out-{next(self._ids)}"}}
