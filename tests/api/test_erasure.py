"""Erasing a customer over HTTP, and the bytes of the files afterwards."""

import random
import time
from pathlib import Path
from urllib.parse import quote

import httpx

from customary.model.change import Origin
from customary.operations.erasure import erase_customer
from customary.testing import server_in_thread
from tests.api.people import FULL
from tests.api.scenarios import A_TEXT, AN_ID, Json
from tests.api.shop import Shop, check_error

EMAIL, NAME, STREET, PHONE = "Žofie.Erased@Exämple.org", "Žofie Qvordová", "17 Zyxwall Row\nRear Qx", "+420 555 918 273"
PERSON: dict[str, Json] = {
    "email": EMAIL,
    "billingPerson": {"name": NAME, "street": STREET, "phone": PHONE, "city": "Brno", "countryCode": "CZ"},
    "shippingAddresses": [{"name": NAME, "street": STREET, "phone": PHONE}],
    "contacts": [{"contact": PHONE, "type": "PHONE"}, {"contact": EMAIL, "type": "EMAIL"}],
    "privateAdminNotes": f"ask for {NAME} ({PHONE})\n" * 200,
}
PIECES = ("ofie.erased", "qvordov", "zyxwall", "918 273", "rear qx")
"""What of it must be nowhere, in small letters."""


def erase(shop: Shop, customer_id: int) -> Json:
    answer = shop.call("POST", shop.own(f"/customers/{customer_id}/erase"))
    assert answer.status == 200, answer.json
    return answer.json


def erasure(shop: Shop, customer_id: int) -> Json:
    """Once it is purged."""
    until = time.monotonic() + 60
    while True:
        answer = shop.call("GET", shop.own(f"/customers/{customer_id}/erasure"))
        assert answer.status == 200, answer.json
        if "purged" in answer.json:
            return answer.json
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_erased_customer(shop: Shop) -> None:
    customer = shop.add_customer(**FULL | {"customerGroupId": 0})
    shop.put(f"/customers/{customer}", {"taxId": "8"})
    answer = erase(shop, customer)
    token = {"id": AN_ID, "label": "test"}
    assert answer == {"id": customer, "erased": A_TEXT, "seq": 4, "token": token, "requestId": A_TEXT}
    assert erasure(shop, customer) == answer | {"purged": A_TEXT}
    assert shop.changes()[-2:] == ["customer deleted", "customer erased"]
    check_error(shop.call("GET", f"/customers/{customer}"), 404, "CUSTOMER_NOT_FOUND")
    assert [each["id"] for each in shop.get("/customers/deleted")["items"]] == [customer]
    history = shop.call("GET", shop.own(f"/customers/{customer}/history")).json["items"]
    assert [(item["kind"], item["changes"]) for item in history] == [
        ("erased", []),
        ("deleted", []),
        ("updated", []),
        ("created", []),
    ]
    then = shop.call("GET", shop.own(f"/customers/{customer}/history/1"))
    check_error(then, 410, "CUSTOMER_ERASED", f"Customer #{customer} was erased")
    back = shop.call("POST", shop.own(f"/customers/{customer}/restore"), {"to": 1})
    check_error(back, 410, "CUSTOMER_ERASED", f"Customer #{customer} was erased")
    again = shop.call("POST", shop.own(f"/customers/{customer}/erase"))
    assert again.json == erasure(shop, customer)
    assert len(shop.changes()) == 4
    shop.add_customer(**FULL | {"customerGroupId": 0})  # the e-mail is free


def test_who_was_never_there_or_is_not_erased(shop: Shop, other_shop: Shop) -> None:
    customer = shop.add_customer()
    shop.put(f"/customers/{customer}", {})
    for path in ("/customers/99/erase", "/customers/0/erase"):
        check_error(shop.call("POST", shop.own(path)), 404, "CUSTOMER_NOT_FOUND")
    check_error(other_shop.call("POST", other_shop.own(f"/customers/{customer}/erase")), 404, "CUSTOMER_NOT_FOUND")
    message = f"Customer #{customer} was not erased"
    check_error(shop.call("GET", shop.own(f"/customers/{customer}/erasure")), 404, "CUSTOMER_NOT_FOUND", message)


def test_a_deleted_customer_is_erased_too(shop: Shop) -> None:
    customer = shop.add_customer()
    shop.delete(f"/customers/{customer}")
    erase(shop, customer)
    assert shop.changes() == ["customer created", "customer deleted", "customer erased"]


def traces(directory: Path) -> dict[str, list[str]]:
    """File → the pieces that are in it, in small or capital letters, written in any of the usual ways."""
    found: dict[str, list[str]] = {}
    for file in directory.glob("customary.db*"):
        content = file.read_bytes()
        for text in (content.lower(), content.decode("utf-8", "ignore").casefold().encode()):
            found.setdefault(file.name, []).extend(piece for piece in PIECES if is_in(text, piece))
    return {name: pieces for name, pieces in found.items() if pieces}


def is_in(text: bytes, piece: str) -> bool:
    forms = [
        piece.encode(),
        piece.replace(" ", "·").encode(),
        piece.encode("utf-16-le"),
        piece.encode("utf-16-be"),
        quote(piece).lower().encode(),
    ]
    return any(form in text for form in (*forms, piece.replace(" ", "+").encode()))


def live(shop: Shop) -> int:
    """The person as one of many, with a history, orders, batches, and others who change all the time."""
    choice = random.Random(1)
    others = [shop.add_customer(f"other{number}@example.com", **other(choice)) for number in range(150)]
    customer = shop.add_customer(**PERSON)
    others += [shop.add_customer(f"further{number}@example.com", **other(choice)) for number in range(150)]
    key = shop.add_extrafield()
    for number in range(400):
        shop.put(f"/customers/{choice.choice(others)}", other(choice))
        if number % 20 == 0:
            notes = f"{NAME} " * choice.randrange(200)
            values = [{"key": key, "value": NAME}]
            shop.put(f"/customers/{customer}", {"privateAdminNotes": notes, "extrafields": values})
    shop.add_order(EMAIL, billingPerson={"name": NAME, "street": STREET}, items=[{"productId": 5, "name": "Tea"}])
    requests = [
        {"method": "GET", "path": f"/customers/{customer}"},
        {"method": "PUT", "path": f"/customers/{customer}", "body": {"billingPerson": {"phone": PHONE, "name": NAME}}},
        {"method": "POST", "path": "/customers", "body": {"email": EMAIL.upper()}},
        {"method": "GET", "path": f"/customers?email={quote(EMAIL)}&responseFields=items(email)"},
        {"method": "GET", "path": "/customers/filters"},
    ]
    ticket = shop.post("/batch?stopOnFirstFailure=false", requests)["ticket"]
    while shop.get("/batch", ticket=ticket)["status"] != "COMPLETED":
        time.sleep(0.02)
    shop.find(keyword="qvordov")
    shop.put(f"/customers/{customer}", {"email": "new." + EMAIL})
    return customer


def other(choice: random.Random) -> dict[str, Json]:
    text = f"Other {choice.random()} "
    person = {"name": text, "street": text * choice.randrange(20)}
    return {"billingPerson": person, "privateAdminNotes": text * choice.randrange(90)}


def test_no_byte_of_the_person_is_left(tmp_path: Path) -> None:
    with server_in_thread(tmp_path / "customary.db") as server, httpx.Client(base_url=server.base_url) as client:
        shop = Shop(server, client, 1003)
        customer = live(shop)
        assert {"customary.db-wal", "customary.db"} >= traces(tmp_path).keys() > set()
        erase(shop, customer)
        erasure(shop, customer)
        assert traces(tmp_path) == {}
        shop.add_customer("new@example.com")  # what was in memory does not come back
        assert traces(tmp_path) == {}
    assert traces(tmp_path) == {}


def test_what_a_process_left_the_next_one_purges(tmp_path: Path) -> None:
    database = tmp_path / "customary.db"
    with server_in_thread(database) as server, httpx.Client(base_url=server.base_url) as client:
        shop = Shop(server, client, 1003)
        customer = live(shop)
        origin = Origin(at=int(time.time()), token_id=1, request_id="")
        server.run(erase_customer(server.storage, 1003, origin, customer))  # and nothing is told to the worker
        token = shop.token
    with server_in_thread(database) as server, httpx.Client(base_url=server.base_url) as client:
        headers = {"authorization": f"Bearer {token}"}
        until = time.monotonic() + 60
        while "purged" not in client.get(f"/customary/v1/1003/customers/{customer}/erasure", headers=headers).json():
            assert time.monotonic() < until
            time.sleep(0.02)
        assert traces(tmp_path) == {}
