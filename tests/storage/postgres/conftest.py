"""Tests of what only PostgreSQL has: locks of a store, connections that are lost, a pooler in between."""

import pytest

from tests.postgres import PostgresForTests


@pytest.fixture
def url(postgres: PostgresForTests) -> str:
    """Where an empty database is."""
    return postgres.empty_database("storage")
