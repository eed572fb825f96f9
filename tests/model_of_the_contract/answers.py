"""What the calls that read must answer, from the model of a store."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from tests.model_of_the_contract.customers import COUNTRIES, STATES, ModelCustomer, ModelStore
from tests.model_of_the_contract.learning import Json, LearnedId, show_date

CENT = Decimal("0.01")


def show_customer(store: ModelStore, customer: ModelCustomer, in_search: bool = False) -> dict[str, Json]:
    shown = {key: value for key, value in customer.scalars.items() if key != "lang" and value is not None}
    if customer.scalars["lang"]:
        shown["lang"] = customer.scalars["lang"]
    if customer.billing.get("name"):
        shown["name"] = customer.billing["name"]
    if customer.billing:
        shown["billingPerson"] = show_person(customer.billing)
    if customer.values:
        shown["extrafields"] = show_values(store, customer)
    stats = show_stats(store, customer)
    if in_search:
        shown["totalOrderCount"] = stats["numberOfOrders"]
    return shown | {
        "id": customer.id,
        "email": customer.email,
        "registered": customer.registered,
        "updated": customer.updated,
        "customerGroupId": customer.group,
        "customerGroupName": store.group(customer.group)["name"],
        "shippingAddresses": [show_address(address) for address in customer.addresses],
        "contacts": customer.contacts,
        "stats": stats,
        "favorites": [],
    }


def select(shown: dict[str, Json], wanted: dict[str, list[str]]) -> dict[str, Json]:
    """What ``responseFields`` leaves: of a key all that it has, or the keys below it, of each element of a list too."""

    def below(value: Json, keys: list[str]) -> Json:
        if isinstance(value, list):
            return [below(element, keys) for element in value]
        return {key: part for key, part in value.items() if key in keys} if keys else value

    return {key: below(shown[key], keys) for key, keys in wanted.items() if key in shown}


def show_person(person: dict[str, Json]) -> dict[str, Json]:
    shown = dict(person)
    words = person.get("name", "").split(maxsplit=1)
    if len(words) == 2:
        shown["firstName"], shown["lastName"] = words[0], words[1].rstrip()
    if "countryCode" in person:
        shown["countryName"] = COUNTRIES[person["countryCode"]]
    state = STATES.get((person.get("countryCode", ""), person.get("stateOrProvinceCode", "")))
    return shown | ({"stateOrProvinceName": state} if state else {})


def show_address(address: dict[str, Json]) -> dict[str, Json]:
    shown = show_person(address)
    place = joined(" ", shown, "postalCode", "city", "stateOrProvinceName")
    street = ", ".join(line for line in shown.get("street", "").split("\n") if line)
    line = joined(", ", shown | {"street": street, "place": place}, "companyName", "street", "place", "countryName")
    return shown | ({"addressFormatted": line} if line else {})


def joined(separator: str, fields: dict[str, Json], *keys: str) -> str:
    return separator.join(fields[key] for key in keys if fields.get(key))


def show_values(store: ModelStore, customer: ModelCustomer) -> list[dict[str, Json]]:
    return [
        {"key": each["key"], "title": each["title"], "value": customer.values[each["key"]], "type": each["type"]}
        | {"orderBy": position, "entityTypes": ["CUSTOMERS"]}
        for position, each in enumerate(store.extrafields)
        if each["key"] in customer.values
    ]


def show_stats(store: ModelStore, customer: ModelCustomer) -> dict[str, Json]:
    orders = store.orders_of(customer)
    if not orders:
        return {"numberOfOrders": 0, "salesValue": 0, "averageOrderValue": 0}
    total = sum((order["total"] for order in orders), Decimal())
    times = [order["createDate"].seconds for order in orders]
    return {
        "numberOfOrders": len(orders),
        "salesValue": number(total),
        "averageOrderValue": number((total / len(orders)).quantize(CENT, ROUND_HALF_UP)),
        "firstOrderDate": show_date(min(times)),
        "lastOrderDate": show_date(max(times)),
    }


def number(amount: Decimal) -> float | int:
    return int(amount) if amount == int(amount) else float(amount)


def show_order(order: dict[str, Json]) -> dict[str, Json]:
    items = [item | {"price": number(item["price"])} for item in order["items"]]
    shown = order | {"total": number(order["total"]), "orderNumber": order["internalId"], "items": items}
    return shown | ({"billingPerson": show_person(order["billingPerson"])} if "billingPerson" in order else {})


def show_orders(store: ModelStore) -> list[dict[str, Json]]:
    """The newest first."""
    orders = sorted(store.orders, key=lambda each: (each["createDate"].low, each["internalId"].value), reverse=True)
    return [show_order(order) for order in orders]


def show_products(store: ModelStore, name: str) -> list[dict[str, Json]]:
    """Each once, as the order that was recorded last calls it, by name."""
    here = {customer.id.value for customer in store.customers}
    names: dict[int, str] = {}
    for order in store.orders:
        if order["paymentStatus"] != "CANCELLED" and order["customerId"].value in here:
            names |= {item["productId"]: item.get("name", "") for item in order["items"] if "productId" in item}
    found = sorted((title.casefold(), product, title) for product, title in names.items())
    return [{"productId": product, "productName": title} for key, product, title in found if name.casefold() in key]


def show_filters(store: ModelStore) -> dict[str, Json]:
    counts = [len(store.orders_of(customer)) for customer in store.customers]
    keys = ("street", "city", "countryCode")
    saved = {
        tuple(address.get(key, "") for key in keys) for customer in store.customers for address in customer.addresses
    }
    addresses = sorted((COUNTRIES.get(country, ""), city, street, country) for street, city, country in saved)
    shown = [
        {"street": street, "city": city, "countryCode": country, "countryName": name}
        for name, city, street, country in addresses
        if street or city or country
    ]
    return {
        "total": len(store.customers),
        "repeatedCustomersCount": sum(count > 1 for count in counts),
        "oneTimeCustomersCount": counts.count(1),
        "storeGroups": [{"id": group["id"], "name": group["name"]} for group in store.groups],
        "shippingAddresses": [{key: value for key, value in each.items() if value} for each in shown],
        "languages": sorted({customer.scalars["lang"] for customer in store.customers} - {""}),
    }


def show_locations(store: ModelStore, name: str) -> list[dict[str, Json]]:
    codes = {
        person["countryCode"]
        for customer in store.customers
        for person in (customer.billing, *customer.addresses)
        if "countryCode" in person
    }
    found = sorted((COUNTRIES[code], code) for code in codes)
    return [
        {"country": country, "countryCode": code} for country, code in found if name.casefold() in country.casefold()
    ]


def show_groups(store: ModelStore, keyword: str, ids: Iterable[int]) -> list[dict[str, Json]]:
    wanted = set(ids)
    return [
        group
        for group in store.groups
        if keyword.casefold() in group["name"].casefold() and (not wanted or as_number(group["id"]) in wanted)
    ]


def as_number(identity: int | LearnedId) -> int | None:
    return identity.value if isinstance(identity, LearnedId) else identity


def show_profile(store: ModelStore) -> dict[str, Json]:
    return {
        "settings": {"storeName": store.name},
        "languages": {"enabledLanguages": store.languages, "defaultLanguage": store.default_language},
    }


def page(items: list[Json], query: dict[str, Json]) -> dict[str, Json]:
    """A page of a list, by the query's offset and limit."""
    offset, limit = query.get("offset", 0), min(query.get("limit", 100), 100)
    chosen = items[offset : offset + limit]
    return {"total": len(items), "count": len(chosen), "offset": offset, "limit": limit, "items": chosen}
