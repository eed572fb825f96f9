"""The query of a customer search (section 5 of the contract) as a ``CustomerSearch``."""

import re
from collections.abc import Mapping

from customary.model.search import SORT_ORDERS, CustomerSearch
from customary.rules.parameters import (
    MOST_INT32,
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


def parse_customer_search(query: Mapping[str, str]) -> CustomerSearch:
    """Raises WrongParameter. Unknown parameters are ignored, empty values count as not sent.

    The parameters without effect are checked all the same: a typing error in them is one in the caller's program.
    """
    for name in _WITHOUT_EFFECT:
        boolean_parameter(query, name)
    return CustomerSearch(
        keyword=text_parameter(query, "keyword"),
        name=text_parameter(query, "name"),
        email=text_parameter(query, "email"),
        use_exact_email_match=boolean_parameter(query, "useExactEmailMatch") or False,
        phone=text_parameter(query, "phone"),
        city=text_parameter(query, "city"),
        postal_code=text_parameter(query, "postalCode"),
        state_or_province_code=text_parameter(query, "stateOrProvinceCode"),
        country_codes=_country_codes(query),
        company_name=text_parameter(query, "companyName"),
        accept_marketing=boolean_parameter(query, "acceptMarketing"),
        lang=text_parameter(query, "lang"),
        customer_group_ids=_group_ids(query),
        min_order_count=_count(query, "minOrderCount"),
        max_order_count=_count(query, "maxOrderCount"),
        min_sales_value=decimal_parameter(query, "minSalesValue"),
        max_sales_value=decimal_parameter(query, "maxSalesValue"),
        purchased_product_ids=ids_parameter(query, "purchasedProductIds") or (),
        b2b_b2c=enum_parameter(query, "b2b_b2c", ("b2b", "b2c")),
        tax_exempt=boolean_parameter(query, "taxExempt"),
        fiscal_code=text_parameter(query, "fiscalCode"),
        electronic_invoice_pec_email=text_parameter(query, "electronicInvoicePecEmail"),
        electronic_invoice_sdi_code=text_parameter(query, "electronicInvoiceSdiCode"),
        created_from=date_parameter(query, "createdFrom"),
        created_to=date_parameter(query, "createdTo"),
        updated_from=date_parameter(query, "updatedFrom"),
        updated_to=date_parameter(query, "updatedTo"),
        sort_by=enum_parameter(query, "sortBy", SORT_ORDERS) or "NAME_ASC",
        offset=offset_parameter(query),
        limit=limit_parameter(query),
    )


def _country_codes(query: Mapping[str, str]) -> tuple[str, ...]:
    """In capitals, as countries are stored; an unknown code finds nobody.

    What is no code at all is left out: thousands of them would be more conditions than a storage can take.
    """
    sent = texts_parameter(query, "countryCodes") or ()
    codes = dict.fromkeys(code.upper() for code in sent if _COUNTRY_CODE.fullmatch(code))
    return tuple(codes) or (_NOWHERE if sent else ())


def _group_ids(query: Mapping[str, str]) -> tuple[int, ...] | None:
    """Of both filters, combined with AND like all others; empty when no group is in both."""
    one = number_parameter(query, "customerGroup", None, 0, MOST_INT32)
    listed = ids_parameter(query, "customerGroupIds")
    if one is None or listed is None:
        return listed if one is None else (one,)
    return (one,) if one in listed else ()


def _count(query: Mapping[str, str], name: str) -> int | None:
    return number_parameter(query, name, None, 0, MOST_INT32)
