"""Takes the address that the server listens on, or says why it can't be had. What answers there is in network."""

import errno
import socket

from customary.errors import OperatorError


def listen(host: str, port: int) -> socket.socket:
    """The address taken; port 0 becomes a free one. Connections wait until a server takes them.

    Raises OperatorError.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise OperatorError(f"{host} is no address to listen on: {error.strerror}") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OperatorError(f"Port {port} of {host} is taken by another program; choose one with --port") from error
        raise OperatorError(f"Can't listen on port {port} of {host}: {error.strerror}") from error
