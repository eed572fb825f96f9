"""What the tests of an official client do, as one session: make everything, find it in every way, and remove it."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from customary.testing import server_in_thread

STORE_ID = 1003
SORT_FIELDS = (
    *("NAME", "EMAIL", "ORDER_COUNT", "REGISTERED_DATE", "UPDATED_DATE", "SALES_VALUE"),
    *("FIRST_ORDER_DATE", "LAST_ORDER_DATE"),
)
COUNT = 12
PRODUCT = 692_730_761


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that vouches for itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    command = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-out", str(certificate), "-keyout", str(key), "-days", "2")
    subprocess.run((*command, *names, *files), check=True, capture_output=True)
    return certificate, key


@pytest.fixture(scope="module", params=["http", "https"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client with a token for everything. The one place that knows the scheme."""
    settings: dict[str, Path] = {}
    trust = ssl.create_default_context()
    if request.param == "https":
        certificate, key = request.getfixturevalue("certificate")
        settings = {"tls_certificate": certificate, "tls_key": key}
        trust.load_verify_locations(certificate)
    database = tmp_path_factory.mktemp("session") / "customary.db"
    with (
        server_in_thread(database, **settings) as server,
        httpx.Client(base_url=f"{server.base_url}/api/v3/{STORE_ID}", timeout=30, verify=trust) as client,
    ):
        assert client.base_url.scheme == request.param
        server.add_store(STORE_ID)
        client.headers["authorization"] = f"Bearer {server.add_token(STORE_ID)}"
        yield client


def good(answer: httpx.Response) -> Any:
    """As such a client takes an answer: anything but a 200 with a JSON object is a failure."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()


def body(number: int, group: int) -> dict[str, Any]:
    """Names, companies and sales are the same for several, so that sorting meets ties."""
    return {
        "email": f"client{number:02}@example.com",
        "password": "correct horse",
        "customerGroupId": group if number % 2 else 0,
        "billingPerson": {
            "name": f"Client {number % 3}",
            "companyName": f"Company {number % 4}",
            "city": f"City {number}",
            "postalCode": f"9{number:04}",
            "stateOrProvinceCode": "NY" if number < 6 else "CA",
            "countryCode": "US",
            "phone": f"+1 555 01{number:02}",
        },
        "shippingAddresses": [{"name": f"Client {number}", "city": f"Harbour {number}", "countryCode": "FR"}],
        "contacts": [{"contact": f"client_{number}", "type": "TELEGRAM", "default": True}],
        "taxExempt": number % 2 == 0,
        "b2b_b2c": "b2b" if number % 4 == 0 else "b2c",
        "acceptMarketing": number % 3 == 0,
        "lang": "it" if number % 5 == 0 else "en",
        "fiscalCode": f"FISCAL{number:02}",
        "electronicInvoicePecEmail": f"pec{number:02}@pec.example.com",
        "electronicInvoiceSdiCode": f"SDI{number:04}",
    }


@pytest.fixture(scope="module")
def group(api: httpx.Client) -> int:
    return int(good(api.post("/customer_groups", json={"name": "Wholesale"}))["id"])


@pytest.fixture(scope="module")
def customers(api: httpx.Client, group: int) -> list[int]:
    """Ids, in the order in which they were made; every third of them bought something."""
    made = [int(good(api.post("/customers", json=body(number, group)))["id"]) for number in range(COUNT)]
    for number in range(0, COUNT, 3):
        order = {"email": f"client{number:02}@example.com", "total": 10 * (number % 2 + 1), "paymentStatus": "PAID"}
        order |= {"createDate": f"2024-06-{1 + number % 4:02} 12:00:00 +0000"}
        good(api.post("/orders", json=order | {"items": [{"productId": PRODUCT, "name": "Tea", "price": 5}]}))
    return made


def find(api: httpx.Client, **query: Any) -> list[int]:
    return [customer["id"] for customer in good(api.get("/customers", params=query))["items"]]


def test_a_customer_comes_back_as_it_was_sent(api: httpx.Client, group: int, customers: list[int]) -> None:
    for number, customer_id in enumerate(customers):
        customer = good(api.get(f"/customers/{customer_id}"))
        sent = body(number, group)
        assert "password" not in customer
        for key in sent.keys() - {"password", "billingPerson", "shippingAddresses", "contacts"}:
            assert customer[key] == sent[key], key
        assert customer["billingPerson"].items() >= sent["billingPerson"].items()
        assert customer["shippingAddresses"][0].items() >= sent["shippingAddresses"][0].items()
        assert customer["contacts"][0].items() >= sent["contacts"][0].items()
        assert customer["name"] == sent["billingPerson"]["name"]
        assert customer["customerGroupName"] == ("Wholesale" if number % 2 else "General")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"keyword": "CLIENT07"}, {7}),
        ({"keyword": "client 1"}, {1, 4, 7, 10}),
        ({"name": "ient 2"}, {2, 5, 8, 11}),
        ({"email": "client03"}, {3}),
        ({"email": "Client03@Example.com", "useExactEmailMatch": "true"}, {3}),
        ({"email": "client03", "useExactEmailMatch": "true"}, set()),
        ({"phone": "555 0104"}, {4}),
        ({"city": "harbour 9"}, {9}),
        ({"city": "city 8"}, {8}),
        ({"postalCode": "90005"}, {5}),
        ({"stateOrProvinceCode": "NY"}, {0, 1, 2, 3, 4, 5}),
        ({"countryCodes": "fr,DE"}, set(range(COUNT))),
        ({"countryCodes": "DE"}, set()),
        ({"companyName": "company 3"}, {3, 7, 11}),
        ({"acceptMarketing": "true"}, {0, 3, 6, 9}),
        ({"lang": "it"}, {0, 5, 10}),
        ({"customerGroup": "0"}, {0, 2, 4, 6, 8, 10}),
        ({"minOrderCount": 1}, {0, 3, 6, 9}),
        ({"maxOrderCount": 0}, {1, 2, 4, 5, 7, 8, 10, 11}),
        ({"minSalesValue": 20}, {3, 9}),
        ({"maxSalesValue": 10, "minSalesValue": 1}, {0, 6}),
        ({"purchasedProductIds": f"1,{PRODUCT}"}, {0, 3, 6, 9}),
        ({"b2b_b2c": "b2b"}, {0, 4, 8}),
        ({"taxExempt": "yes"}, {0, 2, 4, 6, 8, 10}),
        ({"fiscalCode": "fiscal11"}, {11}),
        ({"electronicInvoicePecEmail": "pec02@"}, {2}),
        ({"electronicInvoiceSdiCode": "sdi0006"}, {6}),
        ({"createdFrom": "2024-01-01"}, set(range(COUNT))),
        ({"updatedTo": "2024-01-01 00:00:00 +0000"}, set()),
        ({"stateOrProvinceCode": "CA", "taxExempt": "true", "minOrderCount": 1}, {6}),
    ],
)
def test_search_by_each_field(
    api: httpx.Client, customers: list[int], query: dict[str, Any], numbers: set[int]
) -> None:
    found = good(api.get("/customers", params=query))
    assert {customers.index(each["id"]) for each in found["items"]} == numbers
    assert found["total"] == found["count"] == len(numbers)


def test_search_by_group(api: httpx.Client, group: int, customers: list[int]) -> None:
    assert set(find(api, customerGroup=group)) == set(customers[1::2])
    assert set(find(api, customerGroupIds=f"0,{group}")) == set(customers)


def test_pages(api: httpx.Client, customers: list[int]) -> None:
    found: list[int] = []
    for offset in range(0, COUNT + 5, 5):
        page = good(api.get("/customers", params={"offset": offset, "limit": 5, "sortBy": "EMAIL_ASC"}))
        assert (page["offset"], page["limit"], page["total"], page["allCustomerCount"]) == (offset, 5, COUNT, COUNT)
        assert page["count"] == len(page["items"]) <= 5
        found += [customer["id"] for customer in page["items"]]
    assert found == customers


@pytest.mark.parametrize("field", SORT_FIELDS)
def test_the_sixteen_orders(api: httpx.Client, customers: list[int], field: str) -> None:
    """They were made within a second or two, so that most of them tie and the id decides."""
    items = good(api.get("/customers", params={"sortBy": f"{field}_ASC"}))["items"]
    assert len(items) == COUNT
    assert [(sort_key(field, each), each["id"]) for each in items] == sorted(
        (sort_key(field, each), each["id"]) for each in items
    )
    assert find(api, sortBy=f"{field}_DESC") == [each["id"] for each in items][::-1]
    by_pages = [found for offset in range(COUNT) for found in find(api, sortBy=f"{field}_DESC", offset=offset, limit=1)]
    assert by_pages == [each["id"] for each in items][::-1]


def sort_key(field: str, customer: dict[str, Any]) -> Any:
    stats = customer["stats"]
    return {
        "NAME": customer["name"].lower(),
        "EMAIL": customer["email"],
        "ORDER_COUNT": stats["numberOfOrders"],
        "REGISTERED_DATE": customer["registered"],
        "UPDATED_DATE": customer["updated"],
        "SALES_VALUE": stats["salesValue"],
        "FIRST_ORDER_DATE": stats.get("firstOrderDate", ""),
        "LAST_ORDER_DATE": stats.get("lastOrderDate", ""),
    }[field]


def test_only_the_fields_that_are_asked_for(api: httpx.Client, customers: list[int]) -> None:
    query = {"responseFields": "email,billingPerson(phone)"}
    assert good(api.get(f"/customers/{customers[4]}", params=query)) == {
        "email": "client04@example.com",
        "billingPerson": {"phone": "+1 555 0104"},
    }
    query = {"responseFields": "total,items(email,billingPerson(phone))", "keyword": "client04"}
    assert good(api.get("/customers", params=query)) == {
        "total": 1,
        "items": [{"email": "client04@example.com", "billingPerson": {"phone": "+1 555 0104"}}],
    }


def test_a_batch_that_is_polled(api: httpx.Client, customers: list[int]) -> None:
    requests = [
        {"id": f"r{number}", "path": f"customers/{customer_id}", "method": "PUT", "body": {"taxId": f"T{number}"}}
        for number, customer_id in enumerate(customers)
    ]
    requests += [{"id": "missing", "path": "/customers/999999", "method": "GET"}]
    ticket = good(api.post("/batch", json=requests))["ticket"]
    responses = polled(api, ticket, len(requests))
    assert [each["id"] for each in responses] == [each["id"] for each in requests]
    assert [each["httpStatusCode"] for each in responses] == [200] * COUNT + [404]
    assert responses[0]["httpBody"] == {"updateCount": 1}
    assert responses[-1]["status"] == "FAILED"
    assert [good(api.get(f"/customers/{number}"))["taxId"] for number in customers] == [f"T{n}" for n in range(COUNT)]


def polled(api: httpx.Client, ticket: str, total: int) -> list[dict[str, Any]]:
    done = [0]
    for _ in range(200):
        batch = good(api.get("/batch", params={"ticket": ticket}))
        assert batch["status"] in ("QUEUED", "IN_PROGRESS", "COMPLETED")
        assert batch["totalRequests"] == total
        done.append(batch["completedRequests"])
        if batch["status"] == "COMPLETED":
            assert all(before <= after for before, after in pairwise(done))
            return list(batch["responses"])
        time.sleep(0.05)
    raise TimeoutError("The batch did not end")


def test_delete_and_list_what_was_deleted(api: httpx.Client) -> None:
    """With customers of its own, so that the order of the tests does not matter."""
    start = int(time.time())
    gone = [int(good(api.post("/customers", json={"email": f"gone{n}@example.com"}))["id"]) for n in range(3)]
    assert [good(api.delete(f"/customers/{number}")) for number in gone] == [{"deleteCount": 1}] * 3
    listed = good(api.get("/customers/deleted", params={"from_date": start}))
    assert [each["id"] for each in listed["items"]] == gone
    assert listed["total"] == listed["count"] == 3
    page = good(api.get("/customers/deleted", params={"from_date": start, "offset": 1, "limit": 1}))
    assert [each["id"] for each in page["items"]] == gone[1:2]
    assert good(api.get("/customers/deleted", params={"to_date": start - 1}))["items"] == []
    assert api.get(f"/customers/{gone[0]}").status_code == 404
    assert find(api, keyword="gone") == []
