"""The feed of a store's changes, page by page and waiting."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx

from customary.testing import ServerInThread, server_in_thread
from tests.api.people import FULL
from tests.api.scenarios import A_TEXT, AN_ID, Json
from tests.api.shop import Answer, Shop, check_error


def ask(shop: Shop, **query: Json) -> Answer:
    return shop.call("GET", shop.own("/changes"), query=query)


def changes(shop: Shop, **query: Json) -> Json:
    answer = ask(shop, **query)
    assert answer.status == 200, answer.json
    return answer.json


def test_what_changed_and_what_is_there_now(shop: Shop) -> None:
    customer = shop.add_customer(**FULL | {"customerGroupId": 0})
    gone = shop.add_customer("gone@example.com")
    group = shop.add_group()
    key = shop.add_extrafield()
    shop.put("/profile", {"settings": {"storeName": "New"}})
    shop.put(f"/customers/{customer}", {"customerGroupId": group, "extrafields": [{"key": key, "value": "39"}]})
    shop.delete(f"/customers/{gone}")
    page = changes(shop)
    assert {name: page[name] for name in ("count", "limit", "after", "last")} == {
        "count": 7,
        "limit": 100,
        "after": 7,
        "last": 7,
    }
    told = [{name: item.get(name) for name in ("seq", "entity", "kind", "superseded")} for item in page["items"]]
    assert [" ".join(map(str, item.values())) for item in told] == [
        "1 customer created True",
        "2 customer created True",
        "3 group created None",
        "4 extrafield created None",
        "5 store updated None",
        "6 customer updated None",
        "7 customer deleted None",
    ]
    item = page["items"][5]
    assert item == {
        "seq": 6,
        "at": A_TEXT,
        "entity": "customer",
        "id": customer,
        "kind": "updated",
        "token": {"id": AN_ID, "label": "test"},
        "requestId": A_TEXT,
        "data": shop.customer(customer),
    }
    assert page["items"][2]["data"] == shop.get(f"/customer_groups/{group}")
    assert page["items"][3]["data"] == shop.get(f"/store_extrafields/customers/{key}")
    assert page["items"][3]["key"] == key
    assert page["items"][4]["data"] == shop.get("/profile")
    assert "data" not in page["items"][6]


def test_page_by_page(shop: Shop) -> None:
    ids = [shop.add_customer(f"{number}@example.com") for number in range(5)]
    seen, after = [], 0
    while (page := changes(shop, after=after, limit=2))["items"]:
        seen += [item["id"] for item in page["items"]]
        after = page["after"]
    assert seen == ids
    assert page == {"count": 0, "limit": 2, "items": [], "after": 5, "last": 5}
    assert changes(shop, limit=5000, responseFields="limit,items(seq)") == {
        "limit": 1000,
        "items": [{"seq": seq} for seq in range(1, 6)],
    }


def test_a_position_that_was_never_reached(shop: Shop) -> None:
    """As after the database was put back to an earlier state."""
    shop.add_customer()
    message = "The store's log of changes ends at 1, before position 2"
    check_error(ask(shop, after=2), 409, "POSITION_NOT_REACHED", message)
    headers = {"authorization": f"Bearer {shop.token}", "last-event-id": "x"}
    check_error(shop.call("GET", shop.own("/changes"), headers=headers), 400, "WRONG_PARAMETER")
    for query in ({"after": -1}, {"after": "x"}, {"limit": 0}, {"wait": 61}, {"wait": "soon"}):
        check_error(ask(shop, **query), 400, "WRONG_PARAMETER")


def test_secrets_are_not_told(shop: Shop) -> None:
    shop.add_customer(password="a secret of mine")
    assert "argon2" not in str(changes(shop))
    assert "password" not in str(changes(shop)).lower()


def test_of_other_things_only_what_the_token_may_read(shop: Shop) -> None:
    key = shop.add_extrafield()
    shop.put("/profile", {"settings": {"storeName": "New"}})
    shop.add_group()
    token = shop.server.add_token(shop.store_id, ["read_customers"])
    items = shop.call("GET", shop.own("/changes"), headers={"authorization": f"Bearer {token}"}).json["items"]
    assert [item.get("missingScope") for item in items] == ["read_customers_extrafields", "read_store_profile", None]
    assert [("data" in item) for item in items] == [False, False, True]
    assert items[0]["key"] == key


def test_another_store_sees_nothing_of_it(shop: Shop, other_shop: Shop) -> None:
    shop.add_customer()
    assert changes(other_shop) == {"count": 0, "limit": 100, "items": [], "after": 0, "last": 0}
    path = shop.own("/changes")
    assert other_shop.call("GET", path).json["errorCode"] == "INVALID_API_TOKEN"


def test_waiting_ends_with_the_next_change(shop: Shop) -> None:
    answers: list[Answer] = []
    waiting = threading.Thread(target=lambda: answers.append(ask(shop, wait=30)))
    begun = time.monotonic()
    waiting.start()
    time.sleep(0.3)
    assert not answers
    customer = shop.add_customer()
    waiting.join(10)
    assert [item["id"] for item in answers[0].json["items"]] == [customer]
    assert time.monotonic() - begun < 10
    assert changes(shop, wait=30)["count"] == 1  # it is there: no waiting


def test_waiting_ends_with_its_time(shop: Shop) -> None:
    begun = time.monotonic()
    assert changes(shop, wait=1) == {"count": 0, "limit": 100, "items": [], "after": 0, "last": 0}
    assert 0.9 < time.monotonic() - begun < 10


def in_thread(server: ServerInThread, token: str, answers: list[Any], wait: int = 60) -> threading.Thread:
    def read() -> None:
        headers = {"authorization": f"Bearer {token}"}
        path = f"{server.base_url}/customary/v1/1003/changes?wait={wait}"
        answers.append(httpx.get(path, headers=headers, timeout=90))

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def test_a_server_that_stops_keeps_nobody_waiting(tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        waiting = in_thread(server, server.add_token(1003), answers)
        time.sleep(0.5)
        begun = time.monotonic()
    waiting.join(10)
    assert time.monotonic() - begun < 5
    assert answers[0].json() == {"count": 0, "limit": 100, "items": [], "after": 0, "last": 0}


def test_only_so_many_may_wait(tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    with server_in_thread(tmp_path / "customary.db", feed_readers=8) as server:
        server.add_store(1003)
        token = server.add_token(1003)
        threads = [in_thread(server, token, answers, 2) for _ in range(5)]
        for thread in threads:
            thread.join(20)
        late = in_thread(server, token, answers, 0)
        late.join(20)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 503, 503, 503]
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.json() == {"errorMessage": "Too many readers wait for changes", "errorCode": "SERVICE_UNAVAILABLE"}
    assert refused.headers["retry-after"] == "1"
