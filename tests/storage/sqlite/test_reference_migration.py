"""The step that makes external reference ids unique takes over those that customers have."""

import json
from pathlib import Path

import apsw

from customary.storage.sqlite.connection import migrate, open_writer
from customary.storage.sqlite.migrations.steps import STEPS
from customary.storage.sqlite.sql import SQL


def test_customers_who_are_there_already(path: Path) -> None:
    connection = apsw.Connection(str(path))
    (number,) = [number for number, step in enumerate(STEPS) if "CREATE TABLE customer_reference" in step]
    migrate(connection, STEPS[:number])
    texts = ("", "", "", "", "", "", "", "")
    for key, reference in ((1, "x"), (2, None), (3, "y"), (4, "x")):
        document = json.dumps({"id": key} | ({"externalReferenceId": reference} if reference else {}))
        identity = ((7 << 32) + key, 7, key, 0, f"{key}@example.com", "", 0)
        connection.execute(SQL["add_customer"], (*identity, *texts, 1, 0, "", None, 0, "b2c", "", "", document))
    connection.close()
    writer = open_writer(str(path), 1)
    found = writer.execute("SELECT * FROM customer_reference ORDER BY 2").fetchall()
    assert found == [(7, "x", 1), (7, "y", 3)]
    writer.close()
