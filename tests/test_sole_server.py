"""One server for one database file."""

from pathlib import Path

import httpx
import pytest

from customary.errors import OperatorError
from customary.sole_server import sole_server
from customary.testing import server_in_thread


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "customers.db"
    with server_in_thread(database) as server:
        with pytest.raises(OperatorError, match="Another server works on"), server_in_thread(database):
            pass
        assert httpx.get(f"{server.base_url}/health/ready").status_code == 200
    with server_in_thread(database):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["customers.db"]


def test_a_lock_that_a_killed_server_left_is_taken_over(tmp_path: Path) -> None:
    database = tmp_path / "customers.db"
    (tmp_path / "customers.db-serving").touch()
    with sole_server(database), pytest.raises(OperatorError), sole_server(database):
        pass


def test_one_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no database"), sole_server(tmp_path / "customers.db"):
        raise OperatorError("no database")
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_file_can_be_made(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be made"), sole_server(tmp_path / "nowhere" / "customers.db"):
        pass
