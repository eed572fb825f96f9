"""What a search asks for and what a page of an answer is."""

from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from customary.model.customer import Customer

Item = TypeVar("Item")

SORT_FIELDS = (
    "NAME",
    "EMAIL",
    "ORDER_COUNT",
    "REGISTERED_DATE",
    "UPDATED_DATE",
    "SALES_VALUE",
    "FIRST_ORDER_DATE",
    "LAST_ORDER_DATE",
)
SORT_ORDERS = tuple(f"{name}_{direction}" for name in SORT_FIELDS for direction in ("ASC", "DESC"))


class CustomerSearch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The filters of a customer search (all combined with AND), its order and its page.

    Text filters are as sent; storage turns them into search keys. Times are UNIX seconds, both ends inclusive.
    ``None`` and ``()`` mean "not filtered", but no group id at all finds nobody.
    """

    keyword: str | None = None
    name: str | None = None
    email: str | None = None
    use_exact_email_match: bool = False
    phone: str | None = None
    city: str | None = None
    postal_code: str | None = None
    state_or_province_code: str | None = None
    country_codes: tuple[str, ...] = ()
    company_name: str | None = None
    accept_marketing: bool | None = None
    lang: str | None = None
    customer_group_ids: tuple[int, ...] | None = None
    min_order_count: int | None = None
    max_order_count: int | None = None
    min_sales_value: float | None = None
    max_sales_value: float | None = None
    purchased_product_ids: tuple[int, ...] = ()
    b2b_b2c: str | None = None
    tax_exempt: bool | None = None
    fiscal_code: str | None = None
    electronic_invoice_pec_email: str | None = None
    electronic_invoice_sdi_code: str | None = None
    created_from: int | None = None
    created_to: int | None = None
    updated_from: int | None = None
    updated_to: int | None = None
    sort_by: str = "NAME_ASC"
    offset: int = 0
    limit: int = 100

    @property
    def filters(self) -> set[str]:
        """The names of those that are asked for."""
        return {name for name, unasked in _UNASKED.items() if getattr(self, name) != unasked}

    @property
    def is_filtered(self) -> bool:
        """Whether it may leave out any customer."""
        return bool(self.filters)

    @property
    def is_by_email(self) -> bool:
        """Whether it is for one customer at most."""
        return self.email is not None and self.use_exact_email_match


_NO_FILTERS = {"sort_by", "offset", "limit", "use_exact_email_match"}
_UNASKED = {name: value for name, value in asdict(CustomerSearch()).items() if name not in _NO_FILTERS}
"""The filters, and what each is where it is not asked for."""


class Stretch(Struct, Generic[Item], frozen=True, kw_only=True):
    """Some of a list in the order of ids; it goes on behind ``next``, at the end None. There may be no item in it."""

    items: tuple[Item, ...]
    next: int | None


class Page(Struct, Generic[Item], frozen=True, kw_only=True):
    """One page of a list; ``total`` counts all that match."""

    total: int
    items: tuple[Item, ...]


class Found(Page[Customer], frozen=True, kw_only=True):
    """What a customer search finds; ``everyone`` counts the customers of the store, whether or not they match."""

    everyone: int
