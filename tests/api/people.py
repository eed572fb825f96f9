"""The customers that the tests of the API begin with: one with an e-mail only and one with everything."""

from tests.api.scenarios import ABSENT, Existing, Json, Named

PLAIN: dict[str, Json] = {"email": "jo@example.com"}

BILLING: dict[str, Json] = {
    "name": "Jo Ann Doe",
    "companyName": "Doe & Daughters",
    "street": "1 Main Street\nSecond floor",
    "city": "Springfield",
    "countryCode": "US",
    "postalCode": "62701",
    "stateOrProvinceCode": "IL",
    "phone": "+1 217 555 0100",
}
HOME: dict[str, Json] = {
    "name": "Jo Doe",
    "companyName": "Home Office",
    "street": "2 Oak Lane",
    "city": "Lyon",
    "countryCode": "FR",
    "postalCode": "69001",
    "stateOrProvinceCode": "69",
    "phone": "+33 4 72 00 00 00",
    "note": "Ring twice",
    "defaultAddress": True,
    "orderBy": 0,
}
WORK: dict[str, Json] = {"name": "Cher", "city": "Turin", "countryCode": "IT", "defaultAddress": False, "orderBy": 1}

MAIL: dict[str, Json] = {"contact": "jo@example.com", "type": "EMAIL", "default": True, "orderBy": 0}
PHONE: dict[str, Json] = {
    "contact": "+1 217 555 0100",
    "handle": "jo",
    "note": "after five",
    "type": "PHONE",
    "default": True,
    "orderBy": 0,
}
MOBILE: dict[str, Json] = {"contact": "+1 217 555 0199", "type": "PHONE", "default": False, "orderBy": 1}

FULL: dict[str, Json] = {
    "email": "jo@example.com",
    "customerGroupId": Named("group"),
    "billingPerson": BILLING,
    "shippingAddresses": [HOME, WORK],
    "contacts": [MAIL, PHONE, MOBILE],
    "taxId": "GB 123 4567 89",
    "taxIdValid": False,
    "taxExempt": True,
    "b2b_b2c": "b2b",
    "fiscalCode": "RSSMRA80A01H501U",
    "electronicInvoicePecEmail": "jo@pec.example.com",
    "electronicInvoiceSdiCode": "ABC1234",
    "acceptMarketing": True,
    "lang": "it",
    "privateAdminNotes": "Pays late\n\tbut pays",
}

# what PLAIN is answered with where FULL has a value: "the untouched state"
UNTOUCHED: dict[str, Json] = {
    "customerGroupId": 0,
    "shippingAddresses": [],
    "contacts": [],
    "taxId": "",
    "taxIdValid": True,
    "taxExempt": False,
    "b2b_b2c": "b2c",
    "fiscalCode": "",
    "electronicInvoicePecEmail": "",
    "electronicInvoiceSdiCode": "",
    "acceptMarketing": ABSENT,
    "lang": ABSENT,
    "privateAdminNotes": "",
}


def kept(list_name: str, position: int, **changed: Json) -> dict[str, Json]:
    """An element of one of FULL's lists as a client sends it back, with its id."""
    element = FULL[list_name][position]
    return {"id": Existing(f"{list_name}.{position}.id"), **element, **changed}


def home(**changed: Json) -> dict[str, Json]:
    return kept("shippingAddresses", 0, **changed)


def work(**changed: Json) -> dict[str, Json]:
    return kept("shippingAddresses", 1, **changed)


def mail(**changed: Json) -> dict[str, Json]:
    return kept("contacts", 0, **changed)


def phone(**changed: Json) -> dict[str, Json]:
    return kept("contacts", 1, **changed)


def mobile(**changed: Json) -> dict[str, Json]:
    return kept("contacts", 2, **changed)
