"""Many customers in one call, each made or changed, whichever it takes: the body and what becomes of it."""

from msgspec import UNSET, Raw, Struct, UnsetType

from customary.model.body import CustomerBody, Text
from customary.model.update import NOTHING, Dropped

BY_EMAIL, BY_REFERENCE = "email", "externalReferenceId"
UPSERT_KEYS = (BY_EMAIL, BY_REFERENCE)


class UpsertCustomerBody(CustomerBody, frozen=True, kw_only=True, rename="camel"):
    """A customer with the id that it has elsewhere."""

    external_reference_id: Text = UNSET


class UpsertBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """``items`` are customers, each decoded by itself so that a wrong one is wrong alone."""

    by: Text = UNSET
    items: tuple[Raw, ...] | None | UnsetType = UNSET


class Upserted(Struct, frozen=True, kw_only=True):
    """The customer that an item became."""

    id: int
    created: bool
    dropped: Dropped = NOTHING
