"""Messages on their way to a channel. They survive a crash: what was not confirmed as delivered is sent again.

Addresses and words are encrypted, and erased with the delivery or after a day. Called by `bot.people.store`.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.people.kept import moment
from bot.people.tables import OutboxRow

#: Seconds after which an address is erased, delivered or not.
ADDRESS_S = 24 * 3600
#: Seconds for which who fetched a message has it for himself; a killed sender's messages come up again after it.
LEASE_S = 60
#: Messages fetched at once.
_BATCH = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to send now. Whoever has it confirms with `delivered` or `failed`, or it comes again."""

    id: int
    channel: str
    address: str
    payload: Any  # as it was posted: what JSON can hold
    attempts: int  # this one included
    posted_at: datetime  # UTC


class Sealer:
    """Encrypts and opens what lies in the outbox."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key).digest()))

    def sealed(self, value: Any) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def opened(self, data: bytes) -> Any:
        """Raises `InvalidToken` for what another key closed."""
        return json.loads(self._fernet.decrypt(data))


def posted(session: Session, channel: str, event: str) -> int | None:
    """The message that answers an event already."""
    query = select(OutboxRow.id).where(OutboxRow.channel == channel, OutboxRow.event == event)
    return session.scalars(query).one_or_none()


def due(session: Session, sealer: Sealer, channel: str, now: float) -> list[Delivery]:
    """Takes the messages that are to be sent now, oldest first; other senders do not get them for `LEASE_S`."""
    expire(session, now)
    waiting = (OutboxRow.channel == channel, OutboxRow.address.is_not(None), OutboxRow.due_at <= now)
    query = select(OutboxRow).where(*waiting).order_by(OutboxRow.id).limit(_BATCH)
    taken = []
    for row in session.scalars(query.with_for_update(skip_locked=True)):
        assert row.address is not None and row.payload is not None
        try:
            address, payload = sealer.opened(row.address), sealer.opened(row.payload)
        except InvalidToken:
            close(row, "khóa CCHC_OUTBOX_KEY đã đổi, không đọc được địa chỉ")
            continue
        row.due_at, row.attempts = now + LEASE_S, row.attempts + 1
        taken.append(Delivery(row.id, channel, address, payload, row.attempts, moment(row.posted_at)))
    return taken


def expire(session: Session, now: float) -> int:
    """Erases the addresses older than a day; gives their number."""
    old = (OutboxRow.address.is_not(None), OutboxRow.posted_at <= now - ADDRESS_S)
    erased = {"address": None, "payload": None, "reason": "quá 24 giờ chưa gửi được"}
    return _count(session, update(OutboxRow).where(*old).values(erased).returning(OutboxRow.id))


def close(row: OutboxRow, reason: str = "") -> None:
    """The message is done with, delivered or given up (`reason`): where it went and what it said are erased."""
    row.address = row.payload = None
    row.reason = reason


def _count(session: Session, statement: Any) -> int:
    ids: Sequence[int] = session.scalars(statement).all()
    return len(ids)
