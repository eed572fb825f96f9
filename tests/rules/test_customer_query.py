"""Every filter of a customer search, from its parameter to its field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.errors import WrongParameter
from customary.model.search import SORT_ORDERS, CustomerSearch
from customary.rules.customer_query import parse_customer_search

AT = 1717535710


@pytest.mark.parametrize(
    ("query", "search"),
    [
        ({}, CustomerSearch()),
        ({"unknown": "x", "name": "", "limit": ""}, CustomerSearch()),
        ({"keyword": "jo"}, CustomerSearch(keyword="jo")),
        ({"name": "Jo Smith"}, CustomerSearch(name="Jo Smith")),
        ({"email": "jo@", "useExactEmailMatch": "yes"}, CustomerSearch(email="jo@", use_exact_email_match=True)),
        ({"phone": "+39 06"}, CustomerSearch(phone="+39 06")),
        ({"city": "Rome"}, CustomerSearch(city="Rome")),
        ({"postalCode": "00100"}, CustomerSearch(postal_code="00100")),
        ({"stateOrProvinceCode": "NY"}, CustomerSearch(state_or_province_code="NY")),
        ({"countryCodes": "us, GE"}, CustomerSearch(country_codes=("US", "GE"))),
        ({"countryCodes": "us,USA,\u00df,U\nS,US"}, CustomerSearch(country_codes=("US",))),
        ({"countryCodes": "USA,x"}, CustomerSearch(country_codes=("ZZ",))),
        ({"countryCodes": " , "}, CustomerSearch()),
        ({"companyName": "Acme"}, CustomerSearch(company_name="Acme")),
        ({"acceptMarketing": "false"}, CustomerSearch(accept_marketing=False)),
        ({"lang": "en"}, CustomerSearch(lang="en")),
        ({"customerGroup": "0"}, CustomerSearch(customer_group_ids=(0,))),
        ({"customerGroupIds": "5,0"}, CustomerSearch(customer_group_ids=(5, 0))),
        ({"customerGroup": "7", "customerGroupIds": "5,7"}, CustomerSearch(customer_group_ids=(7,))),
        ({"customerGroup": "7", "customerGroupIds": "5"}, CustomerSearch(customer_group_ids=())),
        ({"customerGroupIds": ","}, CustomerSearch()),
        ({"minOrderCount": "1", "maxOrderCount": "9"}, CustomerSearch(min_order_count=1, max_order_count=9)),
        ({"minSalesValue": "0.5", "maxSalesValue": "9"}, CustomerSearch(min_sales_value=0.5, max_sales_value=9)),
        ({"purchasedProductIds": "3,4"}, CustomerSearch(purchased_product_ids=(3, 4))),
        ({"b2b_b2c": "b2b"}, CustomerSearch(b2b_b2c="b2b")),
        ({"taxExempt": "1"}, CustomerSearch(tax_exempt=True)),
        ({"fiscalCode": "RSS"}, CustomerSearch(fiscal_code="RSS")),
        ({"electronicInvoicePecEmail": "p@"}, CustomerSearch(electronic_invoice_pec_email="p@")),
        ({"electronicInvoiceSdiCode": "M5"}, CustomerSearch(electronic_invoice_sdi_code="M5")),
        ({"createdFrom": str(AT), "createdTo": "2024-06-04"}, CustomerSearch(created_from=AT, created_to=1717459200)),
        ({"updatedFrom": "0", "updatedTo": str(AT)}, CustomerSearch(updated_from=0, updated_to=AT)),
        ({"sortBy": "SALES_VALUE_DESC"}, CustomerSearch(sort_by="SALES_VALUE_DESC")),
        ({"sortBy": "updated_date_asc"}, CustomerSearch(sort_by="UPDATED_DATE_ASC")),
        ({"offset": "200", "limit": "50"}, CustomerSearch(offset=200, limit=50)),
        ({"limit": "1000"}, CustomerSearch(limit=100)),
        ({"usePrecalculatedOrderCount": "true", "checkOnlyCustomerId": "no"}, CustomerSearch()),
    ],
)
def test_parses(query: dict[str, str], search: CustomerSearch) -> None:
    assert parse_customer_search(query) == search


NUMBER = "not a number or a number out of range"
BOOLEAN = "expected one of 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0'"
SORT_BY = "expected one of " + ", ".join(f"'{order}'" for order in SORT_ORDERS)
DATE = "expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("limit", "0", NUMBER),
        ("limit", "\u0661", NUMBER),
        ("offset", "-1", NUMBER),
        ("customerGroup", "-1", NUMBER),
        ("customerGroup", "1,2", NUMBER),
        ("customerGroupIds", "1,x", NUMBER),
        ("purchasedProductIds", "4294967296", NUMBER),
        ("minOrderCount", "1.5", NUMBER),
        ("maxOrderCount", "-1", NUMBER),
        ("minSalesValue", "NaN", NUMBER),
        ("maxSalesValue", "1e9", NUMBER),
        ("taxExempt", "maybe", BOOLEAN),
        ("acceptMarketing", "null", BOOLEAN),
        ("useExactEmailMatch", "2", BOOLEAN),
        ("usePrecalculatedOrderCount", "x", BOOLEAN),
        ("checkOnlyCustomerId", "x", BOOLEAN),
        ("sortBy", "NAME", SORT_BY),
        ("b2b_b2c", "b2d", "expected one of 'b2b', 'b2c'"),
        ("createdFrom", "soon", DATE),
        ("createdTo", "soon", DATE),
        ("updatedFrom", "2024-13-01", DATE),
        ("updatedTo", "99999999999999999999", DATE),
        ("keyword", "a\x00b", "must not contain control characters"),
        ("countryCodes", "U\x00", "must not contain control characters"),
    ],
)
def test_refuses(name: str, value: str, problem: str) -> None:
    kind = "numeric parameter" if problem == NUMBER else "parameter"
    with pytest.raises(WrongParameter) as caught:
        parse_customer_search({name: value})
    assert caught.value.message == f"Wrong {kind} '{name}' value: {problem}"


NAMES = st.sampled_from(["limit", "sortBy", "createdFrom", "countryCodes", "customerGroupIds", "taxExempt", "name"])


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=()))))
def test_raises_nothing_but_wrong_parameter(query: dict[str, str]) -> None:
    try:
        assert 1 <= parse_customer_search(query).limit <= 100
    except WrongParameter:
        assert any(query.values())
