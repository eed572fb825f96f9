"""The numbered steps of the schema: each once, whole or not at all, and never on a newer database."""

from importlib import resources
from pathlib import Path

import apsw
import pytest

from customary.errors import DatabaseTooNew
from customary.storage.sqlite.connection import migrate, open_writer
from customary.storage.sqlite.migrations.steps import STEPS
from customary.storage.sqlite.sql import SQL

SCHEMA = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"


def schema(connection: apsw.Connection) -> list[object]:
    return [connection.pragma("user_version"), *connection.execute(SCHEMA).fetchall()]


def test_steps_are_numbered_without_a_gap() -> None:
    files = resources.files("customary.storage.sqlite.migrations").iterdir()
    numbers = sorted(int(file.name.partition("_")[0]) for file in files if file.name.endswith(".sql"))
    assert numbers == list(range(1, len(STEPS) + 1))


def test_an_empty_file_gets_every_step(path: Path) -> None:
    writer = open_writer(str(path), 1)
    tables = {name for kind, name, _ in writer.execute(SCHEMA) if kind == "table"}
    assert {"store", "token", "customer", "customer_group", "change"} <= tables
    assert writer.pragma("user_version") == len(STEPS)
    writer.close()


def test_a_second_time_changes_nothing(path: Path) -> None:
    open_writer(str(path), 1).close()
    before = path.read_bytes()
    writer = open_writer(str(path), 1)
    migrate(writer)
    assert writer.total_changes() == 0
    writer.close()
    assert path.read_bytes() == before


def test_a_newer_database_is_refused_and_untouched(path: Path) -> None:
    writer = open_writer(str(path), 1)
    writer.pragma("user_version", len(STEPS) + 1)
    writer.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match=f"has schema {len(STEPS) + 1}, this version of customary knows"):
        open_writer(str(path), 1)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_newer_database_that_has_no_log_yet_is_untouched(path: Path) -> None:
    """As a copy made with VACUUM INTO."""
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", len(STEPS) + 1)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew):
        open_writer(str(path), 1)
    assert path.read_bytes() == before


def test_a_step_that_fails_leaves_the_schema_before_it(path: Path) -> None:
    writer = open_writer(str(path), 1)
    writer.execute(SQL["add_store"], (1, "kept", "", "UTC", '["en"]', "en", 0, 0))
    before = schema(writer)
    good = "CREATE TABLE first (x); INSERT INTO first VALUES (1);"
    broken = "CREATE TABLE second (x); DELETE FROM store; DROP TABLE token; INSERT INTO second VALUES (nonsense);"
    with pytest.raises(apsw.SQLError):
        migrate(writer, (*STEPS, broken))
    assert not writer.in_transaction
    assert schema(writer) == before
    assert writer.execute("SELECT name FROM store").get == "kept"
    with pytest.raises(apsw.SQLError):
        migrate(writer, (*STEPS, good, broken))
    assert writer.pragma("user_version") == len(STEPS) + 1
    assert writer.execute("SELECT x FROM first").get == 1
    migrate(writer, (*STEPS, good, "CREATE TABLE second (x);"))
    assert writer.pragma("user_version") == len(STEPS) + 2
    assert writer.execute("SELECT count(*) FROM first").get == 1
    writer.close()
