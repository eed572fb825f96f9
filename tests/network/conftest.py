"""The server of these tests."""

from collections.abc import Iterator

import pytest

from tests.network.echo import Serving, serving_echo


@pytest.fixture
def serving() -> Iterator[Serving]:
    with serving_echo() as running:
        yield running
