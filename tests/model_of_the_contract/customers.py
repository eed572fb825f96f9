"""One store as lists and dictionaries, and what creating, updating and deleting a customer or a contact does to it."""

from copy import deepcopy
from dataclasses import dataclass, field
from re import fullmatch
from typing import Final

from tests.model_of_the_contract.learning import Json, LearnedDate, LearnedId, Refused, show_date

COUNTRIES: Final = {"US": "United States", "GE": "Georgia", "IT": "Italy", "XK": "Kosovo"}
STATES: Final = {("US", "NV"): "Nevada", ("US", "IL"): "Illinois"}
PERSON: Final = ("name", "companyName", "street", "city", "countryCode", "postalCode", "stateOrProvinceCode", "phone")
TEXTS: Final = ("taxId", "fiscalCode", "electronicInvoicePecEmail", "electronicInvoiceSdiCode", "privateAdminNotes")
DEFAULTS: Final = {"taxIdValid": True, "taxExempt": False, "b2b_b2c": "b2c", "acceptMarketing": None}
TYPES: Final = (
    *("EMAIL", "PHONE", "WHATSAPP", "TELEGRAM", "VIBER", "FACEBOOK", "INSTAGRAM", "TWITTER", "TIKTOK", "URL", "OTHER"),
    *("YOUTUBE", "PINTEREST", "VK", "FB_MESSENGER"),
)
GENERAL: Final = {"id": 0, "name": "General"}


@dataclass
class ModelCustomer:
    """One customer. ``billing`` and what stands in the lists have only keys that are set."""

    id: LearnedId
    email: str
    registered: LearnedDate
    updated: LearnedDate
    group: int = 0
    scalars: dict[str, Json] = field(default_factory=lambda: dict.fromkeys(TEXTS, "") | DEFAULTS | {"lang": ""})
    billing: dict[str, str] = field(default_factory=dict)
    addresses: list[dict[str, Json]] = field(default_factory=list)
    contacts: list[dict[str, Json]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        assert self.id.value is not None
        return self.id.value


@dataclass
class ModelStore:
    """Everything of one store. The methods are the writes of the contract; ``now`` is when the server did them."""

    languages: list[str]
    customers: list[ModelCustomer] = field(default_factory=list)
    deleted: list[tuple[int, LearnedDate]] = field(default_factory=list)
    groups: list[dict[str, Json]] = field(default_factory=lambda: [dict(GENERAL)])
    extrafields: list[dict[str, Json]] = field(default_factory=list)
    orders: list[dict[str, Json]] = field(default_factory=list)
    name: str = "Test shop"
    default_language: str = "en"
    used: dict[str, set[int]] = field(default_factory=dict)

    def new_id(self, kind: str) -> LearnedId:
        return LearnedId(self.used.setdefault(kind, set()))

    def customer(self, number: int) -> ModelCustomer:
        for customer in self.customers:
            if customer.number == number:
                return customer
        raise Refused(404, "CUSTOMER_NOT_FOUND")

    def group(self, number: int) -> dict[str, Json]:
        for group in self.groups:
            if group["id"] == number:
                return group
        raise Refused(404, "CUSTOMER_GROUP_NOT_FOUND")

    def extrafield(self, key: str) -> dict[str, Json]:
        for extrafield in self.extrafields:
            if extrafield["key"] == key:
                return extrafield
        raise Refused(404, "EXTRA_FIELD_NOT_FOUND")

    def orders_of(self, customer: ModelCustomer) -> list[dict[str, Json]]:
        """Those that count."""
        mine = [order for order in self.orders if order["customerId"] == customer.id.value]
        return [order for order in mine if order["paymentStatus"] != "CANCELLED"]

    # the customer

    def create_customer(self, body: Json, now: LearnedDate) -> ModelCustomer:
        blank = ModelCustomer(self.new_id("customer"), "", now, now)
        if "contacts" not in body:
            blank.contacts = [self._email_contact(body.get("email"), now)]
        customer = self._changed(blank, body, now)
        self.customers.append(customer)
        return customer

    def update_customer(self, number: int, body: Json, now: LearnedDate) -> None:
        before = self.customer(number)
        self.customers[self.customers.index(before)] = self._changed(before, body, now)

    def delete_customer(self, number: int, now: LearnedDate) -> None:
        customer = self.customer(number)
        self.customers.remove(customer)
        self.deleted.append((number, now))

    def _email_contact(self, email: Json, now: LearnedDate) -> dict[str, Json]:
        return {"id": self.new_id("contact"), "contact": email, "type": "EMAIL", "default": True, "orderBy": 0} | {
            "timestamp": now
        }

    def _changed(self, before: ModelCustomer, body: Json, now: LearnedDate) -> ModelCustomer:
        after = deepcopy(before)
        after.updated = now
        wrong: set[str] = set()
        self._take_email(after, body, wrong)
        for key in after.scalars.keys() & body.keys():
            blank = DEFAULTS.get(key, "")
            after.scalars[key] = blank if body[key] is None else body[key]
        wrong |= {f"Customer.{key}" for key in TEXTS if len(after.scalars[key]) > limit_of(key)}
        if not is_email(after.scalars["electronicInvoicePecEmail"] or "no@example.com"):
            wrong.add("Customer.electronicInvoicePecEmail")
        if after.scalars["b2b_b2c"] not in ("b2b", "b2c"):
            wrong.add("Customer.b2b_b2c")
        if "customerGroupId" in body:
            after.group = body["customerGroupId"] or 0
            if all(group["id"] != after.group for group in self.groups):
                wrong.add("Customer.customerGroupId")
        self._take_billing(after, body, wrong)
        if "shippingAddresses" in body:
            after.addresses = self._addresses(before, body["shippingAddresses"] or [], now, wrong)
        self._take_contacts(before, after, body, now, wrong)
        if "extrafields" in body:
            after.values = self._values(body["extrafields"] or [], wrong)
        if after.scalars["lang"] and "lang" in body and after.scalars["lang"] not in self.languages:
            wrong.add("Customer.lang")
        self._refuse(before, after, wrong)
        return after

    def _refuse(self, before: ModelCustomer, after: ModelCustomer, wrong: set[str]) -> None:
        if wrong == {"Customer.lang"}:
            raise Refused(400, "LANGUAGES_NOT_ALLOWED")
        if wrong:
            raise Refused(400, "WRONG_PARAMETER", *wrong)
        others = [customer for customer in self.customers if customer is not before]
        if any(customer.email.casefold() == after.email.casefold() for customer in others):
            raise Refused(409, "EMAIL_ALREADY_USED")

    def _take_email(self, after: ModelCustomer, body: Json, wrong: set[str]) -> None:
        after.email = body.get("email", after.email)
        if not is_email(after.email):
            wrong.add("Customer.email")

    def _take_billing(self, after: ModelCustomer, body: Json, wrong: set[str]) -> None:
        sent = body.get("billingPerson", {})
        merged = {} if sent is None else after.billing | (sent or {})
        if "name" in body and "name" not in (sent or {}):
            merged["name"] = body["name"]
            wrong |= {"Customer.name"} if len(body["name"] or "") > limit_of("name") else set()
        wrong |= wrong_of_person(sent or {}, "Customer.billingPerson")
        after.billing = without_empty(merged)

    def _addresses(self, before: ModelCustomer, sent: Json, now: LearnedDate, wrong: set[str]) -> list[dict[str, Json]]:
        known = {address["id"].value: address for address in before.addresses}
        built: list[dict[str, Json]] = []
        for index, body in enumerate(sent):
            path = f"Customer.shippingAddresses[{index}]"
            old = take_known(body, known, built, path, wrong)
            wrong |= wrong_of_person(body, path)
            built.append(
                without_empty({key: body.get(key) for key in (*PERSON, "note")})
                | {
                    "id": old["id"] if old else self.new_id("address"),
                    "createdDate": old["createdDate"] if old else now,
                    "defaultAddress": False,
                    "orderBy": index if body.get("orderBy") is None else body["orderBy"],
                }
            )
        marked = [address for address, body in zip(built, sent, strict=True) if body.get("defaultAddress")]
        if built:
            (marked or built)[0]["defaultAddress"] = True
        return built

    def _values(self, sent: Json, wrong: set[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for index, element in enumerate(sent):
            known = any(extrafield["key"] == element["key"] for extrafield in self.extrafields)
            if not known or element["key"] in values:
                wrong.add(f"Customer.extrafields[{index}].key")
            value = element.get("value") or ""
            values[element["key"]] = show_date(value) if isinstance(value, int) else value
        return without_empty(values)

    # contacts

    def _take_contacts(
        self, before: ModelCustomer, after: ModelCustomer, body: Json, now: LearnedDate, wrong: set[str]
    ) -> None:
        if "contacts" in body:
            after.contacts = self._contacts(before, body["contacts"] or [], now, wrong)
        elif after.email != before.email:
            for contact in after.contacts:
                if contact["type"] == "EMAIL" and contact["contact"].casefold() == before.email.casefold():
                    changed = contact["contact"] != after.email
                    contact.update({"contact": after.email} | ({"timestamp": now} if changed else {}))
        if "primaryPhone" not in body:
            return
        wrong |= {"Customer.primaryPhone"} if len(body["primaryPhone"] or "") > limit_of("primaryPhone") else set()
        phones = [contact for contact in after.contacts if contact["type"] == "PHONE"]
        chosen = [contact for contact in phones if contact["default"]]
        if not body["primaryPhone"]:
            after.contacts = [contact for contact in after.contacts if contact not in chosen]
        elif chosen:
            changed = chosen[0]["contact"] != body["primaryPhone"]
            chosen[0] |= {"contact": body["primaryPhone"]} | ({"timestamp": now} if changed else {})
        else:
            new = {"id": self.new_id("contact"), "contact": body["primaryPhone"], "type": "PHONE", "default": True}
            after.contacts.append(new | {"orderBy": len(phones), "timestamp": now})

    def _contacts(self, before: ModelCustomer, sent: Json, now: LearnedDate, wrong: set[str]) -> list[dict[str, Json]]:
        known = {contact["id"].value: contact for contact in before.contacts}
        built: list[dict[str, Json]] = []
        for index, body in enumerate(sent):
            path = f"Customer.contacts[{index}]"
            old = take_known(body, known, built, path, wrong)
            kept = {key: old[key] for key in ("id", "contact", "type", "timestamp")} if old else {}
            contact = self._contact(kept, body, built, now)
            if not contact.get("contact") and ("contact" in body or f"{path}.id" not in wrong):
                wrong.add(f"{path}.contact")
            wrong |= wrong_of_contact(contact, path)
            built.append(contact | {"timestamp": old["timestamp"] if contact == old else now})
        for kind in TYPES:
            if sum(contact["type"] == kind and contact["default"] for contact in built) > 1:
                wrong.add("Customer.contacts")
        return built

    def _contact(
        self, kept: dict[str, Json], body: Json, others: list[dict[str, Json]], now: LearnedDate
    ) -> dict[str, Json]:
        contact = {"id": self.new_id("contact"), "type": "OTHER", "timestamp": now} | kept
        contact |= without_empty({key: body.get(key) for key in ("contact", "handle", "note", "type")})
        blank = {"contact": "", "type": "OTHER"}
        contact |= {key: blank[key] for key in blank if key in body and not body[key]}
        of_type = sum(other["type"] == contact["type"] for other in others)
        contact["orderBy"] = of_type if body.get("orderBy") is None else body["orderBy"]
        return contact | {"default": body.get("default") is True}

    def create_contact(self, number: int, body: Json, now: LearnedDate) -> Json:
        """Its id."""
        customer = self.customer(number)
        contact = self._contact({}, body, customer.contacts, now)
        self._store_contacts(customer, [*customer.contacts, contact], contact, now)
        return contact["id"]

    def update_contact(self, number: int, contact_id: int, body: Json, now: LearnedDate) -> None:
        customer = self.customer(number)
        before = self.contact(customer, contact_id)
        blank = {"type": "OTHER", "default": False, "orderBy": before["orderBy"], "handle": "", "note": ""}
        sent = {key: blank.get(key, "") if value is None else value for key, value in body.items() if key != "id"}
        after = {key: value for key, value in (before | sent).items() if value != "" or key == "contact"}
        if after != before:
            after["timestamp"] = now
        contacts = [after if contact is before else contact for contact in customer.contacts]
        self._store_contacts(customer, contacts, after, now)

    def delete_contact(self, number: int, contact_id: int, now: LearnedDate) -> None:
        customer = self.customer(number)
        customer.contacts.remove(self.contact(customer, contact_id))
        customer.updated = now

    def contact(self, customer: ModelCustomer, contact_id: int) -> dict[str, Json]:
        for contact in customer.contacts:
            if contact["id"] == contact_id:
                return contact
        raise Refused(404, "CONTACT_NOT_FOUND")

    def _store_contacts(
        self, customer: ModelCustomer, contacts: list[dict[str, Json]], new: dict[str, Json], now: LearnedDate
    ) -> None:
        wrong = [] if new.get("contact") else ["Contact.contact"]
        wrong += wrong_of_contact(new, "Contact")
        if wrong:
            raise Refused(400, "WRONG_PARAMETER", *wrong)
        for other in contacts:
            if new["default"] and other is not new and other["type"] == new["type"]:
                other["default"] = False
        customer.contacts, customer.updated = contacts, now


def is_email(text: str | None) -> bool:
    return fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text or "") is not None


def limit_of(key: str) -> int:
    return {"privateAdminNotes": 10_000, "street": 1_000, "note": 10_000}.get(key, 255)


def wrong_of_person(body: Json, path: str) -> set[str]:
    wrong = {f"{path}.{key}" for key in (*PERSON, "note") if len(body.get(key) or "") > limit_of(key)}
    country = (body.get("countryCode") or "US").upper()
    return wrong | ({f"{path}.countryCode"} if country not in COUNTRIES else set())


def wrong_of_contact(contact: dict[str, Json], path: str) -> set[str]:
    wrong = {f"{path}.{key}" for key in ("contact", "handle", "note") if len(contact.get(key, "")) > limit_of(key)}
    return wrong | ({f"{path}.type"} if contact["type"] not in TYPES else set())


def without_empty(fields: dict[str, Json]) -> dict[str, Json]:
    return {key: value.upper() if key == "countryCode" else value for key, value in fields.items() if value}


def take_known(
    body: Json, known: dict[Json, dict[str, Json]], built: list[dict[str, Json]], path: str, wrong: set[str]
) -> dict[str, Json] | None:
    """The stored element with the id of the body's element, None for a new one."""
    if body.get("id") is None:
        return None
    if body["id"] not in known or any(element["id"] == body["id"] for element in built):
        wrong.add(f"{path}.id")
    return known.get(body["id"])
