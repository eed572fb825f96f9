"""Every option of ``customary serve``: name, type, default and help in one place. Nothing else reads the environment.

Flags, ``CUSTOMARY_…`` variables and the file named by ``--config`` are read by the command line, which builds this.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from customary.errors import OperatorError

ENVIRONMENT_PREFIX = "CUSTOMARY_"
SMALLEST_HEADER_LIMIT = 8192  # the HTTP parser refuses to start with a smaller buffer


def _about(explanation: str, *, least: float | None = None) -> Mapping[str, Any]:
    """What a setting is for, and the smallest number that it takes."""
    return {"help": explanation, "least": least}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a server runs with. Raises OperatorError for a value that can't be used."""

    database: str = field(
        default="sqlite:///customary.db",
        metadata=_about(
            "Where the records are: sqlite:///relative/path.db, sqlite:////absolute/path.db or "
            "postgresql://user:password@host/name."
        ),
    )
    database_replica: str = field(
        default="",
        metadata=_about("With PostgreSQL: URL of a replica for searches and lists of clients that prefer it."),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_about("Address to listen on; 0.0.0.0 for every IPv4 address of the machine."),
    )
    port: int = field(default=8080, metadata=_about("Port to listen on; 0 takes a free one.", least=0))
    tls_certificate: Path | None = field(
        default=None,
        metadata=_about("PEM file with the certificate and its chain. With tls_key it turns HTTPS on."),
    )
    tls_key: Path | None = field(default=None, metadata=_about("PEM file with the private key of the certificate."))
    tls_self_signed: bool = field(
        default=False,
        metadata=_about("HTTPS with a certificate that customary makes and renews itself, see tls_directory."),
    )
    tls_names: str = field(
        default="",
        metadata=_about("With tls_self_signed: further names and addresses of the server, separated by commas."),
    )
    tls_directory: Path | None = field(
        default=None,
        metadata=_about("Where tls_self_signed keeps its files; customary-tls beside the database unless given."),
    )
    log_format: Literal["text", "json"] = field(
        default="json",
        metadata=_about("How a log line looks: text for people, json for one object a line."),
    )
    log_level: Literal["debug", "info", "warning", "error"] = field(
        default="info", metadata=_about("The least severe message that is logged.")
    )
    access_log: bool = field(
        default=True,
        metadata=_about("Log one line for each request: request id, method, kind of path, status, milliseconds."),
    )
    body_limit: int = field(
        default=1_048_576,
        metadata=_about("Largest request body in bytes; a larger one is answered with 413.", least=1),
    )
    body_timeout: float = field(
        default=10.0,
        metadata=_about("Seconds that a request body may take to arrive; then the answer is 408.", least=0.1),
    )
    header_timeout: float = field(
        default=10.0,
        metadata=_about("Seconds that the head of a request may take to arrive.", least=0.1),
    )
    header_limit: int = field(
        default=65_536,
        metadata=_about("Largest request line plus headers, in bytes.", least=SMALLEST_HEADER_LIMIT),
    )
    workers: int = field(
        default=1,
        metadata=_about(
            "Processes that answer requests, on one address and one database. Limits, threads, caches and connections "
            "are each worker's own.",
            least=1,
        ),
    )
    drain_timeout: float = field(
        default=8.0,
        metadata=_about("Seconds that requests in flight may take to finish after a stop signal.", least=0),
    )
    password_hash_concurrency: int = field(
        default=2,
        metadata=_about("Passwords hashed at the same time; each takes about 46 MiB of memory.", least=1),
    )
    password_hash_queue: int = field(
        default=100,
        metadata=_about("Passwords that may wait to be hashed; a further one is answered with 503.", least=0),
    )
    feed_readers: int = field(
        default=1000,
        metadata=_about("Readers that may wait for changes at the same time, a quarter of them of one store.", least=1),
    )
    history_days: int = field(
        default=0,
        metadata=_about("Days that the history goes back, 0 for ever; what was replaced before is forgotten.", least=0),
    )
    writes_per_commit: int = field(
        default=256, metadata=_about("Most changes that are committed to the disk together.", least=1)
    )
    cache_mib: int = field(
        default=64, metadata=_about("With SQLite: page cache of the database's write connection, in MiB.", least=1)
    )
    reader_threads: int = field(
        default=2, metadata=_about("With SQLite: threads that answer searches and other longer reads.", least=1)
    )
    database_connections: int = field(
        default=10, metadata=_about("With PostgreSQL: the most connections that a server has to it.", least=1)
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            least = each.metadata["least"]
            value = getattr(self, each.name)
            if least is not None and not value >= least:
                raise OperatorError(f"{each.name} is {value}, but the least it can be is {least}")
        if self.port > 65_535:
            raise OperatorError(f"port is {self.port}, but the most it can be is 65535")
        if self.database_replica and not (_is_postgres(self.database) and _is_postgres(self.database_replica)):
            raise OperatorError("database_replica is a PostgreSQL database, and so must database be")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise OperatorError("tls_certificate and tls_key go together: give both or neither")
        if self.tls_self_signed and self.tls_certificate:
            raise OperatorError("tls_self_signed and tls_certificate are two ways to the same: give one")
        if (self.tls_names or self.tls_directory) and not self.tls_self_signed:
            raise OperatorError("tls_names and tls_directory are of use with tls_self_signed only")


def environment_variable(setting: Field[Any]) -> str:
    return ENVIRONMENT_PREFIX + setting.name.upper()


def _is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))
