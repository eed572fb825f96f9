"""What a server claims for itself before it answers: its address, an SQLite file for itself, its certificate."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from customary.listening import sockets_for
from customary.settings import Settings
from customary.sole_server import sole_server
from customary.storage import is_postgres, sqlite_path

TLS_DIRECTORY = "customary-tls"
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 -- compared, not bound


@dataclass(frozen=True, slots=True)
class Claim:
    """``sockets`` listen on the address, one for each worker. ``lock`` is the descriptor of the lock on an SQLite file.

    ``settings`` name the files of the certificate, also when they are customary's own; ``authority`` is then the file
    that clients must trust.
    """

    settings: Settings
    sockets: tuple[socket.socket, ...]
    base_url: str
    lock: int | None = None
    authority: Path | None = None


@contextmanager
def claim(settings: Settings) -> Iterator[Claim]:
    """For as long as the block lasts. Raises OperatorError when the address or the database can't be had."""
    with ExitStack() as stack:
        sockets = stack.enter_context(sockets_for(settings.workers, settings.host, settings.port))
        lock = None
        if (file := _database_file(settings)) is not None:  # on a PostgreSQL any number of servers work
            lock = stack.enter_context(sole_server(file))
        settings, authority = _with_certificate(settings)
        yield Claim(settings, sockets, _base_url(settings, sockets[0].getsockname()[1]), lock, authority)


def _database_file(settings: Settings) -> Path | None:
    """Of SQLite. Raises OperatorError where the setting names no database."""
    return None if is_postgres(settings.database) else Path(sqlite_path(settings.database))


def _with_certificate(settings: Settings) -> tuple[Settings, Path | None]:
    """The settings with the files of a certificate that customary keeps itself, when it is to. Raises OperatorError."""
    if not settings.tls_self_signed:
        return settings, None
    from customary.certificates import keep_certificate  # noqa: PLC0415 -- its library takes 40 ms to load

    file = _database_file(settings)
    directory = settings.tls_directory or (file.parent if file else Path()) / TLS_DIRECTORY
    names = settings.tls_names.split(",")
    if settings.host not in EVERY_ADDRESS:
        names.append(settings.host)
    kept = keep_certificate(directory.absolute(), names)
    settings = replace(settings, tls_self_signed=False, tls_names="", tls_directory=None)
    return replace(settings, tls_certificate=kept.certificate, tls_key=kept.key), kept.authority


def _base_url(settings: Settings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_certificate else 'http'}://{host}:{port}"
