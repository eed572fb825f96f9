"""What every storage tells of a store's customers as a whole, whatever the back end."""

import pytest

from customary.errors import EmailAlreadyUsed
from customary.model.customer import Person, ShippingAddress
from customary.model.search import CustomerSearch
from customary.model.summary import CustomerSummary, LatestUpdates
from customary.storage.protocol import Storage
from tests.storage.records import NOON, OTHER, STORE, add_customer, add_customers, add_group, delete_customer, origin

NOTHING = CustomerSummary(total=0, repeated=0, one_time=0, addresses=(), languages=())


def address(number: int, **fields: str) -> ShippingAddress:
    return ShippingAddress(id=number, created_date=NOON, **fields)


@pytest.mark.usefixtures("stores")
class TestSummaries:
    async def test_of_nothing(self, storage: Storage) -> None:
        for store_id in (STORE, 9):
            assert await storage.summarize_customers(store_id, 10) == NOTHING
            assert await storage.list_customer_countries(store_id) == ()
            assert await storage.find_customer_ids(store_id, CustomerSearch()) == ()
        assert await storage.get_latest_updates(9) is None

    async def test_ids_are_in_the_order_of_the_search(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number % 7}-{number}@example.com" for number in range(150)])
        found = await storage.find_customer_ids(STORE, CustomerSearch(sort_by="EMAIL_DESC", limit=1, offset=5))
        assert len(found) == 150
        for offset in (0, 100):
            page = await storage.search_customers(STORE, CustomerSearch(sort_by="EMAIL_DESC", offset=offset))
            assert found[offset : offset + 100] == tuple(customer.id for customer in page.items)

    async def test_addresses_languages_and_countries(self, storage: Storage) -> None:
        rome = {"street": "Via", "city": "Rome", "country_code": "IT"}
        await add_customer(storage, OTHER, "o@example.com", lang="fr", billing_person=Person(country_code="FR"))
        for email in ("a@example.com", "b@example.com"):
            addresses = (address(1, **rome), address(2, city="Łódź", country_code="PL", note="x"))
            await add_customer(storage, STORE, email, lang="it", shipping_addresses=addresses)
        await add_customer(storage, STORE, "c@example.com", lang="en", billing_person=Person(country_code="DE"))
        summary = await storage.summarize_customers(STORE, 10)
        assert sorted(summary.addresses) == [("", "Łódź", "PL"), ("Via", "Rome", "IT")]
        assert (summary.total, summary.languages) == (3, ("en", "it"))
        assert len((await storage.summarize_customers(STORE, 1)).addresses) == 1
        assert await storage.list_customer_countries(STORE) == ("DE", "IT", "PL")

    async def test_when_customers_were_changed_last(self, storage: Storage) -> None:
        assert await storage.get_latest_updates(STORE) == LatestUpdates(store_created=NOON, customers=None, orders=None)

        async def latest() -> int | None:
            found = await storage.get_latest_updates(STORE)
            return found.customers if found else -1

        await add_group(storage, STORE, "x")
        assert await latest() is None
        await add_customer(storage, STORE, "a@example.com", origin("r", NOON + 5))
        assert await latest() == NOON + 5
        with pytest.raises(EmailAlreadyUsed):
            await add_customer(storage, STORE, "a@example.com", origin("r", NOON + 7))
        await add_group(storage, STORE, "y")
        assert await latest() == NOON + 5
        await delete_customer(storage, STORE, 1, origin("r", NOON + 9))
        assert await latest() == NOON + 9
