"""What the writes of groups, extra fields, orders and the profile do to the model of a store."""

from decimal import Decimal

from tests.model_of_the_contract.customers import (
    ModelCustomer,
    ModelStore,
    is_email,
    limit_of,
    without_empty,
    wrong_of_person,
)
from tests.model_of_the_contract.learning import Json, LearnedDate, Refused

PAYMENTS = ("AWAITING_PAYMENT", "PAID", "CANCELLED", "REFUNDED")


def create_group(store: ModelStore, body: Json) -> Json:
    """Its id."""
    group = changed_group({"id": store.new_id("group")}, body)
    store.groups.append(group)
    return group["id"]


def update_group(store: ModelStore, number: int, body: Json) -> None:
    if number == 0:
        raise Refused(400, "WRONG_PARAMETER")
    group = store.group(number)
    after = changed_group(group, body)
    group.clear()
    group |= after


def changed_group(group: Json, body: Json) -> dict[str, Json]:
    after = group | {key: body[key] for key in ("name", "externalReferenceId") if key in body}
    wrong = {
        f"CustomerMembership.{key}" for key, value in after.items() if key != "id" and len(value or "") > limit_of(key)
    }
    if not after.get("name"):
        wrong.add("CustomerMembership.name")
    if wrong:
        raise Refused(400, "WRONG_PARAMETER", *wrong)
    return {key: value for key, value in after.items() if value}


def delete_group(store: ModelStore, number: int, now: LearnedDate) -> None:
    if number == 0:
        raise Refused(400, "WRONG_PARAMETER")
    store.groups.remove(store.group(number))
    for customer in store.customers:
        if customer.group == number:
            customer.group, customer.updated = 0, now


def create_extrafield(store: ModelStore, body: Json, now: LearnedDate) -> dict[str, Json]:
    """``key`` is missing where the server chooses it."""
    blank = {"type": body.get("type", "TEXT").upper(), "shownOnOrderDetails": False, "createdDate": now}
    wrong = {"ExtraField.key"} if any(each["key"] == body.get("key", "") for each in store.extrafields) else set()
    extrafield = changed_extrafield(blank, body, now, wrong) | ({"key": body["key"]} if "key" in body else {})
    store.extrafields.append(extrafield)
    return extrafield


def update_extrafield(store: ModelStore, key: str, body: Json, now: LearnedDate) -> None:
    extrafield = store.extrafield(key)
    extrafield |= changed_extrafield(extrafield, body, now, set())


def changed_extrafield(before: Json, body: Json, now: LearnedDate, wrong: set[str]) -> dict[str, Json]:
    after: dict[str, Json] = before | {key: body[key] for key in ("title", "shownOnOrderDetails") if key in body}
    if not after.get("title") or len(after["title"]) > limit_of("title"):
        wrong = wrong | {"ExtraField.title"}
    if wrong:
        raise Refused(400, "WRONG_PARAMETER", *wrong)
    return after | {"lastModifiedDate": now, "linkedWithCheckoutField": False, "entityTypes": ["CUSTOMERS"]}


def delete_extrafield(store: ModelStore, key: str, now: LearnedDate) -> None:
    store.extrafields.remove(store.extrafield(key))
    for customer in store.customers:
        if key in customer.values:
            del customer.values[key]
            customer.updated = now


def create_order(store: ModelStore, body: Json, now: LearnedDate) -> dict[str, Json]:
    """``now`` also for the customer that is made when there is none with the e-mail."""
    items = [order_item(item) for item in body.get("items", ())]
    wrong = wrong_of_person(body.get("billingPerson", {}), "Order.billingPerson")
    if not is_email(body.get("email")):
        wrong.add("Order.email")
    payment = body.get("paymentStatus", "AWAITING_PAYMENT")
    if payment not in PAYMENTS:
        wrong.add("Order.paymentStatus")
    if wrong:
        raise Refused(400, "WRONG_PARAMETER", *wrong)
    customer = next((each for each in store.customers if each.email.casefold() == body["email"].casefold()), None)
    if customer is None:
        basic = {key: body[key] for key in ("email", "billingPerson") if key in body}
        customer = store.create_customer(basic, now)
    created = body.get("createDate")
    order = {
        "internalId": store.new_id("order"),
        "email": body["email"],
        "customerId": customer.id,
        "total": Decimal(str(body["total"]))
        if "total" in body
        else sum(each["price"] * each["quantity"] for each in items),
        "paymentStatus": payment,
        "fulfillmentStatus": "AWAITING_PROCESSING",
        "createDate": now if created is None else LearnedDate(created, created),
        "items": items,
    }
    person = without_empty(body.get("billingPerson", {}))
    store.orders.append(order | ({"billingPerson": person} if person else {}))
    return store.orders[-1]


def order_item(body: Json) -> dict[str, Json]:
    item = {key: body[key] for key in ("productId", "name", "sku") if body.get(key)}
    return item | {"price": Decimal(str(body.get("price", 0))), "quantity": body.get("quantity", 1)}


def delete_order(store: ModelStore, name: str) -> None:
    for order in store.orders:
        if name.upper() in (order["id"], str(order["internalId"].value)):
            store.orders.remove(order)
            return
    raise Refused(404, "ORDER_NOT_FOUND")


def update_profile(store: ModelStore, body: Json) -> None:
    name = body.get("settings", {}).get("storeName", store.name)
    languages = body.get("languages", {}).get("enabledLanguages", store.languages)
    default = body.get("languages", {}).get("defaultLanguage")
    wrong = set() if name and len(name) <= limit_of("name") else {"Profile.settings.storeName"}
    if not languages:
        wrong.add("Profile.languages.enabledLanguages")
    elif default is not None and default not in languages:
        wrong.add("Profile.languages.defaultLanguage")
    if wrong:
        raise Refused(400, "WRONG_PARAMETER", *wrong)
    kept = store.default_language if store.default_language in languages else languages[0]
    store.name, store.languages, store.default_language = name, languages, default or kept


def update_customers(store: ModelStore, body: Json, found: list[ModelCustomer], now: LearnedDate) -> int:
    """``found``: whom the query finds. How many were changed or deleted."""
    chosen = {
        "SELECTED": [
            each for number in dict.fromkeys(body.get("ids", ())) for each in store.customers if each.number == number
        ],
        "ALL_FILTERED": [each for each in store.customers if each in found],
        "ALL": list(store.customers),
    }[body["mode"]]
    changes = body.get("customer", {})
    group = changes.get("customerGroupId") or 0
    if all(each["id"] != group for each in store.groups):
        raise Refused(400, "WRONG_PARAMETER", "MassUpdate.customer.customerGroupId")
    for customer in chosen:
        if body.get("delete"):
            store.delete_customer(customer.number, now)
            continue
        customer.group = group if "customerGroupId" in changes else customer.group
        customer.updated = now
        if "taxExempt" in changes:
            customer.scalars["taxExempt"] = bool(changes["taxExempt"])
        if "acceptMarketing" in changes:
            customer.scalars["acceptMarketing"] = changes["acceptMarketing"]
    return len(chosen)
