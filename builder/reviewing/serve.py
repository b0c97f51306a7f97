"""The server on the loopback interface."""

import socket
from collections.abc import Callable

import uvicorn

from builder.reviewing.app import make_app
from builder.reviewing.desk import Desk
from builder.reviewing.guard import Guard
from qagen.errors import InputError

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket of the loopback interface that nobody else has.

    Args:
        port: its number; 0 takes a free one.

    Raises:
        InputError: where it is taken, or may not be had.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()  # now, so that whoever opens the address at once waits and is not turned away
    except (OSError, OverflowError) as error:
        made.close()
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot listen on port {port}: {why}", remedy="name another with --port, or leave it out"
        ) from None
    return made


def serve(desk: Desk, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted; `say` is told the address, with its token."""
    with listen(port) as held:
        own = held.getsockname()[1]
        guard = Guard(own)
        config = uvicorn.Config(
            make_app(desk, guard),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
        )
        say(f"http://{HOST}:{own}/?token={guard.token}")
        uvicorn.Server(config).run(sockets=[held])
