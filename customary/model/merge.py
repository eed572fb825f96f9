"""Two customers that become one: the body that asks for it, and what comes of it."""

from msgspec import UNSET, Struct, field

from customary.model.body import Flag, Number
from customary.model.customer import Customer


class MergeBody(Struct, frozen=True, kw_only=True):
    """``source`` is the customer that goes; with ``preview`` it is only told what would happen."""

    source: Number = field(default=UNSET, name="from")
    preview: Flag = UNSET


class Merged(Struct, frozen=True, kw_only=True):
    """The customer that stays ``before`` and ``after``, the one that went, and how many orders moved."""

    before: Customer
    after: Customer
    source: Customer
    order_count: int
