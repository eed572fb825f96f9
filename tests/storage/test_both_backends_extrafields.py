"""What every storage does with extra fields, whatever the back end."""

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from customary.model.customer import ExtrafieldValue
from customary.model.extrafield import Extrafield
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    change_customer,
    delete_customer,
    described,
    everything,
)


def values(*keys: str) -> tuple[ExtrafieldValue, ...]:
    return tuple(ExtrafieldValue(key=key, value=f"value of {key}") for key in keys)


async def add_extrafield(storage: Storage, store_id: int, key: str, **fields: Any) -> Extrafield:
    async def work(transaction: Transaction) -> Extrafield:
        common = {"id": transaction.new_extrafield_id(), "title": key.title(), "created": NOON, "modified": NOON}
        extrafield = Extrafield(**{**common, "key": key, **fields})
        await transaction.add_extrafield(extrafield)
        return extrafield

    return await storage.write(store_id, ORIGIN, work)


async def holders(storage: Storage, key: str, store_id: int = STORE) -> list[int]:
    found = await storage.write(store_id, ORIGIN, lambda transaction: transaction.list_extrafield_holders(key, 99))
    return [customer.id for customer in found]


@pytest.mark.usefixtures("stores")
class TestExtrafields:
    async def test_they_read_back_in_the_order_in_which_they_were_made(self, storage: Storage) -> None:
        assert await storage.list_extrafields(STORE) == ()
        born = await add_extrafield(storage, STORE, "born", type="DATETIME", shown_on_order_details=True, modified=7)
        also = await add_extrafield(storage, STORE, "Also")
        assert await storage.list_extrafields(STORE) == (born, also)
        assert await storage.write(STORE, ORIGIN, lambda t: t.list_extrafields(STORE)) == (born, also)
        assert await storage.list_extrafields(OTHER) == ()

    async def test_changes_of_a_definition_are_a_chain(self, storage: Storage) -> None:
        first = await add_extrafield(storage, STORE, "born")
        second = replace(first, title="Born on", type="DATETIME", shown_on_order_details=True, modified=NOON + 5)
        await storage.write(STORE, ORIGIN, lambda t: t.replace_extrafield(first, second))
        assert await storage.list_extrafields(STORE) == (second,)
        await storage.write(STORE, ORIGIN, lambda t: t.delete_extrafield(second))
        assert await storage.list_extrafields(STORE) == ()
        changes = await storage.list_entity_changes(STORE, "extrafield", first.id, None, 10)
        assert described(changes) == ["3 extrafield 1 deleted", "2 extrafield 1 updated", "1 extrafield 1 created"]
        assert [json.decode(each.before or b"", type=Extrafield) for each in changes[:2]] == [second, first]
        again = await add_extrafield(storage, STORE, "born")
        assert again.id > first.id

    async def test_who_has_a_value(self, storage: Storage) -> None:
        for store_id in (STORE, OTHER):
            await add_customer(storage, store_id, "a@example.com", extrafields=values("size", "born"))
        await add_customer(storage, STORE, "b@example.com")
        assert (await holders(storage, "size"), await holders(storage, "born")) == ([1], [1])
        await change_customer(storage, STORE, 2, extrafields=values("born"))
        await change_customer(storage, STORE, 1, extrafields=values("size", "note"))
        assert [await holders(storage, key) for key in ("size", "born", "note")] == [[1], [2], [1]]
        await change_customer(storage, STORE, 1, tax_id="x")
        await change_customer(storage, STORE, 1, extrafields=(ExtrafieldValue(key="size", value="other"),))
        assert [await holders(storage, key) for key in ("size", "born", "note")] == [[1], [2], []]
        await delete_customer(storage, STORE, 2)
        assert await holders(storage, "born") == []
        assert await holders(storage, "born", OTHER) == [1]

    async def test_a_work_that_raises_leaves_nothing_behind(self, storage: Storage) -> None:
        extrafield = await add_extrafield(storage, STORE, "size")
        customer = await add_customer(storage, STORE, "a@example.com", extrafields=values("size"))
        before = (await storage.list_extrafields(STORE), await everything(storage))

        async def work(transaction: Transaction) -> None:
            await transaction.replace_customer(customer, replace(customer, extrafields=()))
            await transaction.replace_extrafield(extrafield, replace(extrafield, title="Other"))
            await transaction.delete_extrafield(extrafield)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await storage.write(STORE, ORIGIN, work)
        assert (await storage.list_extrafields(STORE), await everything(storage)) == before
        assert await holders(storage, "size") == [customer.id]
