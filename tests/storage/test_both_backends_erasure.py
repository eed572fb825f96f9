"""Erasing a customer, whatever the back end: a class that runs on each of them."""

from decimal import Decimal

import pytest
from msgspec import json

from customary.errors import CustomerErased, CustomerNotFound
from customary.model.change import Origin
from customary.model.customer import Person
from customary.model.erasure import Erasure
from customary.model.order import Order, OrderItem
from customary.model.ticket import Ticket, TicketRequest
from customary.operations.erasure import Erased, erase_customer
from customary.operations.history import list_versions, read_customer_then
from customary.operations.merge import merge
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    EVERYTHING,
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    change_customer,
    count_customers,
    delete_customer,
    deleted,
    described,
    found,
    origin,
)

LATER = Origin(at=NOON + 60, token_id=3, request_id="erase-1")


async def erase(storage: Storage, customer_id: int = 1, store_id: int = STORE) -> Erased:
    return await erase_customer(storage, store_id, LATER, customer_id)


async def add_order(storage: Storage, customer_id: int) -> Order:
    async def work(transaction: Transaction) -> Order:
        order = Order(
            id="XJ12H",
            number=transaction.new_order_number(),
            customer_id=customer_id,
            email="Zoe@Example.com",
            total=Decimal(7),
            payment_status="PAID",
            fulfillment_status="SHIPPED",
            created=NOON,
            counted=True,
            billing_person=Person(name="Zoë Ñandú", street="3 Order Road"),
            items=(OrderItem(product_id=9, name="Tea", price=Decimal(7), quantity=1),),
        )
        await transaction.add_order(order)
        return order

    return await storage.write(STORE, ORIGIN, work)


@pytest.mark.usefixtures("stores")
class TestErasure:
    async def test_nothing_of_the_person_stays(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com", **EVERYTHING)
        await change_customer(storage, STORE, 1, email="z@example.com", private_admin_notes="called twice")
        other = await add_customer(storage, STORE, "other@example.com")
        erased = await erase(storage)
        assert erased.erasure == Erasure(customer_id=1, at=NOON + 60, token_id=3, request_id="erase-1", seq=5)
        assert erased.erasure == await storage.get_erasure(STORE, 1)
        assert {
            "zoe@example.com",
            "z@example.com",
            "Zoë Ñandú",
            "1 Main Street",
            "2 Oak Lane",
        } <= erased.traces
        assert {"+55 11 5555 0100", "+55 11 5555 0101", "called twice"} <= erased.traces
        assert not {"São Paulo", "Łódź", "other@example.com"} & erased.traces
        changes = await storage.list_changes(STORE, 0, 100)
        assert described(changes) == [
            "1 customer 1 created",
            "2 customer 1 updated",
            "3 customer 2 created",
            "4 customer 1 deleted",
            "5 customer 1 erased",
        ]
        assert {change.before for change in changes} == {None}
        assert await storage.get_customer(STORE, 1) is None
        assert await storage.get_customer(STORE, other.id) == other
        assert await found(storage, keyword="zoe") == (0, [])
        assert await deleted(storage) == (1, [1])
        assert await count_customers(storage, STORE) == 1

    async def test_its_changes_are_told_and_no_state_comes_back(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com", **EVERYTHING)
        await delete_customer(storage, STORE, 1)
        await erase(storage)
        versions = await list_versions(storage, STORE, 1, None, 10)
        assert [version.change.kind for version in versions] == ["erased", "deleted", "created"]
        assert [(version.before, version.after) for version in versions] == [(None, None)] * 3
        for seq in (1, 2, 3):
            with pytest.raises(CustomerErased, match="Customer #1 was erased"):
                await read_customer_then(storage, STORE, 1, seq)
        assert await deleted(storage) == (1, [1])

    async def test_again_it_does_nothing(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com")
        first = await erase(storage)
        assert await erase(storage) == Erased(first.erasure, (), frozenset())
        assert len(await storage.list_changes(STORE, 0, 100)) == 3
        for store_id, customer_id in ((STORE, 2), (OTHER, 1)):
            with pytest.raises(CustomerNotFound):
                await erase(storage, customer_id, store_id)
            assert await storage.get_erasure(store_id, customer_id) is None

    async def test_orders_stay_in_the_books_without_the_person(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com")
        order = await add_order(storage, 1)
        erased = await erase(storage)
        assert {"Zoe@Example.com", "Zoë Ñandú", "3 Order Road"} <= erased.traces
        page = await storage.list_orders(STORE, None, None, 0, 10)
        assert [(each.number, each.total, each.items) for each in page.items] == [(1, order.total, order.items)]
        assert (page.items[0].email, page.items[0].billing_person, page.items[0].customer_id) == ("", None, 0)
        assert (await storage.list_orders(STORE, "zoe@example.com", None, 0, 10)).total == 0
        assert (await storage.list_orders(STORE, None, 1, 0, 10)).total == 0
        assert await storage.list_purchased_products(STORE) == ()

        async def remove(transaction: Transaction) -> None:
            await transaction.delete_order(page.items[0])

        await storage.write(STORE, ORIGIN, remove)
        assert (await storage.list_orders(STORE, None, None, 0, 10)).total == 0

    async def test_answers_of_batches_that_hold_the_person_are_forgotten(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com", **EVERYTHING)
        bodies = [
            {"id": 1, "email": "zoe@example.com"},
            {"errorMessage": "Customer with email ZOE@Example.com already exists"},
            {"firstName": "Zoë"},
            {"name": "Zoë Ñandú the Second", "id": 7},
        ]
        for store_id in (STORE, OTHER):
            ticket = Ticket(store_id=store_id, ticket="t", token_id=1, token_digest=b"", total=4, created=NOON)
            request = TicketRequest(
                id=None, method="PUT", path="/customers/1", query="email=zoe", body=b"zoe@example.com"
            )
            await storage.tickets.add(ticket, (request,) * 4, 0)
            assert await storage.tickets.take(store_id, "t", 60)
            for position, body in enumerate(bodies):
                await storage.tickets.add_response(store_id, "t", position, 200, json.encode(body))
            await storage.tickets.finish(store_id, "t", NOON)
        assert {(each.path, each.query, each.body) for each in await storage.tickets.list_requests(STORE, "t")} == {
            ("", "", b"")
        }
        await erase(storage)
        responses = await storage.tickets.list_responses(STORE, "t")
        assert [response.status for response in responses] == [410, 410, 410, 200]
        assert json.decode(responses[0].body)["errorCode"] == "CUSTOMER_ERASED"
        assert json.decode(responses[3].body) == bodies[3]
        assert {response.status for response in await storage.tickets.list_responses(OTHER, "t")} == {200}

    async def test_who_was_merged_into_it_is_erased_too(self, storage: Storage) -> None:
        for name in ("target", "source", "sources-source", "back", "stranger"):
            await add_customer(storage, STORE, f"{name}@example.com", private_admin_notes=f"notes of {name}")
        await merge(storage, STORE, origin("merge 1"), 2, 3)
        await merge(storage, STORE, origin("merge 2"), 1, 2)
        back = await storage.get_customer(STORE, 4)
        assert back is not None
        await merge(storage, STORE, origin("merge 3"), 1, 4)
        await storage.write(STORE, ORIGIN, lambda transaction: transaction.restore_customer(back))
        await delete_customer(storage, STORE, 4, origin("delete who came back"))
        await delete_customer(storage, STORE, 5, origin("delete"))
        await change_customer(storage, STORE, 1, origin("update"), tax_id="7")
        erased = await erase(storage)
        assert erased.customer_ids == (1, 2, 3)
        assert {f"{name}@example.com" for name in ("target", "source", "sources-source")} <= erased.traces
        for number in (1, 2, 3):
            assert await storage.get_erasure(STORE, number) is not None
            assert {
                change.before for change in await storage.list_entity_changes(STORE, "customer", number, None, 9)
            } == {None}
        assert (await storage.list_entity_changes(STORE, "customer", 4, None, 9))[0].before is not None
        assert (await storage.list_entity_changes(STORE, "customer", 5, None, 9))[0].before is not None

    async def test_the_feed_tells_of_it(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "zoe@example.com")
        await erase(storage)
        page = await storage.read_feed(STORE, 0, 10)
        assert [(item.change.kind, item.state) for item in page.items] == [
            ("created", None),
            ("deleted", None),
            ("erased", None),
        ]

    async def test_purging_is_noted(self, storage: Storage) -> None:
        for email in ("a@example.com", "b@example.com"):
            await add_customer(storage, STORE, email)
        assert await storage.list_unpurged() == ()
        erased = [await erase(storage, number) for number in (1, 2)]
        assert await storage.list_unpurged() == ((STORE, 1), (STORE, 2))
        await storage.purge([(STORE, 1)], erased[0].traces, NOON + 90)
        assert await storage.list_unpurged() == ((STORE, 2),)
        await storage.purge([(STORE, 2)], None, NOON + 99)
        purged = [await storage.get_erasure(STORE, number) for number in (1, 2)]
        assert [each and each.purged for each in purged] == [NOON + 90, NOON + 99]
        assert await storage.list_unpurged() == ()
        await add_customer(storage, STORE, "a@example.com", origin("later"))
