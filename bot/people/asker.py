"""Who asks, without saying who: ids of channels become salted hashes before anything else sees them.

The salt lies beside the data, not in the database: a copy of the database alone cannot be tried against the
telephone numbers and ids there are.
"""

import hashlib
import hmac

#: Hexadecimal digits of a hash: 128 bits.
_DIGITS = 32


class Hasher:
    """Turns ids into hashes with one salt."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def asker(self, channel: str, id: str) -> str:
        """`telegram:9f86d0…`; without an id only `web:`, which is nobody."""
        return f"{channel}:{self.hashed('asker', channel, id) if id else ''}"

    def hashed(self, *parts: str) -> str:
        words = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._salt, words, hashlib.sha256).hexdigest()[:_DIGITS]


def channel_of(asker: str) -> str:
    return asker.partition(":")[0]


def is_nobody(asker: str) -> bool:
    """Whether it names no single asker: such turns are kept, but belong to no conversation."""
    return not asker.partition(":")[2]
