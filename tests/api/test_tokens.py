"""Who may do what: for every route a token of another store, one without the scope, none at all, and the right one."""

from typing import Any

import pytest

from customary.api.router import Route
from customary.api.routes import ROUTES
from customary.model.store import SCOPES
from tests.api.scenarios import ABSENT, Json
from tests.api.shop import Shop, check_error

PROTECTED = [route for route in ROUTES if route.scope is not None]
OPEN = [route for route in ROUTES if route.scope is None]
BODIES: dict[str, Json] = {
    "create_customer": {"email": "new@example.com"},
    "create_contact": {"contact": "x"},
    "create_group": {"name": "New"},
    "create_batch": [{"path": "/profile", "method": "GET"}],
    "create_extrafield": {"title": "New"},
    "create_order": {"email": "jo@example.com"},
    "restore_customer": {"to": 1},
    "upsert_customers": {"by": "email", "items": [{"email": "new@example.com"}]},
    "update_customers": {"mode": "SELECTED", "ids": [], "delete": True},
}
STORE = "/api/v3/{storeId}"
NEEDS_NO_QUERY = [route for route in PROTECTED if route.handler.__name__ != "get_batch"]


def name(route: Route) -> str:
    return f"{route.method} {route.template}"


@pytest.fixture
def path_values(shop: Shop) -> dict[str, Json]:
    customer = shop.add_customer()
    contact = shop.customer(customer)["contacts"][0]["id"]
    erased = shop.add_customer("erased@example.com")
    shop.post(shop.own(f"/customers/{erased}/erase"), {})
    return {
        "erased": erased,
        "storeId": shop.store_id,
        "customerId": customer,
        "otherId": shop.add_customer("other@example.com"),
        "seq": 1,
        "contactId": contact,
        "groupId": shop.add_group(),
        "key": shop.add_extrafield(),
        "orderNumber": shop.add_order(),
    }


def request(route: Route, values: dict[str, Json]) -> dict[str, Any]:
    if route.handler.__name__ == "get_erasure":
        values = values | {"customerId": values["erased"]}
    body = BODIES.get(route.handler.__name__, {} if route.method in {"PUT", "POST"} else ABSENT)
    if route.handler.__name__ == "merge_customers":
        body = {"from": values["otherId"]}
    return {"method": route.method, "path": route.template.removeprefix(STORE).format(**values), "body": body}


def needed(route: Route) -> list[str]:
    return [scope for scope in (route.scope, route.also_scope) if scope]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("route", NEEDS_NO_QUERY, ids=name)
def test_the_one_scope_is_enough(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    token = shop.server.add_token(shop.store_id, needed(route))
    assert shop.call(**request(route, path_values), headers=bearer(token)).status == 200


@pytest.mark.parametrize("route", [route for route in PROTECTED if route.scope], ids=name)
def test_all_other_scopes_are_not(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    changes = shop.changes()
    token = shop.server.add_token(shop.store_id, [scope for scope in SCOPES if scope != route.scope])
    answer = shop.call(**request(route, path_values), headers=bearer(token))
    check_error(answer, 403, "INSUFFICIENT_APP_SCOPE")
    assert str(route.scope) in answer.json["errorMessage"]
    assert shop.changes() == changes


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_a_token_of_another_store_opens_nothing(
    shop: Shop, other_shop: Shop, path_values: dict[str, Json], route: Route
) -> None:
    changes = shop.changes()
    answer = shop.call(**request(route, path_values), headers=bearer(other_shop.token))
    check_error(answer, 403, "INVALID_API_TOKEN")
    answer = shop.call(**request(route, path_values), query={"token": other_shop.token}, headers={})
    check_error(answer, 403, "INVALID_API_TOKEN")
    assert shop.changes() == changes


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_a_public_token_opens_nothing_but_times(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    token = shop.server.add_token(shop.store_id, SCOPES, public=True)
    answer = shop.call(**request(route, path_values), headers=bearer(token))
    if route.public:
        assert route.template.endswith("/latest-stats")
        assert answer.status == 200
        return
    assert answer.status == 403
    check_error(answer, 403, answer.json["errorCode"])


@pytest.mark.parametrize("route", NEEDS_NO_QUERY, ids=name)
def test_the_token_in_the_query(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    token = shop.server.add_token(shop.store_id, needed(route))
    assert shop.call(**request(route, path_values), query={"token": token}, headers={}).status == 200


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_no_token(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    changes = shop.changes()
    check_error(shop.call(**request(route, path_values), headers={}), 403, "INVALID_API_TOKEN")
    assert shop.changes() == changes


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_a_suspended_store(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    shop.server.run(shop.server.storage.set_suspended(shop.store_id, True))
    token = shop.server.add_token(shop.store_id)  # one that the server has not met yet
    check_error(shop.call(**request(route, path_values), headers=bearer(token)), 402, "STORE_IS_SUSPENDED")
    check_error(shop.call(**request(route, path_values), headers={}), 403, "INVALID_API_TOKEN")


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_a_store_that_is_not_there(shop: Shop, path_values: dict[str, Json], route: Route) -> None:
    method, _, body = request(route, path_values).values()
    for store in (999_999, 0, 2**31, 10**17):
        path = route.template.format(**path_values | {"storeId": store})
        sent = {} if body is ABSENT else {"json": body}
        answer = shop.client.request(method, path, headers=bearer(shop.token), **sent)
        assert answer.status_code == 404
        assert answer.json() == {"errorMessage": "Store not found", "errorCode": "STORE_NOT_FOUND"}


@pytest.mark.parametrize("route", OPEN, ids=name)
def test_open_routes_ask_for_no_token(shop: Shop, route: Route) -> None:
    path = route.template.format(asset="start.js", storeId=shop.store_id)
    query = {"countryCode": "US"}
    assert shop.client.get(path, params=query).status_code == 200
    assert shop.client.get(path, params=query, headers=bearer("secret_x")).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer secret_" + "x" * 32,
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer Bearer {token}",
        "Bearer {token} {token}",
        'Bearer "{token}"',
        "Bearer " + "x" * 8000,
    ],
)
def test_odd_authorization_headers(shop: Shop, value: str) -> None:
    answer = shop.call("GET", "/customers", headers={"authorization": value.format(token=shop.token)})
    check_error(answer, 403, "INVALID_API_TOKEN")
    assert shop.token not in answer.json["errorMessage"]


@pytest.mark.parametrize("value", ["bearer {token}", "BEARER {token}", "Bearer  {token}"])
def test_authorization_headers_that_will_do(shop: Shop, value: str) -> None:
    headers = {"authorization": value.format(token=shop.token)}
    assert shop.call("GET", "/customers", headers=headers).status == 200


def test_authorization_that_is_no_ascii(shop: Shop) -> None:
    path = f"/api/v3/{shop.store_id}/customers"
    answer = shop.client.get(path, headers={b"authorization": b"Bearer \xff\xfe"})
    assert answer.status_code == 403
    assert answer.json()["errorCode"] == "INVALID_API_TOKEN"


def test_the_header_counts_when_both_are_sent(shop: Shop, other_shop: Shop) -> None:
    answer = shop.call("GET", "/customers", query={"token": shop.token}, headers=bearer(other_shop.token))
    check_error(answer, 403, "INVALID_API_TOKEN")
    answer = shop.call("GET", "/customers", query={"token": "secret_x"}, headers=bearer(shop.token))
    assert answer.status == 200


def test_a_revoked_token(shop: Shop) -> None:
    shop.server.add_token(shop.store_id)
    tokens = shop.server.run(shop.server.storage.list_tokens(shop.store_id))
    assert shop.server.run(shop.server.storage.revoke_token(tokens[0].id, 1))
    check_error(shop.call("GET", "/customers"), 403, "INVALID_API_TOKEN")


def test_scopes_are_checked_before_the_body_is_read(shop: Shop) -> None:
    token = shop.server.add_token(shop.store_id, ["read_customers"])
    answer = shop.client.put(f"/api/v3/{shop.store_id}/customers/1", content=b"{", headers=bearer(token))
    assert answer.status_code == 403
