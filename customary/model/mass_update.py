"""A change of many customers at once: the body that asks for it, and which customers it is about."""

from msgspec import UNSET, Struct, UnsetType

from customary.model.body import Flag, Integer, Number, Text
from customary.model.search import CustomerSearch

SELECT_MODES = ("SELECTED", "ALL_FILTERED", "ALL")


class ManyCustomersBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is to be the same for all of them."""

    customer_group_id: Number = UNSET
    tax_exempt: Flag = UNSET
    accept_marketing: Flag = UNSET


class MassUpdateBody(Struct, frozen=True, kw_only=True, rename="camel"):
    ids: tuple[Integer, ...] | None | UnsetType = UNSET
    mode: Text = UNSET
    delete: Flag = UNSET
    customer: ManyCustomersBody | None | UnsetType = UNSET


class MassUpdate(Struct, frozen=True, kw_only=True):
    """``ids`` are those of the customers, each once; None stands for all that the search finds.

    ``changes`` are values of a customer by attribute; None stands for deleting.
    """

    ids: tuple[int, ...] | None
    search: CustomerSearch
    changes: dict[str, int | bool | None] | None
