"""A customer search in the words of SQLite."""

from functools import partial

from customary.storage import search as shared
from customary.storage.search import Conditions, Dialect

__all__ = ["Conditions", "conditions", "order"]

SQLITE = Dialect(
    contains="instr({}, ?)",
    buyers="customer_key IN (SELECT (store_id << 32) + customer_id FROM purchase"
    " WHERE store_id = ? AND product_id IN ({}))",
)

conditions = partial(shared.conditions, dialect=SQLITE)
order = partial(shared.order, dialect=SQLITE)
