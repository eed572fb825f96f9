"""JSON in rows: written in the order of its struct, as customary writes it, and brought into one form to compare it.

PostgreSQL keeps JSON by value: it sorts the keys, and 1e2 becomes 100.
"""

from decimal import Decimal
from typing import Any

from msgspec import DecodeError, Struct, ValidationError, json

from customary.model.customer import Customer
from customary.model.extrafield import Extrafield
from customary.model.order import Order
from customary.model.store import Group, Store

STATES: dict[str, type[Struct]] = {"customer": Customer, "group": Group, "extrafield": Extrafield, "store": Store}
"""What ``before`` of a change holds, by its entity."""


def _exact(number: str) -> int | str:
    value = Decimal(number)
    return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"


_values = json.Decoder(float_hook=_exact)
_sorted = json.Encoder(order="sorted")
_as_declared = json.Encoder()
_decoders = {kind: json.Decoder(kind) for kind in (Customer, Order, *STATES.values())}


def one_form(document: str) -> bytes:
    """Equal for documents of the same value."""
    return _sorted.encode(_values.decode(document))


def as_written(document: str, table: str, entity: str | None) -> str:
    """The document as customary writes it; where that would change its value, as it is but for white space."""
    kind = _kind(table, entity)
    if kind is not None:
        try:
            written = _as_declared.encode(_decoders[kind].decode(document)).decode()
        except (DecodeError, ValidationError):
            written = ""
        if written and one_form(written) == one_form(document):
            return written
    return json.format(document, indent=-1)


def _kind(table: str, entity: Any) -> type[Struct] | None:
    match table:
        case "customer":
            return Customer
        case "recorded_order":
            return Order
        case "change":
            return STATES.get(entity)
        case _:
            return None
