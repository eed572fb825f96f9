"""A client from the field, written for the original: ``pyecwid`` must work with nothing but another base URL."""

from typing import Any

import pytest
from pyecwid import Ecwid

from tests.api.shop import Shop


@pytest.fixture
def ecwid(shop: Shop) -> Any:
    """The client, connected: that alone reads the profile with the token in the query."""
    return Ecwid(shop.token, shop.store_id, base_url=shop.server.base_url + "/api/v3/{0}/")


def test_it_connects_with_a_good_token_only(shop: Shop, other_shop: Shop) -> None:
    base_url = shop.server.base_url + "/api/v3/{0}/"
    assert Ecwid(shop.token, str(shop.store_id), base_url=base_url).api.get_base_url().endswith(f"/{shop.store_id}/")
    with pytest.raises(Exception, match="403"):
        Ecwid(other_shop.token, shop.store_id, base_url=base_url)


def test_add_read_update_delete(shop: Shop, ecwid: Any) -> None:
    customer_id = ecwid.customers.add({"email": "jo@example.com", "billingPerson": {"name": "Jo Doe"}})
    assert ecwid.customers.get_by_id(customer_id)["billingPerson"]["firstName"] == "Jo"
    answer = ecwid.customers.update(customer_id, {"billingPerson": {"phone": "+1 217 555 0100"}})
    assert (answer.status_code, answer.json()) == (200, {"updateCount": 1})
    assert shop.customer(customer_id)["billingPerson"] | {"phone": None} == {
        "name": "Jo Doe",
        "firstName": "Jo",
        "lastName": "Doe",
        "phone": None,
    }
    assert ecwid.customers.delete(customer_id) == 1
    assert shop.find() == []


def test_lists_over_several_pages(shop: Shop, ecwid: Any) -> None:
    for number in range(203):
        shop.add_customer(f"c{number:03}@example.com")
    found = ecwid.customers.get()
    assert sorted(customer["email"] for customer in found) == [f"c{number:03}@example.com" for number in range(203)]
    page = ecwid.customers.get(collate_items=False)
    assert (page["total"], page["count"], page["limit"]) == (203, 3, 100)  # it goes on with the offset of the last page


def test_finds(shop: Shop, ecwid: Any) -> None:
    shop.add_customer("jo@example.com", name="Jo Doe")
    shop.add_customer("ann@example.com", name="Ann Lee")
    assert [each["email"] for each in ecwid.customers.get_by_email("jo@example.com")] == ["jo@example.com"]
    assert [each["email"] for each in ecwid.customers.get_by_name("lee")] == ["ann@example.com"]
    assert [each["email"] for each in ecwid.customers.get_by_keyword("DOE")] == ["jo@example.com"]
    assert ecwid.customers.get_by_email("nobody@example.com") == []


def test_it_is_told_what_is_wrong(ecwid: Any) -> None:
    ecwid.customers.add({"email": "jo@example.com"})
    with pytest.raises(UserWarning, match="EMAIL_ALREADY_USED"):
        ecwid.customers.add({"email": "JO@example.com"})
    answer = ecwid.customers.update(999, {"taxId": "X"})
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "CUSTOMER_NOT_FOUND")
    with pytest.raises(UserWarning, match="404"):
        ecwid.customers.delete(999)
