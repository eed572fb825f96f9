"""Lists by cursor, whatever the back end: in the order of ids, from any place, with a bound to what is read."""

import pytest

from customary.model.customer import Person
from customary.model.search import CustomerSearch, Stretch
from customary.storage.protocol import Storage
from tests.storage.records import OTHER, STORE, add_customers, change_customer, delete_customer

EVERYONE = CustomerSearch()
RARE = CustomerSearch(name="rare", sort_by="EMAIL_DESC", offset=3, limit=1)


async def listed(
    storage: Storage, search: CustomerSearch, after: int, limit: int, most_read: int = 1000
) -> tuple[list[int], int | None]:
    """The ids, and where the list goes on."""
    stretch = await storage.list_customers(STORE, search, after, limit, most_read)
    return [customer.id for customer in stretch.items], stretch.next


@pytest.mark.usefixtures("stores")
class TestListing:
    async def test_nobody(self, storage: Storage) -> None:
        for store_id in (STORE, 9):
            assert await storage.list_customers(store_id, EVERYONE, 0, 5, 9) == Stretch(items=(), next=None)

    async def test_from_the_first_to_the_last(self, storage: Storage) -> None:
        await add_customers(storage, OTHER, [f"{number}@example.com" for number in range(9)])
        customers = await add_customers(storage, STORE, [f"{9 - number}@example.com" for number in range(9)])
        assert (await storage.list_customers(STORE, EVERYONE, 0, 10, 1000)).items == tuple(customers)
        assert await listed(storage, EVERYONE, 0, 4) == ([1, 2, 3, 4], 4)
        assert await listed(storage, EVERYONE, 4, 4) == ([5, 6, 7, 8], 8)
        assert await listed(storage, EVERYONE, 8, 4) == ([9], None)
        assert await listed(storage, EVERYONE, 5, 4) == ([6, 7, 8, 9], None)
        assert await listed(storage, EVERYONE, 9, 4) == ([], None)
        assert await listed(storage, EVERYONE, 2**31 - 1, 4) == ([], None)
        await delete_customer(storage, STORE, 4)
        await delete_customer(storage, STORE, 9)
        assert await listed(storage, EVERYONE, 3, 4) == ([5, 6, 7, 8], None)

    async def test_no_more_is_read_than_is_allowed(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(1, 13)])
        for customer_id in (3, 4, 5, 11):
            await change_customer(storage, STORE, customer_id, billing_person=Person(name="Rare"))
        for customer_id in (1, 7, 8):
            await delete_customer(storage, STORE, customer_id)  # 2 3 4 5 6 9 10 11 12 are left
        assert await listed(storage, RARE, 0, 9, 9) == ([3, 4, 5, 11], None)
        assert await listed(storage, RARE, 0, 9, 5) == ([3, 4, 5], 8)
        assert await listed(storage, RARE, 8, 9, 2) == ([], 10)
        assert await listed(storage, RARE, 10, 9, 2) == ([11], None)
        assert await listed(storage, RARE, 0, 2, 9) == ([3, 4], 4)
        assert await listed(storage, RARE, 4, 2, 9) == ([5, 11], None)
        assert await listed(storage, RARE, 0, 3, 4) == ([3, 4, 5], 5)
        assert await listed(storage, RARE, 0, 1, 2) == ([3], 3)
        assert await listed(storage, EVERYONE, 0, 5, 3) == ([2, 3, 4], 4)
        nobody = CustomerSearch(customer_group_ids=())
        assert await listed(storage, nobody, 0, 5, 6) == ([], 9)
        assert await listed(storage, nobody, 9, 5, 6) == ([], None)
