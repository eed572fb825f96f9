"""What a body that changes many customers asks for, and what is refused."""

from typing import Any

import pytest
from msgspec import convert

from customary.errors import InvalidBody
from customary.model.mass_update import MassUpdate, MassUpdateBody
from customary.model.search import CustomerSearch
from customary.rules.mass_update import read_mass_update

ADA = CustomerSearch(keyword="ada", sort_by="EMAIL_ASC", offset=7)
EXEMPT = {"taxExempt": True}


def read(body: dict[str, Any], search: CustomerSearch = ADA) -> MassUpdate:
    return read_mass_update(convert(body, MassUpdateBody), search, {})


@pytest.mark.parametrize(
    ("body", "ids", "search"),
    [
        ({"mode": "SELECTED", "ids": [3, 1, 3, 2, 1]}, (3, 1, 2), CustomerSearch()),
        ({"mode": "SELECTED", "ids": []}, (), CustomerSearch()),
        ({"mode": "ALL_FILTERED", "ids": [1]}, None, ADA),
        ({"mode": "ALL", "ids": [1]}, None, CustomerSearch()),
        ({"mode": "ALL", "ids": None}, None, CustomerSearch()),
    ],
    ids=str,
)
def test_which_customers(body: dict[str, Any], ids: tuple[int, ...] | None, search: CustomerSearch) -> None:
    update = read({**body, "customer": EXEMPT})
    assert (update.ids, update.search) == (ids, search)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ({"customer": EXEMPT}, {"tax_exempt": True}),
        ({"customer": EXEMPT, "delete": False}, {"tax_exempt": True}),
        ({"customer": EXEMPT, "delete": None}, {"tax_exempt": True}),
        ({"customer": {"acceptMarketing": False, "name": "ignored"}}, {"accept_marketing": False}),
        ({"customer": {"customerGroupId": 5}}, {"customer_group_id": 5}),
        (
            {"customer": {"customerGroupId": None, "taxExempt": None, "acceptMarketing": None}},
            {"customer_group_id": 0, "tax_exempt": False, "accept_marketing": None},
        ),
        ({"delete": True}, None),
        ({"delete": True, "customer": None}, None),
        ({"delete": True, "customer": {}}, None),
    ],
    ids=str,
)
def test_what_is_done(body: dict[str, Any], changes: dict[str, Any] | None) -> None:
    assert read({"mode": "ALL", **body}).changes == changes


NOTHING = "must have customerGroupId, taxExempt or acceptMarketing"


@pytest.mark.parametrize(
    ("body", "search", "problems"),
    [
        ({"customer": EXEMPT}, ADA, {"mode": "is absent"}),
        ({"customer": EXEMPT, "mode": None}, ADA, {"mode": "is absent"}),
        (
            {"customer": EXEMPT, "mode": "all"},
            ADA,
            {"mode": "must be one of 'SELECTED', 'ALL_FILTERED', 'ALL'"},
        ),
        ({"customer": EXEMPT, "mode": "SELECTED"}, ADA, {"ids": "is absent"}),
        ({"customer": EXEMPT, "mode": "SELECTED", "ids": None}, ADA, {"ids": "is absent"}),
        *(
            (
                {"delete": True, "mode": "ALL_FILTERED"},
                search,
                {"mode": "is 'ALL_FILTERED', but the query has no filter: 'ALL' takes every customer"},
            )
            for search in (
                CustomerSearch(),
                CustomerSearch(sort_by="EMAIL_ASC", offset=1, limit=3, use_exact_email_match=True),
            )
        ),
        ({"mode": "ALL"}, ADA, {"customer": NOTHING}),
        ({"mode": "ALL", "customer": {}}, ADA, {"customer": NOTHING}),
        ({"mode": "ALL", "customer": {"email": "x"}, "delete": False}, ADA, {"customer": NOTHING}),
        (
            {"mode": "ALL", "customer": EXEMPT, "delete": True},
            ADA,
            {"delete": "must not be true when customer has something to change"},
        ),
        (
            {"mode": "ALL", "customer": {"customerGroupId": -1}},
            ADA,
            {"customer.customerGroupId": "must be from 0 to 2147483647"},
        ),
        ({}, ADA, {"mode": "is absent", "customer": NOTHING}),
    ],
    ids=str,
)
def test_refused(body: dict[str, Any], search: CustomerSearch, problems: dict[str, str]) -> None:
    with pytest.raises(InvalidBody) as refused:
        read(body, search)
    assert refused.value.problems == {f"MassUpdate.{path}": problem for path, problem in problems.items()}
