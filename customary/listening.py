"""Takes the address that the server listens on, or says why it can't be had. What answers there is in network."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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
        raise _refused(host, port, error) from error


@contextmanager
def sockets_for(workers: int, host: str, port: int) -> Iterator[tuple[socket.socket, ...]]:
    """One for each worker, all on one address, closed in the end. The system deals connections out among them.

    They would not be spread by one socket that all listen on: who wakes first takes whatever waits there. Raises
    OperatorError, also where that can't be done.
    """
    with ExitStack() as stack:
        first = stack.enter_context(listen(host, port))
        sockets = [first]
        if workers > 1:
            family, address = first.family, first.getsockname()
            first.close()  # it has shown that nobody is there: several sockets would share the address even with others
            sockets = [stack.enter_context(_share(host, family, address)) for _ in range(workers)]
        yield tuple(sockets)


def _share(host: str, family: int, address: tuple[str, int]) -> socket.socket:
    try:
        return socket.create_server(address[:2], family=family, reuse_port=True)
    except ValueError as error:
        raise OperatorError("This system can't spread connections over several workers") from error
    except OSError as error:
        raise _refused(host, address[1], error) from error


def _refused(host: str, port: int, error: OSError) -> OperatorError:
    if error.errno == errno.EADDRINUSE:
        return OperatorError(f"Port {port} of {host} is taken by another program; choose one with --port")
    return OperatorError(f"Can't listen on port {port} of {host}: {error.strerror}")
