"""The history of one customer: each of its changes with what was before and what was after it."""

from msgspec import Struct

from customary.model.change import Change
from customary.model.customer import Customer


class CustomerVersion(Struct, frozen=True, kw_only=True):
    """One change of a customer, and the customer ``before`` and ``after`` it: None where it was not there."""

    change: Change
    before: Customer | None
    after: Customer | None
