"""The ``--database`` option and the opened storage behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Annotated

from cyclopts import Parameter

from customary.settings import Settings, environment_variable
from customary.storage import open_storage
from customary.storage.protocol import Storage

_SETTING = next(each for each in fields(Settings) if each.name == "database")

DEFAULT = Settings().database
Database = Annotated[str, Parameter(help=_SETTING.metadata["help"], env_var=environment_variable(_SETTING))]


@asynccontextmanager
async def opened(database: str, *, create: bool = False) -> AsyncIterator[Storage]:
    """Raises OperatorError when the database can't be opened, or is missing and not to be created."""
    storage = await open_storage(database, create=create)
    try:
        yield storage
    finally:
        await storage.close()
