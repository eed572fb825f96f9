"""Batches: many requests in one, carried out after the answer, each as if its caller had sent it."""

import time
from uuid import UUID

import pytest

from tests.api.batches import request, run, send, statuses, wait
from tests.api.scenarios import AN_ID, Json
from tests.api.shop import Shop, check_error


def test_the_answers_are_those_of_the_single_requests(shop: Shop) -> None:
    customer = shop.add_customer()
    requests = [
        request("PUT", f"/customers/{customer}", {"billingPerson": {"phone": "5"}}, "first"),
        request("GET", f"customers/{customer}?responseFields=id,billingPerson", ""),
        request("POST", "/customers", {"email": "new@example.com"}),
        request("get", f"/api/v3/{shop.store_id}/customers?keyword=new%40example&limit=1&responseFields=total"),
        request("DELETE", f"/customers/{customer}"),
    ]
    ticket = send(shop, requests)
    assert str(UUID(ticket)) == ticket
    batch = wait(shop, ticket)
    assert (batch["totalRequests"], batch["completedRequests"]) == (5, 5)
    good = {"status": "COMPLETED", "httpStatusCode": 200, "httpStatusLine": "OK"}
    assert batch["responses"] == [
        {"id": "first", "httpBody": {"updateCount": 1}, **good},
        {"httpBody": {"id": customer, "billingPerson": {"phone": "5"}}, **good},
        {"httpBody": {"id": AN_ID}, **good},
        {"httpBody": {"total": 1}, **good},
        {"httpBody": {"deleteCount": 1}, **good},
    ]
    created = ["customer created", "customer updated", "customer created", "customer deleted"]
    assert shop.changes() == created


def test_bodies_as_text(shop: Shop) -> None:
    requests = [request("POST", "/customer_groups", '{"name": "Ü"}'), request("GET", "/customer_groups/0", None)]
    ticket = send(shop, requests)
    wait(shop, ticket)
    escaped = wait(shop, ticket, escapedJson="true")["responses"]
    assert escaped[1] == {
        "status": "COMPLETED",
        "escapedHttpBody": '{"id":0,"name":"General"}',
        "httpStatusCode": 200,
        "httpStatusLine": "OK",
    }
    assert shop.get("/customer_groups")["items"][1]["name"] == "Ü"
    chosen = shop.get("/batch", ticket=ticket, responseFields="status,responses(httpBody(name))")
    assert chosen == {"status": "COMPLETED", "responses": [{"httpBody": {}}, {"httpBody": {"name": "General"}}]}


def test_after_a_failure_the_rest_is_not_executed(shop: Shop) -> None:
    requests = [
        request("GET", "/customer_groups/0", id_="a"),
        request("GET", "/customers/99", id_="b"),
        request("POST", "/customers", {"email": "never@example.com"}, "c"),
        request("GET", "/customer_groups/0"),
    ]
    batch = wait(shop, send(shop, requests))
    assert (batch["totalRequests"], batch["completedRequests"]) == (4, 2)
    _, failed, *rest = batch["responses"]
    assert failed == {
        "id": "b",
        "status": "FAILED",
        "httpBody": {"errorMessage": "Customer #99 not found", "errorCode": "CUSTOMER_NOT_FOUND"},
        "httpStatusCode": 404,
        "httpStatusLine": "Not Found",
    }
    assert rest == [{"id": "c", "status": "NOT_EXECUTED"}, {"status": "NOT_EXECUTED"}]
    assert shop.changes() == []


@pytest.mark.parametrize("parallel", ["true", "false"])
def test_or_goes_on_when_it_is_asked_to(shop: Shop, parallel: str) -> None:
    paths = ["/customers/99", "/nothing", "/customer_groups/0", "/customers?limit=x", "/../health/live", "/", "?x=1"]
    requests = [*(request("GET", path) for path in paths), request("POST", "/customers", {"email": 5})]
    responses = run(shop, requests, stopOnFirstFailure="false", allowParallelMode=parallel)
    assert statuses(responses) == [404, 404, 200, 400, 404, 404, 404, 400]
    assert {response["httpStatusLine"] for response in responses} == {"OK", "Not Found", "Bad Request"}


def test_in_parallel_all_is_done(shop: Shop) -> None:
    requests = [request("POST", "/customers", {"email": f"{n}@example.com"}, str(n)) for n in range(60)]
    responses = run(shop, requests, allowParallelMode="yes")
    assert [response["id"] for response in responses] == [str(n) for n in range(60)]
    assert len({response["httpBody"]["id"] for response in responses}) == 60
    failing = run(shop, [*requests, *requests], allowParallelMode="true")
    assert {"FAILED", "NOT_EXECUTED"} >= {response["status"] for response in failing}
    assert shop.get("/customers")["total"] == 60


def test_requests_run_with_the_callers_scopes(shop: Shop) -> None:
    customer = shop.add_customer()
    headers = {"authorization": f"Bearer {shop.server.add_token(shop.store_id, ['read_customers'])}"}
    requests = [
        request("GET", f"/customers/{customer}"),
        request("PUT", f"/customers/{customer}?token={shop.token}", {"taxExempt": True}),
        request("GET", "/profile"),
    ]
    answer = shop.call("POST", "/batch?stopOnFirstFailure=false", requests, headers=headers)
    responses = wait(shop, answer.json["ticket"])["responses"]
    assert statuses(responses) == [200, 403, 403]
    assert responses[1]["httpBody"]["errorCode"] == "INSUFFICIENT_APP_SCOPE"
    assert shop.customer(customer)["taxExempt"] is False


def test_other_stores_are_out_of_reach(shop: Shop, other_shop: Shop) -> None:
    other_shop.add_customer()
    requests = [request("GET", f"/api/v3/{other_shop.store_id}/customers"), request("GET", "/health/live")]
    assert statuses(run(shop, requests, stopOnFirstFailure="no")) == [404, 404]
    ticket = send(other_shop, [request("GET", "/customers")])
    wait(other_shop, ticket)
    check_error(shop.call("GET", "/batch", query={"ticket": ticket}), 404, "TICKET_NOT_FOUND")
    headers = {"authorization": f"Bearer {shop.token}"}
    answer = other_shop.call("GET", "/batch", query={"ticket": ticket}, headers=headers)
    check_error(answer, 403, "INVALID_API_TOKEN")
    weak = {"authorization": f"Bearer {other_shop.server.add_token(other_shop.store_id, [])}"}
    assert other_shop.call("GET", "/batch", query={"ticket": ticket}, headers=weak).status == 200


def test_the_same_key_is_the_same_batch(shop: Shop) -> None:
    requests = [request("POST", "/customer_groups", {"name": "x"})]
    first = send(shop, requests, deduplicationKey="6b0a")
    wait(shop, first)
    assert send(shop, requests, deduplicationKey="6b0a") == first
    assert send(shop, requests, deduplicationKey="6b0b") != first
    assert send(shop, requests) != send(shop, requests)
    token = shop.server.add_token(shop.store_id)
    of_another = shop.call(
        "POST", "/batch?deduplicationKey=6b0a", requests, headers={"authorization": f"Bearer {token}"}
    )
    assert of_another.json["ticket"] != first
    until = time.monotonic() + 10
    while len(shop.changes()) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    assert shop.changes() == ["group created"] * 5


def test_a_revoked_token_ends_what_it_began(shop: Shop) -> None:
    token = shop.server.add_token(shop.store_id)
    token_id = shop.server.run(shop.server.storage.list_tokens(shop.store_id))[-1].id
    requests = [request("PUT", "/profile", {"settings": {"storeName": f"N{number}"}}) for number in range(500)]
    headers = {"authorization": f"Bearer {token}"}
    answer = shop.call("POST", "/batch?stopOnFirstFailure=false", requests, headers=headers)
    while shop.get("/batch", ticket=answer.json["ticket"])["completedRequests"] < 3:
        time.sleep(0.01)
    shop.server.run(shop.server.storage.revoke_token(token_id, 1))
    found = statuses(wait(shop, answer.json["ticket"])["responses"])
    assert set(found) <= {200, 403}
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Wrong JSON format: the body must be a list"),
        ([], "Field Batch must have from 1 to 500 requests"),
        ([request("GET", "/profile")] * 501, "Field Batch must have from 1 to 500 requests"),
        ([5], "Field Batch[0] must be an object"),
        ([request("GET", "/profile"), {"method": "GET"}], "Field Batch[1].path is absent"),
        ([request("GET", "")], "Field Batch[0].path is absent"),
        ([{"path": "/profile"}], "Field Batch[0].method is absent"),
        (
            [request("PATCH", "/profile")],
            "Field Batch[0].method must be one of 'GET', 'POST', 'PUT', 'DELETE'",
        ),
        ([request("GET", "/a\nb")], "Field Batch[0].path must not contain control characters"),
        ([{"id": 5, **request("GET", "/profile")}], "Field Batch[0].id must be a string"),
        *(
            ([request("POST", path, [])], "Field Batch[0].path must not be a batch itself")
            for path in ("/batch", "batch?x=1", "//batch/", "%62atch", "/api/v3/{store}/batch")
        ),
    ],
    ids=str,
)
def test_refused(shop: Shop, body: Json, message: str) -> None:
    if isinstance(body, list) and len(body) == 1 and isinstance(body[0], dict) and "path" in body[0]:
        body = [{**body[0], "path": body[0]["path"].replace("{store}", str(shop.store_id))}]
    check_error(shop.call("POST", "/batch", body), 400, "WRONG_PARAMETER", message)


def test_refused_parameters(shop: Shop) -> None:
    check_error(shop.call("GET", "/batch"), 400, "WRONG_PARAMETER")
    check_error(shop.call("GET", "/batch", query={"ticket": "x"}), 404, "TICKET_NOT_FOUND", "Ticket x not found")
    for name in ("stopOnFirstFailure", "allowParallelMode"):
        check_error(shop.call("POST", "/batch", [], {name: "maybe"}), 400, "WRONG_PARAMETER")


def test_the_whole_is_under_the_limit_of_a_body(shop: Shop) -> None:
    requests = [request("PUT", "/customers/1", {"privateAdminNotes": "x" * 9000})] * 120
    check_error(shop.call("POST", "/batch", requests), 413, "REQUEST_TOO_LARGE")
