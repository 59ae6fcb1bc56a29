"""Where the server listens: takes the address before anything slow is opened. Called by `api.server`."""

import socket

#: Connections the system keeps until they are taken; a crowd that comes at once is more than the usual 128.
_BACKLOG = 2048


class AddressError(Exception):
    """The address cannot be listened on; the message says why and what to do, in Vietnamese."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `AddressError` when the port is taken or the address is not this machine's."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise AddressError(
            f"Không mở được {host}:{port} ({error.strerror or error}). Có thể cổng đang được chương trình khác "
            "dùng: hãy dừng chương trình đó hoặc chọn cổng khác bằng CCHC_PORT."
        ) from error
