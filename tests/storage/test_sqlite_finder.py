"""Every way to carry out a search gives the same answer: the text index, the change log and reading everything."""

import asyncio
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import apsw
import pytest
from msgspec import structs

from customary.model.change import Origin
from customary.model.customer import Contact, Customer, Person
from customary.model.order import Order, OrderItem
from customary.model.search import SORT_ORDERS, CustomerSearch
from customary.model.store import Group, Store
from customary.storage.protocol import Storage, Transaction
from customary.storage.sqlite.connection import open_reader
from customary.storage.sqlite.database import SqliteStorage
from customary.storage.sqlite.finder import Finder

STORE = 7
CUSTOMERS = 400
NAMES = ("Ada Wenden", "ada wenden", "Łukasz Ros", "ΣΊΣΥΦΟΣ Kó", "Straße Weg", 'Quote "x" ok', "Ñandú", "")
CITIES = ("Berlin", "Bern", "Łódź", "NEW YORK", "")


def make_customer(number: int, dice: random.Random, at: int) -> Customer:
    return Customer(
        id=number,
        email=f"Person{number}@shop{dice.randint(1, 9)}.example",
        registered=at - dice.randint(0, 5),
        updated=at,
        customer_group_id=dice.choice((0, 1, 2)),
        billing_person=Person(
            name=dice.choice(NAMES), city=dice.choice(CITIES), country_code=dice.choice(("DE", "US"))
        ),
        contacts=(Contact(id=number, contact=f"+49 30 {number:05d}", type="PHONE", timestamp=at),),
        tax_exempt=dice.random() < 0.3,
    )


async def fill(storage: Storage) -> None:
    """Customers of two stores, then updates and deletions; some of it after the text index was brought up to date."""
    dice = random.Random(5)
    for store_id in (STORE, STORE + 1):
        await storage.add_store(Store(id=store_id, name="Shop", created=0))
        for step in range(CUSTOMERS // 4):
            await storage.write(
                store_id, Origin(at=1000 + step // 3, token_id=0, request_id="r"), add_four(store_id, dice)
            )
    await asyncio.sleep(0.8)  # idle: the index takes them over
    for _ in range(150):
        await storage.write(STORE, Origin(at=1900, token_id=0, request_id="r"), add_order(dice))
    for step in range(60):
        number = dice.randint(1, CUSTOMERS)
        await storage.write(STORE, Origin(at=2000 + step // 9, token_id=0, request_id="r"), touch(number, dice))


async def fill_file(path: Path) -> None:
    storage = SqliteStorage(str(path))
    await fill(storage)
    await storage.close()


def add_four(store_id: int, dice: random.Random) -> Any:
    async def work(transaction: Transaction) -> None:
        if not await transaction.get_group(store_id, 1):
            for number in (1, 2):
                await transaction.add_group(Group(id=number, name=f"Group {number}"))
        for _ in range(4):
            await transaction.add_customer(make_customer(transaction.new_customer_id(), dice, transaction.at))

    return work


def add_order(dice: random.Random) -> Any:
    async def work(transaction: Transaction) -> None:
        number = transaction.new_order_number()
        item = OrderItem(product_id=dice.randint(1, 5), price=Decimal(1), quantity=1)
        await transaction.add_order(
            Order(
                id=f"X{number}",
                number=number,
                customer_id=dice.randint(1, CUSTOMERS),
                email="o@example.com",
                total=Decimal(dice.randint(0, 50)),
                payment_status="PAID",
                fulfillment_status="SHIPPED",
                created=dice.randint(0, 20),
                counted=dice.random() < 0.9,
                items=(item,),
            )
        )

    return work


def touch(number: int, dice: random.Random) -> Any:
    async def work(transaction: Transaction) -> None:
        customer = await transaction.get_customer(STORE, number)
        if customer and dice.random() < 0.2:
            await transaction.delete_customer(customer)
        elif customer:
            changed = make_customer(number, dice, transaction.at)
            await transaction.replace_customer(customer, structs.replace(changed, registered=customer.registered))

    return work


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    path = tmp_path_factory.mktemp("finder") / "customers.db"
    asyncio.run(fill_file(path))
    keeper = apsw.Connection(str(path))
    connection = open_reader(str(path), 8)
    yield connection
    connection.close()
    keeper.close()


def random_search(dice: random.Random) -> CustomerSearch:
    choices: dict[str, Any] = {
        "keyword": dice.choice(("person1", "wenden", "ŁUKASZ", "zz", "n")),
        "name": dice.choice(("ADA", "σίσυφος", "strasse", 'te "x', "den", "a", "ada wenden", "ada\nw", "ndú")),
        "email": dice.choice(("person2", "SHOP3", "@")),
        "phone": dice.choice(("+49 30 000", "0012", "3", "30-000", "00 ", "000\n", "300012")),
        "city": dice.choice(("BER", "łódź", "new york")),
        "country_codes": dice.choice((("DE",), ("us", "FR"))),
        "customer_group_ids": dice.choice(((0,), (1, 2), (9,))),
        "tax_exempt": dice.random() < 0.5,
        "updated_from": dice.choice((0, 1010, 2001, 2005, 9999)),
        "updated_to": dice.choice((1015, 2003, 9999)),
        "min_order_count": dice.choice((1, 2)),
        "max_sales_value": dice.choice((0.0, 20.0)),
        "purchased_product_ids": dice.choice(((1, 2, 3), (4, 5, 6), (9,))),
        "created_from": dice.choice((1010, 1020)),
    }
    picked = dice.sample(sorted(choices), dice.choice((0, 1, 1, 2, 3)))
    page = {
        "sort_by": dice.choice(SORT_ORDERS),
        "offset": dice.choice((0, 0, 7, 150)),
        "limit": dice.choice((1, 10, 100)),
    }
    return CustomerSearch(**{name: choices[name] for name in picked}, **page)


def test_every_way_to_search_gives_the_same_answer(reader: apsw.Connection) -> None:
    dice = random.Random(11)
    plain = Finder(small_store=10**9, walked_changes=0, many=-1)
    others = (
        Finder(small_store=0, walked_changes=10**9, many=-1),
        Finder(small_store=0, walked_changes=40, many=30),
        Finder(few=10**9),
    )
    matched = found_at_once = 0
    for _ in range(1000):
        search = random_search(dice)
        expected = plain.search(reader, STORE, search)
        matched += bool(expected.items)
        for finder in others:
            assert finder.search(reader, STORE, search) == expected, search
            page = finder.find_ids(reader, STORE, search)[search.offset : search.offset + search.limit]
            assert page == tuple(customer.id for customer in expected.items), search
            at_once = finder.search_at_once(reader, STORE, search)
            assert at_once in (None, expected), search
            found_at_once += at_once is not None
    assert matched > 300
    assert found_at_once > 60


def test_the_customers_of_a_second_are_in_the_order_of_their_ids(reader: apsw.Connection) -> None:
    finder = Finder()
    for direction, sign in (("ASC", 1), ("DESC", -1)):
        page = finder.search(reader, STORE, CustomerSearch(sort_by=f"UPDATED_DATE_{direction}"))
        order = [(sign * customer.updated, sign * customer.id) for customer in page.items]
        assert order == sorted(order)
        assert len({customer.updated for customer in page.items}) < len(page.items)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_a_page_that_ends_inside_the_last_second_of_the_log(reader: apsw.Connection, direction: str) -> None:
    finder, by_updates = Finder(), CustomerSearch(sort_by=f"UPDATED_DATE_{direction}")
    everybody = finder.find_ids(reader, STORE, by_updates)
    for limit in range(1, 100):
        for offset in (0, len(everybody) - limit - 1):
            page = finder.search(reader, STORE, structs.replace(by_updates, offset=offset, limit=limit))
            assert [customer.id for customer in page.items] == list(everybody[offset : offset + limit])


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_the_last_pages_by_update_time_are_walked_from_the_other_end(reader: apsw.Connection, direction: str) -> None:
    by_updates = CustomerSearch(sort_by=f"UPDATED_DATE_{direction}", limit=10)
    finder, plain = Finder(walked_changes=250), Finder(walked_changes=0)
    everybody = plain.find_ids(reader, STORE, by_updates)
    asked: list[str] = []
    reader.exec_trace = lambda _cursor, sql, _values: asked.append(sql) or True
    for offset in (0, 9, len(everybody) - 21, len(everybody) - 3):
        page = finder.search(reader, STORE, structs.replace(by_updates, offset=offset))
        assert [customer.id for customer in page.items] == list(everybody[offset : offset + 10])
    reader.exec_trace = None
    assert not [sql for sql in asked if "ORDER BY updated" in sql]
