"""Ports of this machine for tests that start a server in another process, or want none to be there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_port() -> Iterator[int]:
    """A port that nobody else is given while the block runs. Nobody listens there; the test's own server may.

    It stays bound without listening: connections are refused, the system hands it to no other program, and a server
    that sets SO_REUSEADDR, as all do here, still gets it. A port that was let go could be anybody's a moment later.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])
