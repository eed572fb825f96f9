"""Whatever is done to a customer: it can go back to what it was after any of its changes. Random walks, every back end.

A walk updates, deletes and restores one customer, records and deletes its orders, and changes another customer.
"""

import asyncio
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from customary.model.body import OrderBody, RestoreBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.search import CustomerSearch
from customary.model.store import Store
from customary.operations import contacts, customers, history, orders
from customary.operations.restore import restore_customer
from customary.rules.restore import RESTORABLE
from customary.storage.protocol import Storage
from tests.rules.bodies import contact, emails, some_line, some_of, valid_bodies
from tests.rules.updating import FACTS, FIELDS, Json, contact_body, customer_body
from tests.storage.records import NOON, add_group, count_customers
from tests.storage.test_both_backends_extrafields import add_extrafield

STORE = 1005
GROUPS = (0, 1, 2)
MOST_STEPS = 12


async def prepare(storage: Storage) -> None:
    """A store with all that bodies may name."""
    await storage.add_store(Store(id=STORE, name="Walks", languages=FACTS.languages, created=NOON))
    for number in GROUPS[1:]:
        await add_group(storage, STORE, f"Group {number}")
    for field in FIELDS:
        await add_extrafield(storage, STORE, field.key, type=field.type)
    await customers.create_customer(storage, STORE, origin(0), customer_body({"email": "other@example.com"}))


def origin(number: int) -> Origin:
    return Origin(at=NOON + number, token_id=1, request_id=f"r-{number}")


def still(customer: Customer) -> Customer:
    """Without secrets, figures and what moves with every change."""
    return replace(customer, version=0, updated=0, password_hash="", stats=None)


class Walk:
    """One customer and all that it ever was: position of the change → state."""

    def __init__(self, storage: Storage, data: st.DataObject) -> None:
        self.storage = storage
        self.draw = data.draw
        self.clock = 0
        self.states: dict[int, Customer] = {}
        self.id = 0

    async def run(self) -> None:
        body = customer_body({"email": self.draw(emails)})
        self.id = (await customers.create_customer(self.storage, STORE, self.origin(), body)).id
        await self.remember()
        steps = (self.update, self.update, self.add_contact, self.delete, self.restore, self.restore_fields, self.buy)
        for _ in range(self.draw(st.integers(1, MOST_STEPS))):
            await self.draw(st.sampled_from(steps))()
            await self.remember()
            await customers.update_customer(self.storage, STORE, self.origin(), 1, customer_body({"taxId": "x"}))

    def origin(self) -> Origin:
        self.clock += 1
        return origin(self.clock)

    async def customer(self) -> Customer | None:
        return await self.storage.get_customer(STORE, self.id)

    async def remember(self) -> None:
        customer = await self.customer()
        if customer is not None:
            self.states[customer.version] = still(customer)

    async def update(self) -> None:
        customer = await self.customer()
        if customer is not None:
            body: Json = self.draw(valid_bodies(customer))
            body.pop("password", None)
            if "customerGroupId" in body:
                body["customerGroupId"] = self.draw(st.sampled_from(GROUPS))
            await customers.update_customer(self.storage, STORE, self.origin(), self.id, customer_body(body))

    async def add_contact(self) -> None:
        if await self.customer():
            body = {"contact": self.draw(some_line), **self.draw(some_of({"type": contact["type"]}))}
            await contacts.create_contact(self.storage, STORE, self.origin(), self.id, contact_body(body))

    async def delete(self) -> None:
        if await self.customer():
            await customers.delete_customer(self.storage, STORE, self.origin(), self.id)

    async def restore(self) -> None:
        await self.go_back(self.draw(st.sampled_from(sorted(self.states))))

    async def restore_fields(self) -> None:
        if self.states:
            names = tuple(self.draw(st.lists(st.sampled_from(RESTORABLE), min_size=1, max_size=4)))
            to = self.draw(st.sampled_from(sorted(self.states)))
            await restore_customer(self.storage, STORE, self.origin(), self.id, RestoreBody(to=to, fields=names))

    async def buy(self) -> None:
        customer = await self.customer()
        if customer is not None:
            await orders.create_order(self.storage, STORE, self.origin(), OrderBody(email=customer.email, total=1.5))

    async def go_back(self, seq: int) -> None:
        restored = await restore_customer(self.storage, STORE, self.origin(), self.id, RestoreBody(to=seq))
        assert restored.not_restored == ()
        assert restored.customer == await self.customer()
        assert still(restored.customer) == self.states[seq]

    async def check(self) -> None:
        """The history has every state, and each of them can be gone back to, in any order."""
        for seq, state in self.states.items():
            assert still(await history.read_customer_then(self.storage, STORE, self.id, seq)) == state
        for seq in self.draw(st.permutations(sorted(self.states))):
            await self.go_back(seq)
        await self.check_figures()

    async def check_figures(self) -> None:
        """What is counted beside the customers is what there is of them."""
        customer = await self.customer()
        assert customer
        recorded = await self.storage.list_orders(STORE, None, self.id, 0, 100)
        sales = customer.stats.sales_value if customer.stats else 0
        assert sales == sum((order.total for order in recorded.items), Decimal())
        groups = {each: await members(self.storage, each) for each in GROUPS}
        assert groups == {each: int(each == customer.customer_group_id) + int(each == 0) for each in GROUPS}
        assert await count_customers(self.storage, STORE) == 2
        deleted = await self.storage.list_deleted_customers(STORE, None, None, 0, 1000)
        assert self.id not in [each.id for each in deleted.items]


async def members(storage: Storage, group_id: int) -> int:
    return (await storage.search_customers(STORE, CustomerSearch(customer_group_ids=(group_id,)))).total


WALKS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_any_point_can_be_gone_back_to(storage: Storage, runner: asyncio.Runner) -> None:
    runner.run(prepare(storage))

    @WALKS
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        runner.run(one_walk(storage, data))

    walk()


async def one_walk(storage: Storage, data: st.DataObject) -> None:
    """Ends without its customer, whose e-mail the next one may have."""
    walk = Walk(storage, data)
    try:
        await walk.run()
        await walk.check()
    finally:
        if walk.id:
            await walk.delete()
