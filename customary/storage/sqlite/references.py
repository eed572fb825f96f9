"""External reference ids in SQLite: which customer of a store has which, each of them one customer at most."""

from collections.abc import Callable

import apsw

from customary.errors import ReferenceAlreadyUsed
from customary.model.customer import Customer
from customary.storage.sqlite.sql import SQL

Execute = Callable[..., apsw.Cursor]


def check_reference(execute: Execute, store_id: int, customer: Customer) -> None:
    """Before anything of the customer is written. Raises ReferenceAlreadyUsed."""
    reference = customer.external_reference_id
    if reference and execute(SQL["get_holder_of_reference"], (store_id, reference)).get not in (None, customer.id):
        raise ReferenceAlreadyUsed(f"Customer with external reference id {reference} already exists")


def move_reference(execute: Execute, store_id: int, customer_id: int, before: str, after: str) -> None:
    """From one id to another; an empty one is none."""
    if before:
        execute(SQL["delete_reference"], (store_id, before, customer_id))
    if after:
        execute(SQL["add_reference"], (store_id, after, customer_id))
