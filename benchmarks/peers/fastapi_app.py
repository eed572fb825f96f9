"""The FastAPI peer: the customer calls of the contract as a competent team would write them in an afternoon.

Plain `def` endpoints in FastAPI's thread pool over SQLAlchemy's ORM: they measured faster than `async def` ones over
aiosqlite (gets 1.7 times, updates twice). Writers wait for one lock instead of SQLite's busy timer.
"""

import hashlib
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.peers.fastapi_bodies import CreateAnswer, CustomerBody, Page, Search, StoredCustomer, UpdateAnswer
from benchmarks.peers.fastapi_rules import CUSTOMERS, WHOLE, count_of, now, page_of, take_over, whole
from benchmarks.peers.fastapi_tables import Customer, Token, engine_for

THREADS = 4
"""More threads than this only take the interpreter from each other: gets and searches became slower with 40."""


@asynccontextmanager
async def few_threads(_: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield


app = FastAPI(lifespan=few_threads)
sessions = sessionmaker(engine_for(os.environ["BENCH_DATABASE"]), expire_on_commit=False)
one_writer = threading.Lock()


class Scope:
    """Lets a request pass when its token, looked up in the table, belongs to the store and has the scope."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, store_id: int, authorization: Annotated[str, Header()] = "") -> None:
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        with sessions() as opened:
            token = opened.get(Token, digest)
        if token is None or token.store_id != store_id:
            raise HTTPException(403, "INVALID_API_TOKEN")
        if self.name not in token.scopes.split():
            raise HTTPException(403, "INSUFFICIENT_APP_SCOPE")


@app.put(CUSTOMERS + "/{customer_id}", dependencies=[Depends(Scope("update_customers"))])
def update_customer(customer_id: int, body: CustomerBody) -> UpdateAnswer:
    with one_writer, sessions() as opened:
        customer = found_customer(opened, customer_id)
        take_over(body, customer)
        commit(opened)
    return UpdateAnswer(update_count=1)


@app.post(CUSTOMERS, dependencies=[Depends(Scope("create_customers"))])
def create_customer(body: CustomerBody) -> CreateAnswer:
    if body.email is None:
        raise HTTPException(400, "Field Customer.email is absent")
    customer = Customer(registered=now())
    take_over(body, customer)
    with one_writer, sessions() as opened:
        opened.add(customer)
        commit(opened)
    return CreateAnswer(id=customer.id)


@app.get(CUSTOMERS + "/{customer_id}", dependencies=[Depends(Scope("read_customers"))])
def get_customer(customer_id: int) -> StoredCustomer:
    with sessions() as opened:
        return whole(found_customer(opened, customer_id))


@app.get(CUSTOMERS, dependencies=[Depends(Scope("read_customers"))])
def search_customers(asked: Annotated[Search, Query()]) -> Page:
    with sessions() as opened:
        total = opened.scalar(count_of(asked)) or 0
        items = [whole(customer) for customer in opened.scalars(page_of(asked))]
    return Page(total=total, count=len(items), offset=asked.offset, limit=asked.limit, items=items)


def found_customer(opened: Session, customer_id: int) -> Customer:
    customer = opened.get(Customer, customer_id, options=WHOLE)
    if customer is None:
        raise HTTPException(404, f"Customer #{customer_id} not found")
    return customer


def commit(opened: Session) -> None:
    try:
        opened.commit()
    except IntegrityError as error:
        raise HTTPException(409, "EMAIL_ALREADY_USED") from error
