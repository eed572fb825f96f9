"""Tests of what only PostgreSQL has: several servers, connections that are lost, a pooler in between."""

import asyncio
from collections.abc import Iterator

import pytest

from customary.storage import open_storage
from customary.storage.protocol import Storage
from tests.postgres import PostgresForTests
from tests.storage.records import OTHER, STORE, add_stores


@pytest.fixture
def url(postgres: PostgresForTests) -> str:
    """Where an empty database is."""
    return postgres.empty_database("storage")


@pytest.fixture
def servers(url: str, runner: asyncio.Runner) -> Iterator[tuple[Storage, Storage]]:
    """Two on one database that has two stores."""
    first = runner.run(open_storage(url, create=True))
    second = runner.run(open_storage(url))
    runner.run(add_stores(first, STORE, OTHER))
    yield first, second
    runner.run(first.close())
    runner.run(second.close())
