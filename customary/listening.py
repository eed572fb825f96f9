"""Whether an address can be listened on. Not the listening itself.

Granian opens its socket with SO_REUSEPORT: a second server on the same port starts without a complaint and takes
half of the connections. Hence this question before the start.
"""

import errno
import socket

from customary.errors import OperatorError


def refuse_taken_port(host: str, port: int) -> None:
    """Raises OperatorError when something listens there already, or nothing can."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        socket.create_server(address[:2], family=family).close()
    except socket.gaierror as error:
        raise OperatorError(f"{host} is no address to listen on: {error.strerror}") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OperatorError(f"Port {port} of {host} is taken by another program; choose one with --port") from error
        raise OperatorError(f"Can't listen on port {port} of {host}: {error.strerror}") from error
