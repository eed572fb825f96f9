"""Customers who are made or changed, whichever it takes: what tells them apart, and how it is answered."""

from collections.abc import Sequence

from msgspec import UNSET, Raw, Struct
from msgspec.structs import replace

from customary.model.customer import Customer
from customary.model.upsert import BY_REFERENCE, UPSERT_KEYS, UpsertBody, UpsertCustomerBody
from customary.rules.answers import ErrorAnswer
from customary.rules.dropped import DroppedAnswer
from customary.rules.problems import Problems, check_length, refusal, take_choice, take_text

MOST_ITEMS = 500
REFERENCE = "Customer.externalReferenceId"


def read_upsert(body: UpsertBody, problems: Problems) -> tuple[str, tuple[Raw, ...]]:
    """What customers are told apart by, and the items. Raises InvalidBody with ``problems`` and all others."""
    by = take_choice(body.by, "Upsert.by", problems, UPSERT_KEYS, "")
    items = body.items or ()
    if not by:
        problems.setdefault("Upsert.by", "is absent")
    if not items:
        problems.setdefault("Upsert.items", "must have at least one element" if body.items == () else "is absent")
    check_length(items, "Upsert.items", problems, MOST_ITEMS)
    if problems:
        raise refusal(problems, UpsertBody)
    return by, items


def check_reference(body: UpsertCustomerBody, by: str, problems: Problems) -> None:
    """Adds what is wrong with the external reference id: customers that are told apart by it must have one."""
    take_text(body.external_reference_id, REFERENCE, problems)
    if by == BY_REFERENCE and not body.external_reference_id:
        problems.setdefault(REFERENCE, "is absent" if body.external_reference_id is UNSET else "must not be empty")


def with_reference(customer: Customer, body: UpsertCustomerBody) -> Customer:
    """The rule of an update does not know the field: there it is read-only."""
    if body.external_reference_id is UNSET:
        return customer
    return replace(customer, external_reference_id=body.external_reference_id or "")


class UpsertedAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``result`` is created, updated or failed; a failed one has an error in place of the id.

    ``dropped`` is there where the customer lost elements of its lists."""

    id: int | None = None
    result: str
    dropped: DroppedAnswer | None = None
    error: ErrorAnswer | None = None


class UpsertAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    create_count: int
    update_count: int
    error_count: int
    items: tuple[UpsertedAnswer, ...]


def answer_upsert(items: Sequence[UpsertedAnswer]) -> UpsertAnswer:
    results = [item.result for item in items]
    return UpsertAnswer(
        create_count=results.count("created"),
        update_count=results.count("updated"),
        error_count=results.count("failed"),
        items=tuple(items),
    )
