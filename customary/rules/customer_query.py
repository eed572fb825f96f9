"""The query of a customer search (section 5 of the contract) as a ``CustomerSearch``."""

import re
from collections.abc import Callable
from typing import Any

from customary.model.search import SORT_ORDERS, CustomerSearch
from customary.rules.parameters import (
    MOST_INT32,
    Query,
    boolean_parameter,
    date_parameter,
    decimal_parameter,
    enum_parameter,
    ids_parameter,
    limit_parameter,
    number_parameter,
    offset_parameter,
    text_parameter,
    texts_parameter,
)

_WITHOUT_EFFECT = ("usePrecalculatedOrderCount", "checkOnlyCustomerId")
_COUNTRY_CODE = re.compile("[A-Za-z]{2}")
_NOWHERE = ("ZZ",)
"""No country will ever have this code: ISO 3166 leaves it to its users."""


def parse_customer_search(query: Query) -> CustomerSearch:
    """Raises WrongParameter. Unknown parameters are ignored, empty values count as not sent.

    The parameters without effect are checked all the same: a typing error in them is one in the caller's program.
    """
    for name in _WITHOUT_EFFECT:
        boolean_parameter(query, name)
    found = {}
    for name, (field, read) in _READERS.items():
        if name in query and (value := read(query, name)) is not None:
            found[field] = value
    return CustomerSearch(**found)


def _country_codes(query: Query, name: str) -> tuple[str, ...]:
    """In capitals, as countries are stored; an unknown code finds nobody.

    What is no code at all is left out: thousands of them would be more conditions than a storage can take.
    """
    sent = texts_parameter(query, name) or ()
    codes = dict.fromkeys(code.upper() for code in sent if _COUNTRY_CODE.fullmatch(code))
    return tuple(codes) or (_NOWHERE if sent else ())


def _group_ids(query: Query, _name: str) -> tuple[int, ...] | None:
    """Of both filters, combined with AND like all others; empty when no group is in both."""
    one = number_parameter(query, "customerGroup", None, 0, MOST_INT32)
    listed = ids_parameter(query, "customerGroupIds")
    if one is None or listed is None:
        return listed if one is None else (one,)
    return (one,) if one in listed else ()


def _count(query: Query, name: str) -> int | None:
    return number_parameter(query, name, None, 0, MOST_INT32)


def _b2b_b2c(query: Query, name: str) -> str | None:
    return enum_parameter(query, name, ("b2b", "b2c"))


def _sort_by(query: Query, name: str) -> str | None:
    return enum_parameter(query, name, SORT_ORDERS)


_READERS: dict[str, tuple[str, Callable[[Query, str], Any]]] = {
    "keyword": ("keyword", text_parameter),
    "name": ("name", text_parameter),
    "email": ("email", text_parameter),
    "useExactEmailMatch": ("use_exact_email_match", boolean_parameter),
    "phone": ("phone", text_parameter),
    "city": ("city", text_parameter),
    "postalCode": ("postal_code", text_parameter),
    "stateOrProvinceCode": ("state_or_province_code", text_parameter),
    "countryCodes": ("country_codes", _country_codes),
    "companyName": ("company_name", text_parameter),
    "acceptMarketing": ("accept_marketing", boolean_parameter),
    "lang": ("lang", text_parameter),
    "customerGroup": ("customer_group_ids", _group_ids),
    "customerGroupIds": ("customer_group_ids", _group_ids),
    "minOrderCount": ("min_order_count", _count),
    "maxOrderCount": ("max_order_count", _count),
    "minSalesValue": ("min_sales_value", decimal_parameter),
    "maxSalesValue": ("max_sales_value", decimal_parameter),
    "purchasedProductIds": ("purchased_product_ids", ids_parameter),
    "b2b_b2c": ("b2b_b2c", _b2b_b2c),
    "taxExempt": ("tax_exempt", boolean_parameter),
    "fiscalCode": ("fiscal_code", text_parameter),
    "electronicInvoicePecEmail": ("electronic_invoice_pec_email", text_parameter),
    "electronicInvoiceSdiCode": ("electronic_invoice_sdi_code", text_parameter),
    "createdFrom": ("created_from", date_parameter),
    "createdTo": ("created_to", date_parameter),
    "updatedFrom": ("updated_from", date_parameter),
    "updatedTo": ("updated_to", date_parameter),
    "sortBy": ("sort_by", _sort_by),
    "offset": ("offset", lambda query, _: offset_parameter(query)),
    "limit": ("limit", lambda query, _: limit_parameter(query)),
}
"""Parameter → the field that it sets, and how it is read. A query has few of them: the others cost nothing."""
