"""Requests that their clients named, whatever the back end: kept with what they write, and for a while."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from customary.errors import KeyTaken, ServiceUnavailable
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import NOON, ORIGIN, OTHER, STORE, blank, count_customers, everything

REQUEST = KeyedRequest(token_id=7, key="k", fingerprint=b"f", created=NOON)
RESULT = KeyedResult(number=0, kind="int", result=b"5")
SHORT = KeptAnswer(status=200, headers=(("etag", '"\u00fc"'), ("x", "")), body=b'{"id":5}')
LONG = KeptAnswer(status=200, body=b'{"name":"J\xc3\xb6"}', texts=True)


def named(key: str, **fields: Any) -> KeyedRequest:
    return replace(REQUEST, key=key, **fields)


async def add(
    storage: Storage, request: KeyedRequest, store_id: int = STORE, kept_since: int = 0, number: int = 0
) -> None:
    result = replace(RESULT, number=number)
    await storage.write(store_id, ORIGIN, lambda transaction: transaction.add_keyed_result(request, result, kept_since))


async def keep(storage: Storage, request: KeyedRequest, answer: KeptAnswer = SHORT, kept_since: int = 0) -> None:
    await storage.keyed_requests.keep_answer(STORE, request, answer, kept_since)


async def find(storage: Storage, key: str = "k", store_id: int = STORE, token_id: int = 7) -> KeyedRequest | None:
    return await storage.keyed_requests.find(store_id, token_id, key)


async def forget(storage: Storage) -> None:
    await storage.write(STORE, ORIGIN, lambda transaction: transaction.forget_answers())


@pytest.mark.usefixtures("stores")
class TestKeyedRequests:
    async def test_what_was_added_reads_back(self, storage: Storage, url: str) -> None:
        before = await everything(storage)
        await add(storage, named("written"), number=2)
        await add(storage, named("written"), number=0)
        await add(storage, named("answered"))
        await keep(storage, named("answered"))
        await keep(storage, named("wrote nothing"), LONG)
        assert await everything(storage) == before  # it is no change
        await storage.close()
        again = await open_storage(url)
        assert await find(again, "written") == named("written", results=(RESULT, replace(RESULT, number=2)))
        assert await find(again, "answered") == named("answered", answer=SHORT)
        assert await find(again, "wrote nothing") == named("wrote nothing", answer=LONG)
        assert await find(again, "unknown") is None
        await again.close()

    async def test_a_key_is_the_tokens_and_the_stores_own(self, storage: Storage) -> None:
        other = replace(REQUEST, token_id=8, fingerprint=b"g")
        await add(storage, REQUEST)
        assert await find(storage, token_id=8) is None
        assert await find(storage, store_id=OTHER) is None
        assert await find(storage, "K") is None
        await add(storage, other)
        await add(storage, replace(REQUEST, fingerprint=b"h"), OTHER)
        await keep(storage, REQUEST)
        assert await find(storage) == replace(REQUEST, answer=SHORT)
        assert await find(storage, token_id=8) == replace(other, results=(RESULT,))
        assert await find(storage, store_id=OTHER) == replace(REQUEST, fingerprint=b"h", results=(RESULT,))

    @pytest.mark.parametrize("number", [0, 1])
    async def test_a_key_that_is_taken_undoes_the_write(self, storage: Storage, number: int) -> None:
        """By another request, by the same write of this one, or by its answer."""

        async def work(transaction: Transaction) -> None:
            await transaction.add_customer(blank(transaction, "a@example.com"))
            another = replace(REQUEST, fingerprint=b"f" if number == 0 else b"g", created=NOON + 9)
            await transaction.add_keyed_result(another, replace(RESULT, number=number), NOON)

        await add(storage, REQUEST)
        before, known = await everything(storage), await find(storage)
        with pytest.raises(KeyTaken):
            await storage.write(STORE, ORIGIN, work)
        assert (await everything(storage), await find(storage)) == (before, known)
        await keep(storage, REQUEST)
        with pytest.raises(KeyTaken):
            await add(storage, REQUEST, number=1)

    async def test_an_old_one_makes_room(self, storage: Storage) -> None:
        later = replace(REQUEST, fingerprint=b"g", created=NOON + 9)
        await add(storage, REQUEST, number=3)
        await add(storage, later, kept_since=NOON + 1)
        assert await find(storage) == replace(later, results=(RESULT,))
        await keep(storage, replace(REQUEST, created=NOON + 20), LONG, kept_since=NOON + 10)
        assert await find(storage) == replace(REQUEST, created=NOON + 20, answer=LONG)

    async def test_one_of_many_at_once_writes(self, storage: Storage) -> None:
        async def work(transaction: Transaction) -> int:
            customer = await transaction.add_customer(blank(transaction, f"{transaction.new_group_id()}@example.com"))
            await transaction.add_keyed_result(REQUEST, RESULT, 0)
            return customer.id

        outcomes = await asyncio.gather(
            *(storage.write(STORE, ORIGIN, work) for _ in range(16)), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["KeyTaken"] * 15 + ["int"]
        assert await count_customers(storage, STORE) == 1

    async def test_an_answer_takes_the_place_of_the_results(self, storage: Storage) -> None:
        await add(storage, REQUEST)
        await keep(storage, replace(REQUEST, fingerprint=b"g"), LONG)
        assert await find(storage) == replace(REQUEST, results=(RESULT,))
        await keep(storage, replace(REQUEST, created=NOON + 1))
        assert await find(storage) == replace(REQUEST, answer=SHORT)
        await keep(storage, REQUEST, LONG)
        assert await find(storage) == replace(REQUEST, answer=SHORT)

    async def test_texts_are_forgotten(self, storage: Storage) -> None:
        for key, answer in (("short", SHORT), ("long", LONG)):
            await add(storage, named(key))
            await keep(storage, named(key), answer)
        await add(storage, named("written"))
        await storage.keyed_requests.keep_answer(OTHER, named("other"), LONG, 0)
        await forget(storage)
        assert await find(storage, "short") == named("short", answer=SHORT)
        assert await find(storage, "other", OTHER) == named("other", answer=LONG)
        for key in ("long", "written"):
            assert await find(storage, key) == named(key, forgotten=True)
            await keep(storage, named(key), LONG)  # it was under way: too late
            assert await find(storage, key) == named(key, forgotten=True)
            with pytest.raises(KeyTaken):
                await add(storage, named(key))

    async def test_old_ones_go(self, storage: Storage) -> None:
        for number in range(5):
            await add(storage, named(str(number), created=NOON + number))
        await add(storage, REQUEST, OTHER)
        assert await storage.keyed_requests.remove_old(NOON + 3) == 4
        left = [number for number in range(5) if await find(storage, str(number)) is not None]
        assert left == [3, 4]
        assert await storage.keyed_requests.remove_old(NOON + 3) == 0
        for number in range(5):  # nothing of them is left
            await add(storage, named(str(number), created=NOON + 9), kept_since=NOON + 9)

    async def test_a_closed_storage_takes_no_answer(self, storage: Storage) -> None:
        await storage.close()
        with pytest.raises(ServiceUnavailable):
            await keep(storage, REQUEST)
