"""The FastAPI peer on PostgreSQL: the same calls over SQLAlchemy's asynchronous ORM and asyncpg.

One session a request, which the token check shares. An update locks its row, so that two of one customer both apply.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.peers.fastapi_bodies import CreateAnswer, CustomerBody, Page, Search, StoredCustomer, UpdateAnswer
from benchmarks.peers.fastapi_rules import CUSTOMERS, WHOLE, count_of, now, page_of, take_over, whole
from benchmarks.peers.fastapi_tables import Customer, Token

POOL = 16
"""Connections; 8 and 32 were not faster."""

app = FastAPI()
engine = create_async_engine(os.environ["BENCH_DATABASE"], pool_size=POOL, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


Opened = Annotated[AsyncSession, Depends(session)]


class Scope:
    """Lets a request pass when its token, looked up in the table, belongs to the store and has the scope."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, opened: Opened, store_id: int, authorization: Annotated[str, Header()] = "") -> None:
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        token = await opened.get(Token, digest)
        if token is None or token.store_id != store_id:
            raise HTTPException(403, "INVALID_API_TOKEN")
        if self.name not in token.scopes.split():
            raise HTTPException(403, "INSUFFICIENT_APP_SCOPE")


@app.put(CUSTOMERS + "/{customer_id}", dependencies=[Depends(Scope("update_customers"))])
async def update_customer(opened: Opened, customer_id: int, body: CustomerBody) -> UpdateAnswer:
    customer = await found_customer(opened, customer_id, to_change=True)
    take_over(body, customer)
    await commit(opened)
    return UpdateAnswer(update_count=1)


@app.post(CUSTOMERS, dependencies=[Depends(Scope("create_customers"))])
async def create_customer(opened: Opened, body: CustomerBody) -> CreateAnswer:
    if body.email is None:
        raise HTTPException(400, "Field Customer.email is absent")
    customer = Customer(registered=now())
    take_over(body, customer)
    opened.add(customer)
    await commit(opened)
    return CreateAnswer(id=customer.id)


@app.get(CUSTOMERS + "/{customer_id}", dependencies=[Depends(Scope("read_customers"))])
async def get_customer(opened: Opened, customer_id: int) -> StoredCustomer:
    return whole(await found_customer(opened, customer_id))


@app.get(CUSTOMERS, dependencies=[Depends(Scope("read_customers"))])
async def search_customers(opened: Opened, asked: Annotated[Search, Query()]) -> Page:
    total = await opened.scalar(count_of(asked)) or 0
    items = [whole(customer) for customer in await opened.scalars(page_of(asked))]
    return Page(total=total, count=len(items), offset=asked.offset, limit=asked.limit, items=items)


async def found_customer(opened: AsyncSession, customer_id: int, *, to_change: bool = False) -> Customer:
    customer = await opened.get(Customer, customer_id, options=WHOLE, with_for_update=to_change or None)
    if customer is None:
        raise HTTPException(404, f"Customer #{customer_id} not found")
    return customer


async def commit(opened: AsyncSession) -> None:
    try:
        await opened.commit()
    except IntegrityError as error:
        raise HTTPException(409, "EMAIL_ALREADY_USED") from error
