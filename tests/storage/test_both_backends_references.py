"""External reference ids, whatever the back end: each is of one customer of its store, and leads to it."""

import pytest
from msgspec.structs import replace

from customary.errors import EmailAlreadyUsed, ReferenceAlreadyUsed
from customary.model.customer import Customer
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    blank,
    change_customer,
    delete_customer,
    everything,
    read_customer,
)


async def holder(storage: Storage, reference: str, store_id: int = STORE) -> Customer | None:
    return await storage.write(store_id, ORIGIN, lambda t: t.find_customer_by_reference(reference))


@pytest.mark.usefixtures("stores")
class TestReferences:
    async def test_it_leads_to_the_customer(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com", external_reference_id="crm-1")
        await add_customer(storage, STORE, "b@example.com")
        other = await add_customer(storage, OTHER, "a@example.com", external_reference_id="crm-1", tax_id="2")
        assert await holder(storage, "crm-1") == first
        assert await holder(storage, "crm-1", OTHER) == other
        for unknown in ("CRM-1", "crm-1 ", "crm", ""):
            assert await holder(storage, unknown) is None
        changed = await change_customer(storage, STORE, first.id, tax_id="7")
        assert await holder(storage, "crm-1") == changed

    async def test_it_moves_and_goes(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com")
        for reference in ("1", "2"):
            changed = await change_customer(storage, STORE, first.id, external_reference_id=reference)
            assert await holder(storage, reference) == changed
        assert await holder(storage, "1") is None
        second = await add_customer(storage, STORE, "b@example.com", external_reference_id="1")
        await change_customer(storage, STORE, first.id, external_reference_id="")
        assert await holder(storage, "2") is None
        await delete_customer(storage, STORE, second.id)
        assert await holder(storage, "1") is None
        await change_customer(storage, STORE, first.id, external_reference_id="1")

    async def test_it_is_there_once_in_a_store(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com", external_reference_id="1")
        second = await add_customer(storage, STORE, "b@example.com", external_reference_id="2")
        before = await everything(storage)
        message = "Customer with external reference id 1 already exists"
        with pytest.raises(ReferenceAlreadyUsed, match=message):
            await change_customer(storage, STORE, second.id, external_reference_id="1", email="new@example.com")
        with pytest.raises(ReferenceAlreadyUsed, match=message):
            await add_customer(storage, STORE, "c@example.com", external_reference_id="1")
        with pytest.raises(EmailAlreadyUsed):
            await change_customer(storage, STORE, second.id, external_reference_id="3", email="a@example.com")
        assert await everything(storage) == before
        assert await holder(storage, "3") is None
        assert await holder(storage, "2") == second

    async def test_a_work_may_go_on_after_one_was_taken(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com", external_reference_id="1")

        async def work(transaction: Transaction) -> Customer:
            with pytest.raises(ReferenceAlreadyUsed):
                await transaction.add_customer(replace(blank(transaction, "b@example.com"), external_reference_id="1"))
            first = await read_customer(transaction, STORE, 1)
            await transaction.replace_customer(first, replace(first, external_reference_id="2"))
            return await transaction.add_customer(
                replace(blank(transaction, "b@example.com"), external_reference_id="1")
            )

        stored = await storage.write(STORE, ORIGIN, work)
        assert await holder(storage, "1") == stored
        assert [change.seq for change in await storage.list_changes(STORE, 0, 9)] == [1, 2, 3]

    async def test_one_who_comes_back_has_it_again(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com", external_reference_id="1")
        await delete_customer(storage, STORE, first.id)
        second = await add_customer(storage, STORE, "b@example.com", external_reference_id="1")
        with pytest.raises(ReferenceAlreadyUsed):
            await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(first))
        await delete_customer(storage, STORE, second.id)
        stored = await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(first))
        assert await holder(storage, "1") == stored
