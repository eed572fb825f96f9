"""A customer search in the words of PostgreSQL."""

from functools import partial

from customary.storage import search as shared
from customary.storage.search import Conditions, Dialect

__all__ = ["Conditions", "conditions", "order"]

POSTGRES = Dialect(
    contains="strpos({}, ?) > 0",
    buyers="id IN (SELECT customer_id FROM purchase WHERE store_id = ? AND product_id IN ({}))",
    empty_first=frozenset({"first_order", "last_order"}),
)

conditions = partial(shared.conditions, dialect=POSTGRES)
order = partial(shared.order, dialect=POSTGRES)
