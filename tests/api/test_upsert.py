"""Many customers in one call: each is made or changed, whichever it takes, and a wrong one is wrong alone."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.scenarios import AN_ID, Json, differences, resolve
from tests.api.shop import Shop, check_error

PATH = "/customers/upsert"


def upsert(shop: Shop, by: str, *items: Json) -> Json:
    answer = shop.post(shop.own(PATH), {"by": by, "items": list(items)})
    assert answer.keys() == {"createCount", "updateCount", "errorCount", "items"}
    results = [item["result"] for item in answer["items"]]
    counts = [answer["createCount"], answer["updateCount"], answer["errorCount"]]
    assert counts == [results.count(result) for result in ("created", "updated", "failed")]
    assert len(results) == len(items)
    return answer["items"]


def failed(message: str, code: str = "WRONG_PARAMETER", **args: str) -> Json:
    return {"result": "failed", "error": {"errorMessage": message, "errorCode": code, **args}}


def problem(path: str, what: str) -> Json:
    return failed(f"Field {path} {what}", args={path: what})


def test_by_email(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer("new@example.com", name="Elsewhere")
    known = shop.add_customer("Jo@Example.com", taxId="1", billingPerson={"name": "Jo", "city": "Rome"})
    before = shop.customer(known)
    items = upsert(
        shop,
        "email",
        {"email": "new@example.com", "name": "New"},
        {"email": "jo@example.com", "taxExempt": True, "billingPerson": {"phone": "5"}, "externalReferenceId": "c-1"},
    )
    assert items == [{"id": known + 1, "result": "created"}, {"id": known, "result": "updated"}]
    assert differences(before, shop.customer(known)) == {
        "email": "jo@example.com",
        "taxExempt": True,
        "billingPerson.phone": "5",
        "contacts.0.contact": "jo@example.com",
        "externalReferenceId": "c-1",
    }
    created = shop.customer(known + 1)
    assert (created["name"], created["email"]) == ("New", "new@example.com")
    assert [contact["contact"] for contact in created["contacts"]] == ["new@example.com"]
    assert "externalReferenceId" not in created
    assert shop.changes()[1:] == ["customer created", "customer updated"]
    assert other_shop.find() == ["new@example.com"]


def test_by_external_reference_id(shop: Shop, other_shop: Shop) -> None:
    upsert(other_shop, "externalReferenceId", {"externalReferenceId": "crm-1", "email": "a@example.com"})
    first = {"externalReferenceId": "crm-1", "email": "a@example.com", "taxId": "1"}
    ((made,),) = [upsert(shop, "externalReferenceId", first)]
    assert made == {"id": AN_ID, "result": "created"}
    second = {"externalReferenceId": "crm-1", "email": "b@example.com"}
    assert upsert(shop, "externalReferenceId", second) == [{"id": made["id"], "result": "updated"}]
    customer = shop.customer(made["id"])
    assert (customer["externalReferenceId"], customer["email"], customer["taxId"]) == ("crm-1", "b@example.com", "1")
    assert upsert(shop, "externalReferenceId", {"externalReferenceId": "crm-1", "name": "Jo"})[0]["result"] == "updated"
    assert upsert(shop, "externalReferenceId", {"externalReferenceId": "CRM-1", "email": "c@example.com"}) == [
        {"id": made["id"] + 1, "result": "created"}
    ]
    assert other_shop.find() == ["a@example.com"]


def test_a_failing_one_fails_alone(shop: Shop) -> None:
    shop.add_customer("taken@example.com")
    group = shop.add_group()
    changes = shop.changes()
    items = upsert(
        shop,
        "email",
        {"email": "a@example.com"},
        {"email": "b@example.com", "taxExempt": "yes", "lang": "xx"},
        {"email": "c@example.com", "lang": "xx"},
        {"name": "nobody"},
        {"email": "no address"},
        {"email": "d@example.com", "customerGroupId": group + 1},
        {"email": "taken@example.com", "contacts": [{"id": 99}]},
        5,
        {"email": "e@example.com", "id": 5, "unknown": 1},
    )
    message = "Field Customer.taxExempt must be true or false"
    wrong = {
        "Customer.taxExempt": "must be true or false",
        "Customer.lang": "is not a language that is enabled in the store",
    }
    assert items == [
        {"id": AN_ID, "result": "created"},
        failed(message, args=wrong),
        failed("Language 'xx' is not enabled in the store", "LANGUAGES_NOT_ALLOWED"),
        problem("Customer.email", "is absent"),
        problem("Customer.email", "must be an e-mail address"),
        problem("Customer.customerGroupId", "is not the id of a customer group of this store"),
        problem("Customer.contacts[0].id", "is not an id of this customer"),
        failed("Wrong JSON format: the body must be an object"),
        {"id": AN_ID, "result": "created"},
    ]
    assert shop.find(sortBy="EMAIL_ASC") == ["a@example.com", "e@example.com", "taken@example.com"]
    assert shop.changes() == [*changes, "customer created", "customer created"]


def test_the_key_is_asked_for(shop: Shop) -> None:
    reference = "Customer.externalReferenceId"
    items = upsert(
        shop,
        "externalReferenceId",
        {"email": "a@example.com"},
        {"email": "a@example.com", "externalReferenceId": ""},
        {"email": "a@example.com", "externalReferenceId": None},
        {"email": "a@example.com", "externalReferenceId": "x" * 256},
        {"email": "a@example.com", "externalReferenceId": 7},
        {"externalReferenceId": "7"},
    )
    assert items == [
        problem(reference, "is absent"),
        problem(reference, "must not be empty"),
        problem(reference, "must not be empty"),
        problem(reference, "must be at most 255 characters long"),
        problem(reference, "must be a string"),
        problem("Customer.email", "is absent"),
    ]
    assert shop.changes() == []


def test_an_email_or_reference_of_another_is_refused(shop: Shop) -> None:
    taken = {"email": "a@example.com", "externalReferenceId": "1"}
    assert (
        upsert(shop, "email", taken, {"email": "b@example.com", "externalReferenceId": "2"})[1]["result"] == "created"
    )
    before = shop.get("/customers")
    email = failed("Customer with email a@example.com already exists", "EMAIL_ALREADY_USED")
    reference = failed("Customer with external reference id 1 already exists", "EXTERNAL_REFERENCE_ALREADY_USED")
    by_reference = ({"externalReferenceId": key, "email": "a@example.com"} for key in ("2", "3"))
    assert upsert(shop, "externalReferenceId", *by_reference) == [email, email]
    by_email = ({"email": email, "externalReferenceId": "1"} for email in ("b@example.com", "c@example.com"))
    assert upsert(shop, "email", *by_email) == [reference, reference]
    assert shop.get("/customers") == before


def test_a_reference_can_be_given_up_and_taken_by_another(shop: Shop) -> None:
    upsert(shop, "email", {"email": "a@example.com", "externalReferenceId": "1"})
    items = upsert(
        shop,
        "email",
        {"email": "a@example.com", "externalReferenceId": None},
        {"email": "b@example.com", "externalReferenceId": "1"},
    )
    assert [item["result"] for item in items] == ["updated", "created"]
    shop.delete(f"/customers/{items[1]['id']}")
    assert upsert(shop, "externalReferenceId", {"externalReferenceId": "1", "email": "c@example.com"}) == [
        {"id": items[1]["id"] + 1, "result": "created"}
    ]


def test_elsewhere_the_reference_can_only_be_read(shop: Shop) -> None:
    customer = shop.add_customer("a@example.com", externalReferenceId="1")
    upsert(shop, "email", {"email": "a@example.com", "externalReferenceId": "2"})
    shop.put(f"/customers/{customer}", {"externalReferenceId": "3", "taxId": "4"})
    assert shop.customer(customer)["externalReferenceId"] == "2"


def test_the_same_one_twice_is_done_in_order(shop: Shop) -> None:
    items = [
        {"email": email, "taxId": str(number)} for number in range(250) for email in ("a@x.example", "A@X.example")
    ]
    outcomes = upsert(shop, "email", *items)
    customer = outcomes[0]["id"]
    assert outcomes == [{"id": customer, "result": "created"}, *[{"id": customer, "result": "updated"}] * 499]
    assert shop.customer(customer)["taxId"] == "249"
    assert len(shop.changes()) == 500


def test_many_callers_at_once_make_nobody_twice(shop: Shop) -> None:
    items = [{"externalReferenceId": str(number), "email": f"{number}@example.com"} for number in range(100)]
    body = {"by": "externalReferenceId", "items": items}

    async def call_eight_times() -> list[httpx.Response]:
        headers = {"authorization": f"Bearer {shop.token}"}
        async with httpx.AsyncClient(base_url=shop.server.base_url, headers=headers, timeout=60) as client:
            return list(await asyncio.gather(*(client.post(shop.own(PATH), json=body) for _ in range(8))))

    answers = [answer.json() for answer in asyncio.run(call_eight_times())]
    assert sum(answer["createCount"] for answer in answers) == 100
    assert sum(answer["updateCount"] for answer in answers) == 700
    assert len({tuple(item["id"] for item in answer["items"]) for answer in answers}) == 1


def test_passwords_are_hashed(shop: Shop) -> None:
    items = [{"email": f"{number}@example.com", "password": "secret word"} for number in range(3)]
    answer = shop.call("POST", shop.own(PATH), {"by": "email", "items": items})
    assert answer.json["createCount"] == 3
    hashes = {
        shop.server.run(shop.server.storage.get_customer(shop.store_id, item["id"])).password_hash
        for item in answer.json["items"]
    }
    assert len(hashes) == 3
    assert all(hash_.startswith("$argon2id$") for hash_ in hashes)
    assert "secret word" not in str(answer.json)


@pytest.mark.parametrize(
    ("body", "args"),
    [
        ({}, {"Upsert.by": "is absent", "Upsert.items": "is absent"}),
        ({"by": "email", "items": None}, {"Upsert.items": "is absent"}),
        ({"by": "email", "items": []}, {"Upsert.items": "must have at least one element"}),
        ({"by": "name", "items": [{}]}, {"Upsert.by": "must be one of 'email', 'externalReferenceId'"}),
        ({"by": 5, "items": {}}, {"Upsert.by": "must be a string", "Upsert.items": "must be a list"}),
        ({"by": "email", "items": [{}] * 501}, {"Upsert.items": "must have at most 500 elements"}),
    ],
    ids=str,
)
def test_refused_as_a_whole(shop: Shop, body: Json, args: dict[str, Any]) -> None:
    answer = shop.call("POST", shop.own(PATH), body)
    check_error(answer, 400, "WRONG_PARAMETER")
    assert answer.json["args"] == resolve(args, {}, {})
    assert shop.changes() == []


def test_it_needs_both_scopes(shop: Shop) -> None:
    for scope, other in (("update_customers", "create_customers"), ("create_customers", "update_customers")):
        token = shop.server.add_token(shop.store_id, [scope])
        body = {"by": "email", "items": [{"email": "a@example.com"}]}
        answer = shop.call("POST", shop.own(PATH), body, headers={"authorization": f"Bearer {token}"})
        check_error(answer, 403, "INSUFFICIENT_APP_SCOPE", f"The token lacks the scope '{other}'")
    assert shop.changes() == []


def test_unknown_keys_are_refused_on_request(shop: Shop) -> None:
    items = [{"email": "a@example.com", "taxID": "1"}, {"email": "b@example.com", "id": 5, "externalReferenceId": "2"}]
    headers = {"authorization": f"Bearer {shop.token}", "prefer": "handling=strict"}
    answer = shop.call("POST", shop.own(PATH), {"by": "email", "items": items}, headers=headers)
    wrong = problem("Customer.taxID", "is not a key that is known here")
    assert answer.json["items"] == [wrong, {"id": AN_ID, "result": "created"}]
    assert answer.headers["preference-applied"] == "handling=strict"
    answer = shop.call("POST", shop.own(PATH), {"by": "email", "items": items, "mode": 1}, headers=headers)
    check_error(answer, 400, "WRONG_PARAMETER", "Field Upsert.mode is not a key that is known here")


def test_one_who_comes_back_has_its_reference_unless_another_has_it(shop: Shop) -> None:
    items = upsert(shop, "email", {"email": "a@example.com", "externalReferenceId": "1"})
    customer = items[0]["id"]
    shop.delete(f"/customers/{customer}")
    upsert(shop, "email", {"email": "b@example.com", "externalReferenceId": "1"})
    restore = shop.own(f"/customers/{customer}/restore")
    message = "Customer with external reference id 1 already exists"
    check_error(shop.call("POST", restore, {"to": 1}), 409, "EXTERNAL_REFERENCE_ALREADY_USED", message)
    upsert(shop, "email", {"email": "b@example.com", "externalReferenceId": None})
    shop.post(restore, {"to": 1})
    assert shop.customer(customer)["externalReferenceId"] == "1"
    assert upsert(shop, "externalReferenceId", {"externalReferenceId": "1"}) == [{"id": customer, "result": "updated"}]
