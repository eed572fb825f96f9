"""``ETag``, ``If-None-Match`` and ``If-Match``: reads that cost nothing, and writes that overwrite nothing unseen."""

import asyncio

import httpx
import pytest

from tests.api.people import MAIL, PHONE
from tests.api.shop import Answer as Told
from tests.api.shop import Shop, check_error

CLIENTS = 32
INCREMENTS = 4


def told(answer: httpx.Response) -> Told:
    return Told(answer.status_code, answer.json(), answer.headers)


@pytest.fixture
def path(shop: Shop) -> str:
    return f"/customers/{shop.add_customer(contacts=[MAIL, PHONE])}"


def tag_of(shop: Shop, path: str) -> str:
    return shop.ask("GET", path).headers["etag"]


def test_a_read_has_a_tag_that_stays_while_the_answer_stays(shop: Shop, path: str) -> None:
    tag = tag_of(shop, path)
    assert tag == tag_of(shop, path)
    shop.put(path, {"taxId": "1"})
    assert tag != tag_of(shop, path)


def test_what_is_known_is_not_sent_again(shop: Shop, path: str) -> None:
    tag = tag_of(shop, path)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = shop.ask("GET", path, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert not {"content-type", "content-length", "transfer-encoding"} & answer.headers.keys()
    shop.put(path, {"taxId": "1"})
    answer = shop.ask("GET", path, if_none_match=tag)
    assert answer.status_code == 200
    assert answer.json()["taxId"] == "1"


def test_a_connection_goes_on_after_a_304(shop: Shop, path: str) -> None:
    tag = tag_of(shop, path)
    with httpx.Client(base_url=shop.server.base_url, limits=httpx.Limits(max_connections=1)) as client:
        url, token = f"/api/v3/{shop.store_id}{path}", {"authorization": f"Bearer {shop.token}"}
        for _ in range(3):
            assert client.get(url, headers={**token, "if-none-match": tag}).status_code == 304
            assert client.get(url, headers=token).status_code == 200


def test_lines_of_a_header_are_one_list(shop: Shop, path: str) -> None:
    tag = tag_of(shop, path)
    url = f"/api/v3/{shop.store_id}{path}"
    headers = [("authorization", f"Bearer {shop.token}"), ("if-none-match", '"a"'), ("if-none-match", tag)]
    assert shop.client.get(url, headers=headers).status_code == 304


def test_other_words_for_the_same_state_are_another_tag(shop: Shop) -> None:
    """An order, a group's name and an extra field's title change the answer and not the customer."""
    group, field = shop.add_group(), shop.add_extrafield("Size")
    customer = shop.add_customer(customerGroupId=group, extrafields=[{"key": field, "value": "44"}])
    path = f"/customers/{customer}"
    tags = [tag_of(shop, path)]
    shop.add_order()
    tags.append(tag_of(shop, path))
    shop.put(f"/customer_groups/{group}", {"name": "Other"})
    tags.append(tag_of(shop, path))
    shop.put(f"/store_extrafields/customers/{field}", {"title": "Other"})
    tags.append(tag_of(shop, path))
    assert len(set(tags)) == 4
    assert all(shop.ask("GET", path, if_none_match=tag).status_code == 200 for tag in tags[:3])
    # none of it is what an update overwrites
    assert shop.ask("PUT", path, {"taxId": "1"}, if_match=tags[0]).status_code == 200
    assert shop.ask("PUT", path, {"taxId": "2"}, if_match=tags[0]).status_code == 412


def test_selected_fields_have_a_tag_of_their_own(shop: Shop, path: str) -> None:
    whole, some = tag_of(shop, path), tag_of(shop, f"{path}?responseFields=email")
    assert whole != some
    assert shop.ask("GET", f"{path}?responseFields=email", if_none_match=some).status_code == 304
    assert shop.ask("GET", f"{path}?responseFields=email", if_none_match=whole).status_code == 200
    assert shop.ask("PUT", path, {"taxId": "1"}, if_match=some).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_to_what_was_changed_since_is_refused(shop: Shop, path: str, method: str) -> None:
    tag = tag_of(shop, path)
    shop.put(path, {"taxId": "1"})
    before, changes = shop.get(path), shop.changes()
    for condition in ({"if_match": tag}, {"if_match": f"W/{tag_of(shop, path)}"}, {"if_none_match": "*"}):
        answer = shop.ask(method, path, *([{"taxId": "2"}] if method == "PUT" else []), **condition)
        check_error(told(answer), 412, "PRECONDITION_FAILED")
    assert (shop.get(path), shop.changes()) == (before, changes)
    for condition in ({"if_match": f'"0-0", {tag_of(shop, path)}'},):
        assert shop.ask(method, path, *([{}] if method == "PUT" else []), **condition).status_code == 200


def test_any_state_will_do(shop: Shop, path: str) -> None:
    assert shop.ask("PUT", path, {}, if_match="*").status_code == 200
    assert shop.ask("DELETE", path, if_match="*").status_code == 200
    check_error(told(shop.ask("PUT", path, {}, if_match="*")), 404, "CUSTOMER_NOT_FOUND")


def test_a_condition_comes_before_the_values_of_the_body(shop: Shop, path: str) -> None:
    check_error(told(shop.ask("PUT", path, {"email": 1}, if_match='"0-0"')), 412, "PRECONDITION_FAILED")
    check_error(told(shop.ask("PUT", path, {"email": 1}, if_match="*")), 400, "WRONG_PARAMETER")


def test_a_contact_has_the_version_of_its_customer(shop: Shop, path: str) -> None:
    mail, phone = (contact["id"] for contact in shop.get(path)["contacts"])
    tag = tag_of(shop, f"{path}/contacts/{phone}")
    assert shop.ask("GET", f"{path}/contacts/{phone}", if_none_match=tag).status_code == 304
    assert shop.ask("GET", f"{path}/contacts", if_none_match=tag_of(shop, f"{path}/contacts")).status_code == 304
    assert shop.ask("PUT", f"{path}/contacts/{phone}", {"note": "1"}, if_match=tag).status_code == 200
    for method, body in (("PUT", [{"note": "2"}]), ("DELETE", [])):
        check_error(told(shop.ask(method, f"{path}/contacts/{mail}", *body, if_match=tag)), 412, "PRECONDITION_FAILED")
    check_error(told(shop.ask("POST", f"{path}/contacts", PHONE, if_match=tag)), 412, "PRECONDITION_FAILED")
    assert shop.ask("DELETE", f"{path}/contacts/{mail}", if_match=tag_of(shop, path)).status_code == 200


def test_a_group(shop: Shop) -> None:
    path = f"/customer_groups/{shop.add_group()}"
    tag = tag_of(shop, path)
    assert shop.ask("GET", path, if_none_match=tag).status_code == 304
    assert shop.ask("PUT", path, {"name": "Other"}, if_match=tag).status_code == 200
    for method, body in (("PUT", [{"name": "Third"}]), ("DELETE", [])):
        check_error(told(shop.ask(method, path, *body, if_match=tag)), 412, "PRECONDITION_FAILED")
    assert shop.ask("DELETE", path, if_match=tag_of(shop, path)).status_code == 200


def test_no_increment_is_lost(shop: Shop, path: str) -> None:
    """32 clients read a counter, add one and write it back, and begin again when another was faster."""
    shop.put(path, {"taxId": "0"})
    url = f"{shop.server.base_url}/api/v3/{shop.store_id}{path}"

    async def count_up(client: httpx.AsyncClient) -> int:
        refused = done = 0
        while done < INCREMENTS:
            read = await client.get(url)
            body = {"taxId": str(int(read.json()["taxId"]) + 1)}
            written = await client.put(url, json=body, headers={"if-match": read.headers["etag"]})
            assert written.status_code in (200, 412), written.text
            done, refused = done + (written.status_code == 200), refused + (written.status_code == 412)
        return refused

    async def all_clients() -> int:
        limits = httpx.Limits(max_connections=CLIENTS)
        headers = {"authorization": f"Bearer {shop.token}"}
        async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
            return sum(await asyncio.gather(*(count_up(client) for _ in range(CLIENTS))))

    refused = asyncio.run(all_clients())
    assert shop.get(path)["taxId"] == str(CLIENTS * INCREMENTS)
    assert refused > 0
    assert shop.changes().count("customer updated") == CLIENTS * INCREMENTS + 1
