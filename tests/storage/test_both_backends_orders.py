"""What every storage does with recorded orders and the figures that come from them, whatever the back end."""

import asyncio
import random
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from customary.model.customer import Customer, Person, Stats
from customary.model.order import Order, OrderItem, PurchasedProduct
from customary.model.search import CustomerSearch
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    change_customer,
    delete_customer,
    everything,
    found,
    origin,
)

FULL: dict[str, Any] = {
    "payment_status": "REFUNDED",
    "fulfillment_status": "RETURNED",
    "billing_person": Person(name="Jo", city="Rome"),
    "items": (
        OrderItem(product_id=7, name="Tea", price=Decimal("12.45"), quantity=2, sku="T-1"),
        OrderItem(name="Gift wrap", price=Decimal(), quantity=1),
        OrderItem(product_id=7, name="Green tea", price=Decimal("0.1"), quantity=0),
    ),
}


def bought(*products: int) -> tuple[OrderItem, ...]:
    return tuple(OrderItem(product_id=each, name=f"P{each}", price=Decimal(1), quantity=1) for each in products)


async def add_order(storage: Storage, store_id: int, customer_id: int, total: str = "1", **fields: Any) -> Order:
    async def work(transaction: Transaction) -> Order:
        number = transaction.new_order_number()
        common = {"id": f"X{number}", "number": number, "email": f"o{number}@example.com", "created": NOON + number}
        states = {"payment_status": "PAID", "fulfillment_status": "SHIPPED", "counted": True}
        order = Order(**{**common, **states, "customer_id": customer_id, "total": Decimal(total), **fields})
        await transaction.add_order(order)
        return order

    return await storage.write(store_id, ORIGIN, work)


async def delete_order(storage: Storage, store_id: int, order: Order) -> None:
    await storage.write(store_id, ORIGIN, lambda transaction: transaction.delete_order(order))


async def stats(storage: Storage, customer_id: int, store_id: int = STORE) -> Stats | None:
    customer = await storage.get_customer(store_id, customer_id)
    assert customer is not None
    return customer.stats


async def orders(storage: Storage, store_id: int = STORE, **filters: Any) -> tuple[int, list[int]]:
    """Total and numbers."""
    asked = {"email": None, "customer_id": None, "offset": 0, "limit": 100, **filters}
    page = await storage.list_orders(store_id, **asked)
    return page.total, [order.number for order in page.items]


async def everything_and_orders(storage: Storage) -> list[object]:
    page = await storage.list_orders(STORE, None, None, 0, 1000)
    return [*await everything(storage), page, await storage.list_purchased_products(STORE)]


@pytest.mark.usefixtures("stores")
class TestOrders:
    async def test_of_nothing(self, storage: Storage) -> None:
        for store_id in (STORE, 9):
            assert await orders(storage, store_id) == (0, [])
            assert await storage.list_purchased_products(store_id) == ()
        assert await storage.write(STORE, ORIGIN, lambda t: t.find_order(1)) is None
        assert await storage.write(STORE, ORIGIN, lambda t: t.find_order("X1")) is None
        assert await storage.write(STORE, ORIGIN, lambda t: t.find_customer("a@example.com")) is None

    async def test_every_field_reads_back(self, storage: Storage, url: str) -> None:
        customer = await add_customer(storage, STORE, "a@example.com")
        order = await add_order(storage, STORE, customer.id, "24.9000", **FULL)
        await storage.close()
        again = await open_storage(url)
        assert (await again.list_orders(STORE, None, None, 0, 10)).items == (order,)
        for name in (order.number, order.id):
            assert await again.write(STORE, ORIGIN, lambda t, n=name: t.find_order(n)) == order
            assert await again.write(OTHER, ORIGIN, lambda t, n=name: t.find_order(n)) is None
        assert (await add_order(again, STORE, customer.id)).number > order.number
        await again.close()

    async def test_numbers_are_never_used_again(self, storage: Storage) -> None:
        taken = []
        for _ in range(3):
            order = await add_order(storage, STORE, 1)
            await delete_order(storage, STORE, order)
            taken.append(order.number)
        assert taken == sorted(set(taken))

    async def test_a_customer_by_its_e_mail(self, storage: Storage) -> None:
        zoe = await add_customer(storage, STORE, "Zoë@Exämple.com")
        for email in ("ZOË@exämple.COM", "zoë@xn--exmple-cua.com"):
            assert await storage.write(STORE, ORIGIN, lambda t, e=email: t.find_customer(e)) == zoe
            assert await storage.write(OTHER, ORIGIN, lambda t, e=email: t.find_customer(e)) is None

    async def test_figures_follow(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        await add_customer(storage, OTHER, "a@example.com")
        first = await add_order(storage, STORE, 1, "0.1", created=NOON)
        second = await add_order(storage, STORE, 1, "0.2", created=NOON - 50)
        await add_order(storage, STORE, 1, "99", created=NOON - 99, counted=False, payment_status="CANCELLED")
        third = await add_order(storage, STORE, 1, "5", created=NOON + 50)
        whole = Stats(
            number_of_orders=3, sales_value=Decimal("5.3"), first_order_date=NOON - 50, last_order_date=NOON + 50
        )
        assert await stats(storage, 1) == whole
        await delete_order(storage, STORE, third)
        assert await stats(storage, 1) == replace(
            whole, number_of_orders=2, sales_value=Decimal("0.3"), last_order_date=NOON
        )
        await delete_order(storage, STORE, second)
        await delete_order(storage, STORE, first)
        assert await stats(storage, 1) is None
        assert await stats(storage, 2) is None
        assert await stats(storage, 1, OTHER) is None
        assert await found(storage, min_order_count=1) == (0, [])

    async def test_an_order_is_no_change_of_the_customer(self, storage: Storage) -> None:
        before = await add_customer(storage, STORE, "a@example.com", origin("r", NOON))
        await add_order(storage, STORE, 1, "3")
        after = await storage.get_customer(STORE, 1)
        assert after is not None
        assert replace(after, stats=None) == before
        assert len(await storage.list_changes(STORE, 0, 10)) == 1

    async def test_no_update_touches_the_figures(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com", billing_person=Person(name="A"))
        await add_order(storage, STORE, 1, "3", items=bought(7))
        figures = await stats(storage, 1)
        assert figures is not None
        changed = await change_customer(storage, STORE, 1, email="b@example.com", billing_person=None, stats=None)
        assert changed.stats == figures == await stats(storage, 1)
        assert await found(storage, min_sales_value=3.0, max_sales_value=3.0) == (1, ["b@example.com"])
        wrong = replace(figures, number_of_orders=99)
        assert (await change_customer(storage, STORE, 1, stats=wrong)).stats == figures
        assert await found(storage, max_order_count=1, purchased_product_ids=(7,)) == (1, ["b@example.com"])

    async def test_who_comes_back_has_its_figures_again(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com")
        order = await add_order(storage, STORE, 1, "3", items=bought(7))
        await add_order(storage, STORE, 1, "4", created=NOON - 5)
        gone = await storage.get_customer(STORE, 1)
        assert gone is not None
        await delete_customer(storage, STORE, 1)
        assert await storage.list_purchased_products(STORE) == ()
        assert await orders(storage, customer_id=1) == (2, [1, 2])
        await delete_order(storage, STORE, order)
        back = await storage.write(STORE, ORIGIN, lambda transaction: transaction.add_customer(gone))
        expected = Stats(
            number_of_orders=1, sales_value=Decimal(4), first_order_date=NOON - 5, last_order_date=NOON - 5
        )
        assert back.stats == await stats(storage, 1) == expected
        assert await found(storage, min_sales_value=4.0) == (1, ["a@example.com"])

    async def test_lists_and_pages(self, storage: Storage) -> None:
        """Numbers 1 to 6, from the newest to the oldest but for a tie."""
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])
        for number in range(6):
            customer_id, email = number % 2 + 1, "Jo@Example.com" if number < 3 else "other@example.com"
            await add_order(storage, STORE, customer_id, email=email, created=NOON - number // 2 * 100)
        await add_order(storage, OTHER, 1)
        assert await orders(storage) == (6, [2, 1, 4, 3, 6, 5])
        assert await orders(storage, offset=1, limit=2) == (6, [1, 4])
        assert await orders(storage, offset=6) == (6, [])
        assert await orders(storage, email="JO@example.COM") == (3, [2, 1, 3])
        assert await orders(storage, email="jo@example") == (0, [])
        assert await orders(storage, customer_id=2) == (3, [2, 4, 6])
        assert await orders(storage, customer_id=2, email="jo@example.com", limit=1) == (1, [2])

    async def test_products_that_were_bought(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com", "c@example.com"])
        await add_order(storage, STORE, 1, **FULL)
        first = await add_order(storage, STORE, 1, items=bought(8, 9))
        await add_order(storage, STORE, 2, items=bought(8))
        await add_order(storage, STORE, 3, items=bought(5), counted=False)
        newest = await add_order(storage, STORE, 2, items=(replace(bought(8)[0], name="Eight"),))

        async def products() -> dict[int, str]:
            listed = await storage.list_purchased_products(STORE)
            assert all(isinstance(each, PurchasedProduct) for each in listed)
            return {each.id: each.name for each in listed}

        assert await products() == {7: "Green tea", 8: "Eight", 9: "P9"}
        assert await found(storage, purchased_product_ids=(8,)) == (2, ["a@example.com", "b@example.com"])
        assert await found(storage, purchased_product_ids=(9, 5)) == (1, ["a@example.com"])
        assert await found(storage, OTHER, purchased_product_ids=(8,)) == (0, [])
        await delete_order(storage, STORE, newest)
        assert await products() == {7: "Green tea", 8: "P8", 9: "P9"}
        await delete_customer(storage, STORE, 2)
        await delete_order(storage, STORE, first)
        assert await products() == {7: "Green tea"}
        assert await found(storage, purchased_product_ids=(8,)) == (0, [])

    async def test_sorts_and_filters(self, storage: Storage) -> None:
        """d has none, a one, b two small ones, c the two that are worth most; the first ones are before 1970."""
        await add_customers(storage, STORE, [f"{name}@example.com" for name in "abcd"])
        for customer_id, total, created in (
            (1, "10.5", NOON),
            (2, "0.1", -5),
            (2, "0.2", NOON + 9),
            (3, "100", 5),
            (3, "11", 7),
        ):
            await add_order(storage, STORE, customer_id, total, created=created)

        async def sort(field: str) -> list[str]:
            total, up = await found(storage, sort_by=f"{field}_ASC")
            assert await found(storage, sort_by=f"{field}_DESC") == (total, up[::-1])
            return [email[0] for email in up]

        assert "".join(await sort("ORDER_COUNT")) == "dabc"
        assert "".join(await sort("SALES_VALUE")) == "dbac"
        assert "".join(await sort("FIRST_ORDER_DATE")) == "dbca"
        assert "".join(await sort("LAST_ORDER_DATE")) == "dcab"
        for filters, names in (
            ({"min_order_count": 1}, "abc"),
            ({"max_order_count": 1}, "ad"),
            ({"min_order_count": 2, "max_sales_value": 0.3}, "b"),
            ({"min_sales_value": 0.3, "max_sales_value": 10.5}, "ab"),
            ({"max_sales_value": 0.0}, "d"),
        ):
            assert [email[0] for email in (await found(storage, **filters))[1]] == list(names)

    async def test_a_work_that_raises_leaves_nothing_behind(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com")
        order = await add_order(storage, STORE, 1, "3", items=bought(7))
        before = await everything_and_orders(storage)

        async def work(transaction: Transaction) -> None:
            number = transaction.new_order_number()
            await transaction.add_order(replace(order, id="NEW", number=number, items=bought(8)))
            await transaction.delete_order(order)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await storage.write(STORE, ORIGIN, work)
        assert await everything_and_orders(storage) == before

    async def test_when_an_order_was_changed_last(self, storage: Storage) -> None:
        async def latest() -> int | None:
            updates = await storage.get_latest_updates(STORE)
            return updates.orders if updates else -1

        assert await latest() is None
        await add_customer(storage, STORE, "a@example.com", origin("r", NOON + 5))
        assert await latest() is None
        order = await add_order(storage, STORE, 1)
        assert await latest() == NOON + 5  # time does not go back
        await storage.write(STORE, origin("r", NOON + 9), lambda t: t.delete_order(order))
        await change_customer(storage, STORE, 1, origin("r", NOON + 20))
        assert await latest() == NOON + 9

    async def test_figures_are_what_a_recount_says(self, storage: Storage) -> None:
        """Orders, deletions, updates and deletions of customers at random, many in one commit."""
        dice = random.Random(3)
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(5)])
        kept: dict[int, Order] = {}
        for _ in range(12):
            writes: list[Any] = []
            for _ in range(12):
                customer_id = dice.randint(1, 5)
                if kept and dice.random() < 0.4:
                    writes.append(delete_order(storage, STORE, kept.pop(dice.choice(list(kept)))))
                elif dice.random() < 0.3:
                    writes.append(change_customer(storage, STORE, customer_id, tax_id=str(dice.random())))
                else:
                    total, created = f"{dice.randint(0, 9999) / 100}", NOON + dice.randint(-9, 9)
                    counted, items = dice.random() < 0.8, bought(*dice.sample(range(1, 9), 2))
                    writes.append(
                        add_order(storage, STORE, customer_id, total, created=created, counted=counted, items=items)
                    )
            for answer in await asyncio.gather(*writes):
                if isinstance(answer, Order):
                    kept[answer.number] = answer
            await check_figures(storage, list(kept.values()))


async def check_figures(storage: Storage, kept: list[Order]) -> None:
    listed = await storage.list_orders(STORE, None, None, 0, 1000)
    assert sorted(listed.items, key=lambda order: order.number) == sorted(kept, key=lambda order: order.number)
    customers: tuple[Customer, ...] = (await storage.search_customers(STORE, CustomerSearch())).items
    for customer in customers:
        mine = [order for order in kept if order.customer_id == customer.id and order.counted]
        if not mine:
            assert customer.stats is None
            continue
        assert customer.stats == Stats(
            number_of_orders=len(mine),
            sales_value=sum((order.total for order in mine), Decimal()),
            first_order_date=min(order.created for order in mine),
            last_order_date=max(order.created for order in mine),
        )
    for product in range(1, 9):
        buyers = {
            order.customer_id for order in kept for item in order.items if order.counted and item.product_id == product
        }
        search = CustomerSearch(purchased_product_ids=(product,))
        assert {each.id for each in (await storage.search_customers(STORE, search)).items} == buyers
