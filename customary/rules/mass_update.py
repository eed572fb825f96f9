"""What a body asks for that changes many customers at once, and what makes it unclear."""

from msgspec import UNSET, UnsetType

from customary.model.mass_update import SELECT_MODES, ManyCustomersBody, MassUpdate, MassUpdateBody
from customary.model.search import CustomerSearch
from customary.rules.problems import Problems, refusal, take_choice, take_number

Changes = dict[str, int | bool | None]


def read_mass_update(body: MassUpdateBody, search: CustomerSearch, problems: Problems) -> MassUpdate:
    """``search`` is that of the query, whose order and page play no part. Raises InvalidBody with every problem.

    ``problems`` are those that the body has already.
    """
    mode = take_choice(body.mode, "MassUpdate.mode", problems, SELECT_MODES, "")
    if not mode:
        problems.setdefault("MassUpdate.mode", "is absent")
    if mode == "SELECTED" and not isinstance(body.ids, tuple):
        problems.setdefault("MassUpdate.ids", "is absent")
    if mode == "ALL_FILTERED" and not search.is_filtered:
        problems["MassUpdate.mode"] = "is 'ALL_FILTERED', but the query has no filter: 'ALL' takes every customer"
    changes = _take_changes(body, problems)
    if problems:
        raise refusal(problems, MassUpdateBody)
    return MassUpdate(
        ids=tuple(dict.fromkeys(body.ids)) if mode == "SELECTED" and isinstance(body.ids, tuple) else None,
        search=search if mode == "ALL_FILTERED" else CustomerSearch(),
        changes=changes,
    )


def _take_changes(body: MassUpdateBody, problems: Problems) -> Changes | None:
    """None when the customers are to be deleted. It must be clear which of the two is meant."""
    changes = _changes(body.customer, problems) if body.customer else {}
    if body.delete is True and changes:
        problems["MassUpdate.delete"] = "must not be true when customer has something to change"
    if body.delete is not True and not changes and not any("customer" in path for path in problems):
        problems["MassUpdate.customer"] = "must have customerGroupId, taxExempt or acceptMarketing"
    return None if body.delete is True else changes


def _changes(customer: ManyCustomersBody | UnsetType, problems: Problems) -> Changes:
    """Null restores the untouched state, as in an update of one customer."""
    changes: Changes = {}
    if not customer:
        return changes
    if customer.customer_group_id is not UNSET:
        group_id = take_number(customer.customer_group_id, "MassUpdate.customer.customerGroupId", problems)
        changes["customer_group_id"] = group_id or 0
    if customer.tax_exempt is not UNSET:
        changes["tax_exempt"] = customer.tax_exempt or False
    if customer.accept_marketing is not UNSET:
        changes["accept_marketing"] = customer.accept_marketing
    return changes
