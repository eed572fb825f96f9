"""What every test may ask for: a real server over a socket, and a store of its own on it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from customary.testing import ServerInThread, server_in_thread
from tests import postgres as postgres_for_tests
from tests.api.shop import Shop
from tests.postgres import PostgresForTests, running_postgres

BACKENDS = ("sqlite", "postgres")
STORE_IDS = count(1001)

settings.register_profile("the same every time", derandomize=True)
settings.load_profile("the same every time")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The way of the test with the model of the contract, and a PostgreSQL other than that of the wheel."""
    parser.addoption("--walk-steps", type=int, default=2000)
    parser.addoption("--walk-seed", type=int, default=1)
    parser.addoption("--postgres-programs", type=Path, help="a directory, such as /usr/lib/postgresql/15/bin")


def pytest_configure(config: pytest.Config) -> None:
    postgres_for_tests.programs = config.getoption("--postgres-programs")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresForTests]:
    """A PostgreSQL of this test process, started when the first test asks for it."""
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture(scope="session", params=BACKENDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerInThread]:
    if request.param == "sqlite":
        database: Path | str = tmp_path_factory.mktemp("server") / "customary.db"
    else:
        postgres: PostgresForTests = request.getfixturevalue("postgres")
        database = postgres.new_database("server")
    with server_in_thread(database) as server:
        yield server


@pytest.fixture(scope="session")
def client(server: ServerInThread) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, timeout=30) as client:
        yield client


@pytest.fixture
def shop(server: ServerInThread, client: httpx.Client) -> Shop:
    return Shop(server, client, next(STORE_IDS))


@pytest.fixture
def other_shop(server: ServerInThread, client: httpx.Client) -> Shop:
    return Shop(server, client, next(STORE_IDS))
