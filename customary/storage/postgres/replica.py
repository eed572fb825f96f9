"""A replica of the database as a storage that is only read. What a server needs of it can be missing at any time."""

import logging

from customary.errors import OperatorError
from customary.storage.postgres.connections import connect_later, name_of, probe
from customary.storage.postgres.database import PostgresStorage

log = logging.getLogger(__name__)


async def open_replica(url: str, size: int) -> PostgresStorage:
    """``size``: the most connections. One that is away is asked as if a pooler were in between: that works in any case.

    Raises nothing: the primary can answer everything.
    """
    try:
        pooled = await probe(url)
    except OperatorError as error:
        log.warning("the replica can't be reached", extra={"cause": error.message})
        pooled = True
    storage = PostgresStorage(connect_later(url, size, pooled), works_per_commit=1, has_marks=False)
    log.info("searches and lists may be read from a replica", extra={"replica": name_of(url)})
    return storage
