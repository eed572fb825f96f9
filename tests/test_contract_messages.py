"""Messages of the contract's table of errors, word for word over HTTP.

Those that a test of their own call holds to the letter are not repeated here.
"""

from dataclasses import dataclass, field

import pytest

from tests.api.scenarios import ABSENT, Json
from tests.api.shop import Answer, Shop, check_error

CUSTOMER = "/customers/{customer}"
CONTACT_TYPES = (
    "'EMAIL', 'PHONE', 'WHATSAPP', 'TELEGRAM', 'VIBER', 'FACEBOOK', 'INSTAGRAM', 'TWITTER', 'TIKTOK', 'URL', "
    "'OTHER', 'YOUTUBE', 'PINTEREST', 'VK', 'FB_MESSENGER'"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request that is refused, and what with. ``raw`` is a body byte for byte."""

    method: str = "PUT"
    path: str = CUSTOMER
    query: dict[str, str] = field(default_factory=dict)
    body: Json = ABSENT
    raw: bytes | None = None
    status: int = 400
    code: str = "WRONG_PARAMETER"
    message: str


def wrong_json(raw: bytes, message: str) -> Row:
    return Row(raw=raw, message=f"Wrong JSON format: {message}")


def wrong_field(body: Json, message: str) -> Row:
    return Row(body=body, message=f"Field Customer.{message}")


def not_found(method: str, path: str, code: str, message: str) -> Row:
    return Row(method=method, path=path, body={} if method == "PUT" else ABSENT, status=404, code=code, message=message)


ROWS = [
    wrong_json(b'{"taxId": }', "invalid character at line 1, column 11"),
    wrong_json(b'{\n  "taxId": "X",\n}', "trailing comma in object at line 3, column 1"),
    wrong_field(
        {"billingPerson": {"countryCode": "QQ"}},
        "billingPerson.countryCode must be a country code of ISO 3166-1, such as 'US'",
    ),
    wrong_field({"billingPerson": {"countryCode": 5}}, "billingPerson.countryCode must be a string"),
    wrong_field({"billingPerson": {"street": "x" * 1001}}, "billingPerson.street must be at most 1000 characters long"),
    wrong_field({"contacts": [{"contact": "x", "type": "FAX"}]}, f"contacts[0].type must be one of {CONTACT_TYPES}"),
    wrong_field({"shippingAddresses": [{"id": 7}]}, "shippingAddresses[0].id is not an id of this customer"),
    wrong_field({"email": None}, "email must not be null"),
    Row(body={"lang": "fr"}, code="LANGUAGES_NOT_ALLOWED", message="Language 'fr' is not enabled in the store"),
    Row(
        method="GET",
        path="/customers",
        query={"responseFields": "items(id"},
        message="Wrong parameter 'responseFields' value: a closing bracket is missing",
    ),
    Row(
        method="GET",
        path="/customers/deleted",
        query={"from_date": "soon"},
        message="Wrong parameter 'from_date' value: "
        "expected UNIX seconds or a date such as '2024-06-04 21:15:10 +0000'",
    ),
    not_found("GET", CUSTOMER + "/contacts/9", "CONTACT_NOT_FOUND", "Contact #9 not found"),
    not_found("PUT", CUSTOMER + "/contacts/9", "CONTACT_NOT_FOUND", "Contact #9 not found"),
    not_found("POST", "/nothing", "NOT_FOUND", "There is nothing at this path"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.message[:60]}")
def test_refused_in_these_words(shop: Shop, row: Row) -> None:
    path = row.path.format(customer=shop.add_customer())
    before = shop.changes()
    if row.raw is None:
        answer = shop.call(row.method, path, row.body, row.query)
    else:
        answer = shop.send(path, row.raw, row.method)
    check_error(answer, row.status, row.code, row.message)
    assert shop.changes() == before


def asked(shop: Shop, token: str | None) -> Answer:
    return shop.call("GET", "/customers", headers={"authorization": f"Bearer {token}"} if token else {})


def test_tokens_that_open_nothing(shop: Shop, other_shop: Shop) -> None:
    message = "The API token is missing, unknown or not valid for this store"
    for token in (None, "secret_" + "0" * 32, other_shop.token):
        check_error(asked(shop, token), 403, "INVALID_API_TOKEN", message)
    token = shop.server.add_token(shop.store_id, ["update_customers"])
    check_error(asked(shop, token), 403, "INSUFFICIENT_APP_SCOPE", "The token lacks the scope 'read_customers'")


def test_a_suspended_store(shop: Shop) -> None:
    shop.server.run(shop.server.storage.set_suspended(shop.store_id, True))
    token = shop.server.add_token(shop.store_id)  # one that the server has not met yet
    check_error(asked(shop, token), 402, "STORE_IS_SUSPENDED", "Store is suspended")
