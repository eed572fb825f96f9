"""What is told of a store's customers as a whole, as answers."""

from collections.abc import Iterable

from msgspec import Struct

from customary.model.store import GENERAL, Group
from customary.model.summary import CustomerSummary, LatestUpdates
from customary.rules.answers import GroupAnswer
from customary.rules.countries import country_name
from customary.rules.dates import format_date


class FilterAddressAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    street: str = ""
    city: str = ""
    country_code: str = ""
    country_name: str = ""


class CustomerFiltersAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    total: int
    repeated_customers_count: int
    one_time_customers_count: int
    store_groups: tuple[GroupAnswer, ...]
    shipping_addresses: tuple[FilterAddressAnswer, ...]
    languages: tuple[str, ...]


class LatestStatsAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    customers_updated: str
    orders_updated: str


def answer_customer_filters(summary: CustomerSummary, groups: Iterable[Group]) -> CustomerFiltersAnswer:
    """General first; addresses by country, city and street."""
    addresses = sorted(summary.addresses, key=lambda address: (country_name(address[2]), address[1], address[0]))
    return CustomerFiltersAnswer(
        total=summary.total,
        repeated_customers_count=summary.repeated,
        one_time_customers_count=summary.one_time,
        store_groups=tuple(GroupAnswer(id=group.id, name=group.name) for group in (GENERAL, *groups)),
        shipping_addresses=tuple(
            FilterAddressAnswer(street=street, city=city, country_code=code, country_name=country_name(code))
            for street, city, code in addresses
            if street or city or code
        ),
        languages=summary.languages,
    )


def answer_latest_stats(latest: LatestUpdates) -> LatestStatsAnswer:
    """Where nothing ever changed, the time is that when the store was made."""
    made = latest.store_created
    return LatestStatsAnswer(
        customers_updated=format_date(made if latest.customers is None else latest.customers),
        orders_updated=format_date(made if latest.orders is None else latest.orders),
    )
