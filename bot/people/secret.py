"""Secrets that the desk makes for itself, once, in a file only it may read. Called by the asker and the outbox."""

import os
import secrets
from pathlib import Path

#: Bytes of a secret.
SIZE = 32


def secret_in(file: Path) -> bytes:
    """The secret in `file`; made where there is none. Processes that start at once get the same one.

    Raises `OSError` where it can be neither read nor written.
    """
    if not file.exists():
        _make(file)
    return bytes.fromhex(file.read_text("ascii").strip())


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # written beside and linked into place: who comes second finds the whole secret of the first
    own = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_hex(SIZE) + "\n")
            opened.flush()
            os.fsync(handle)
        try:
            os.link(own, file)
        except FileExistsError:
            return
    finally:
        own.unlink(missing_ok=True)
