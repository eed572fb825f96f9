"""Whether an address can be listened on, and keeping it for us. Not the listening itself.

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


def reserve_port(host: str, port: int) -> socket.socket:
    """Takes the address without listening on it: nobody else gets it, and 0 becomes a free port.

    Granian shares it. Close the socket when the server has stopped. Raises OperatorError.
    """
    if port:
        refuse_taken_port(host, port)
    reserved = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((host, port))
    except OSError as error:
        reserved.close()
        raise OperatorError(f"Can't listen on port {port} of {host}: {error.strerror}") from error
    return reserved
