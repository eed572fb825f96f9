"""Storage tests are coroutines: each runs on an event loop of its own, the one that its storage was opened on."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop

from customary.storage import open_storage
from customary.storage.protocol import Storage
from tests.conftest import BACKENDS
from tests.postgres import PostgresForTests
from tests.storage.records import OTHER, STORE, add_stores


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    runner: asyncio.Runner = pyfuncitem.funcargs["runner"]
    runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is to be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/customary.db"
    postgres: PostgresForTests = request.getfixturevalue("postgres")
    return postgres.empty_database("storage")


@pytest.fixture
def storage(url: str, runner: asyncio.Runner) -> Iterator[Storage]:
    """An open storage without a store."""
    storage = runner.run(open_storage(url, create=True))
    yield storage
    runner.run(storage.close())


@pytest.fixture
def stores(storage: Storage, runner: asyncio.Runner) -> None:
    """Two stores that are there from the start."""
    runner.run(add_stores(storage, STORE, OTHER))


@pytest.fixture
def servers(url: str, runner: asyncio.Runner) -> Iterator[tuple[Storage, Storage]]:
    """Two on one database that has two stores."""
    first = runner.run(open_storage(url, create=True))
    second = runner.run(open_storage(url))
    runner.run(add_stores(first, STORE, OTHER))
    yield first, second
    runner.run(first.close())
    runner.run(second.close())
