"""A customer search as SQL: conditions and order, every value bound. All conditions are on columns, none on JSON.

Shared by the back ends, which differ in a few words; ``?`` marks a value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from customary.model.keys import email_key, search_key
from customary.model.search import CustomerSearch

_PARTS = {
    "name": "name_key",
    "phone": "phones",
    "city": "cities",
    "postal_code": "postal_codes",
    "company_name": "companies",
    "fiscal_code": "fiscal_code",
    "electronic_invoice_pec_email": "pec_email",
    "electronic_invoice_sdi_code": "sdi_code",
}
_EQUALS = {"accept_marketing": "accept_marketing", "lang": "lang", "b2b_b2c": "b2b_b2c", "tax_exempt": "tax_exempt"}
_BOUNDS = {
    "min_order_count": "order_count >= ?",
    "max_order_count": "order_count <= ?",
    "min_sales_value": "sales_value >= ?",
    "max_sales_value": "sales_value <= ?",
    "created_from": "registered >= ?",
    "created_to": "registered <= ?",
    "updated_from": "updated >= ?",
    "updated_to": "updated <= ?",
}
_SORT_COLUMNS = {
    "NAME": "name_key",
    "EMAIL": "email_key",
    "ORDER_COUNT": "order_count",
    "REGISTERED_DATE": "registered",
    "UPDATED_DATE": "updated",
    "SALES_VALUE": "sales_value",
    "FIRST_ORDER_DATE": "first_order",
    "LAST_ORDER_DATE": "last_order",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """``contains``: that a column has a text as a part. ``buyers``: that a customer is among those who bought products
    of a list. ``empty_first``: the columns that may be empty, which sort before all values."""

    contains: str
    buyers: str
    empty_first: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Conditions:
    """The text behind WHERE and its values; ``needles`` are the texts that the text index knows about."""

    where: str
    values: tuple[Any, ...]
    needles: tuple[str, ...]


def conditions(store_id: int, search: CustomerSearch, dialect: Dialect) -> Conditions:
    parts: list[str] = ["customer.store_id = ?"]
    values: list[Any] = [store_id]
    needles: list[str] = []
    contains = dialect.contains.format
    for field, column in _PARTS.items():
        if (text := getattr(search, field)) is not None:
            parts.append(contains(column))
            needles.append(search_key(text))
            values.append(needles[-1])
    if search.state_or_province_code is not None:  # too short for the text index
        parts.append(contains("states"))
        values.append(search_key(search.state_or_province_code))
    for fields in (_EQUALS, _BOUNDS):
        for field, condition in fields.items():
            if (value := getattr(search, field)) is not None:
                parts.append(condition if "?" in condition else f"{condition} = ?")
                values.append(value)
    _add_keyword_and_email(search, contains, parts, values, needles)
    _add_lists(store_id, search, dialect, parts, values)
    return Conditions(" AND ".join(parts), tuple(values), tuple(needles))


def order(sort_by: str, dialect: Dialect) -> str:
    """The text behind ORDER BY. Ties break by id, in the direction of the sort."""
    name, _, direction = sort_by.rpartition("_")
    column = _SORT_COLUMNS[name]
    empty = f" NULLS {'FIRST' if direction == 'ASC' else 'LAST'}" if column in dialect.empty_first else ""
    return f"{column} {direction}{empty}, id {direction}"


def _add_keyword_and_email(
    search: CustomerSearch, contains: Callable[[str], str], parts: list[str], values: list[Any], needles: list[str]
) -> None:
    if search.keyword is not None:
        parts.append(f"({contains('name_key')} OR {contains('email_text')})")
        needles.append(search_key(search.keyword))
        values += [needles[-1]] * 2
    if search.email is not None and search.use_exact_email_match:
        parts.append("email_key = ?")
        values.append(email_key(search.email))
    elif search.email is not None:
        parts.append(contains("email_text"))
        needles.append(search_key(search.email))
        values.append(needles[-1])


def _add_lists(store_id: int, search: CustomerSearch, dialect: Dialect, parts: list[str], values: list[Any]) -> None:
    if search.customer_group_ids is not None:
        ids = search.customer_group_ids
        parts.append(f"customer_group_id IN ({_marks(ids)})" if ids else "1 = 0")  # PostgreSQL knows no empty list
        values += search.customer_group_ids
    if search.country_codes:
        parts.append("(" + " OR ".join([dialect.contains.format("countries")] * len(search.country_codes)) + ")")
        values += [f"\n{code.upper()}\n" for code in search.country_codes]
    if search.purchased_product_ids:
        parts.append(dialect.buyers.format(_marks(search.purchased_product_ids)))
        values += [store_id, *search.purchased_product_ids]


def _marks(values: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(values))
