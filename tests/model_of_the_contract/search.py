"""The filters and orders of a customer search over the model of a store."""

from collections.abc import Callable

from tests.model_of_the_contract.answers import page, show_customer, show_stats
from tests.model_of_the_contract.customers import ModelCustomer, ModelStore
from tests.model_of_the_contract.learning import Json

Matches = Callable[[ModelStore, ModelCustomer, Json], bool]
Key = Callable[[ModelStore, ModelCustomer], Json]


def has(part: str, *texts: str) -> bool:
    return any(part.casefold() in text.casefold() for text in texts)


def of_people(customer: ModelCustomer, key: str) -> list[str]:
    """The value in billing and in all saved addresses."""
    return [person[key] for person in (customer.billing, *customer.addresses) if key in person]


def phones(customer: ModelCustomer) -> list[str]:
    found = [contact["contact"] for contact in customer.contacts if contact["type"] == "PHONE"]
    return of_people(customer, "phone") + found


def products(store: ModelStore, customer: ModelCustomer) -> set[int]:
    return {item.get("productId", 0) for order in store.orders_of(customer) for item in order["items"]}


def name(customer: ModelCustomer) -> str:
    return customer.billing.get("name", "")


def count(store: ModelStore, customer: ModelCustomer) -> int:
    return len(store.orders_of(customer))


def sales(store: ModelStore, customer: ModelCustomer) -> float:
    return float(show_stats(store, customer)["salesValue"])


FILTERS: dict[str, Matches] = {
    "keyword": lambda _, customer, text: has(text, name(customer), customer.email),
    "name": lambda _, customer, text: has(text, name(customer)),
    "email": lambda _, customer, text: has(text, customer.email),
    "phone": lambda _, customer, text: has(text, *phones(customer)),
    "city": lambda _, customer, text: has(text, *of_people(customer, "city")),
    "postalCode": lambda _, customer, text: has(text, *of_people(customer, "postalCode")),
    "stateOrProvinceCode": lambda _, customer, text: has(text, *of_people(customer, "stateOrProvinceCode")),
    "companyName": lambda _, customer, text: has(text, *of_people(customer, "companyName")),
    "countryCodes": lambda _, customer, codes: any(
        code in codes.upper().split(",") for code in of_people(customer, "countryCode")
    ),
    "acceptMarketing": lambda _, customer, flag: customer.scalars["acceptMarketing"] is (flag == "true"),
    "lang": lambda _, customer, code: customer.scalars["lang"] == code,
    "customerGroup": lambda _, customer, number: customer.group == number,
    "customerGroupIds": lambda _, customer, ids: str(customer.group) in ids.split(","),
    "minOrderCount": lambda store, customer, number: count(store, customer) >= number,
    "maxOrderCount": lambda store, customer, number: count(store, customer) <= number,
    "minSalesValue": lambda store, customer, number: sales(store, customer) >= number,
    "maxSalesValue": lambda store, customer, number: sales(store, customer) <= number,
    "purchasedProductIds": lambda store, customer, ids: bool(
        products(store, customer) & {int(number) for number in ids.split(",")}
    ),
    "b2b_b2c": lambda _, customer, kind: customer.scalars["b2b_b2c"] == kind,
    "taxExempt": lambda _, customer, flag: customer.scalars["taxExempt"] is (flag == "true"),
    "fiscalCode": lambda _, customer, text: has(text, customer.scalars["fiscalCode"]),
    "electronicInvoicePecEmail": lambda _, customer, text: has(text, customer.scalars["electronicInvoicePecEmail"]),
    "electronicInvoiceSdiCode": lambda _, customer, text: has(text, customer.scalars["electronicInvoiceSdiCode"]),
    "createdFrom": lambda _, customer, at: customer.registered.seconds >= at,
    "createdTo": lambda _, customer, at: customer.registered.seconds <= at,
    "updatedFrom": lambda _, customer, at: customer.updated.seconds >= at,
    "updatedTo": lambda _, customer, at: customer.updated.seconds <= at,
}
ORDERS: dict[str, Key] = {
    "NAME": lambda _, customer: name(customer).casefold(),
    "EMAIL": lambda _, customer: customer.email.casefold(),
    "ORDER_COUNT": count,
    "REGISTERED_DATE": lambda _, customer: customer.registered.seconds,
    "UPDATED_DATE": lambda _, customer: customer.updated.seconds,
    "SALES_VALUE": sales,
    "FIRST_ORDER_DATE": lambda store, customer: show_stats(store, customer).get("firstOrderDate", ""),
    "LAST_ORDER_DATE": lambda store, customer: show_stats(store, customer).get("lastOrderDate", ""),
}


def find(store: ModelStore, query: dict[str, Json]) -> list[ModelCustomer]:
    """All that match, in order; ties break by id in the direction of the sort."""
    filters = dict(query)
    if filters.pop("useExactEmailMatch", "false") == "true" and "email" in filters:
        exact = filters.pop("email").casefold()
    else:
        exact = None
    matching = [
        customer
        for customer in store.customers
        if (exact is None or customer.email.casefold() == exact)
        and all(FILTERS[key](store, customer, value) for key, value in filters.items() if key in FILTERS)
    ]
    field, _, direction = query.get("sortBy", "NAME_ASC").rpartition("_")
    key = ORDERS[field]
    return sorted(matching, key=lambda each: (key(store, each), each.number), reverse=direction == "DESC")


def search(store: ModelStore, query: dict[str, Json]) -> dict[str, Json]:
    found = page(find(store, query), query)
    found["items"] = [show_customer(store, customer, in_search=True) for customer in found["items"]]
    return found | {"allCustomerCount": len(store.customers)}
