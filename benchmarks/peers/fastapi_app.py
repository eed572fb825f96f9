"""The FastAPI peer: the customer calls of the contract as a competent team would write them in an afternoon.

Plain `def` endpoints in FastAPI's thread pool over SQLAlchemy's ORM: they measured faster than `async def` ones over
aiosqlite (gets 1.7 times, updates twice). Writers wait for one lock instead of SQLite's busy timer.
"""

import hashlib
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from sqlalchemy import ColumnElement, asc, desc, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload, sessionmaker

from benchmarks.peers.fastapi_bodies import (
    CreateAnswer,
    CustomerBody,
    Page,
    PersonBody,
    Search,
    StoredAddress,
    StoredContact,
    StoredCustomer,
    UpdateAnswer,
)
from benchmarks.peers.fastapi_tables import Address, Contact, Customer, Token, engine_for

THREADS = 4
"""More threads than this only take the interpreter from each other: gets and searches became slower with 40."""


@asynccontextmanager
async def few_threads(_: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield


app = FastAPI(lifespan=few_threads)
sessions = sessionmaker(engine_for(os.environ["BENCH_DATABASE"]), expire_on_commit=False)
one_writer = threading.Lock()

CUSTOMERS = "/api/v3/{store_id}/customers"
WHOLE = (selectinload(Customer.addresses), selectinload(Customer.contacts))
SORTED_BY = {
    "NAME": Customer.name,
    "EMAIL": Customer.email_key,
    "REGISTERED_DATE": Customer.registered,
    "UPDATED_DATE": Customer.updated,
}


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
    wanted = conditions(asked)
    column, _, direction = asked.sort_by.rpartition("_")
    towards = desc if direction == "DESC" else asc
    order = (towards(SORTED_BY[column]), towards(Customer.id))
    page = select(Customer).where(*wanted).order_by(*order).offset(asked.offset).limit(asked.limit).options(*WHOLE)
    with sessions() as opened:
        total = opened.scalar(select(func.count()).select_from(Customer).where(*wanted)) or 0
        items = [whole(customer) for customer in opened.scalars(page)]
    return Page(total=total, count=len(items), offset=asked.offset, limit=asked.limit, items=items)


def conditions(asked: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.email and asked.use_exact_email_match:
        wanted.append(Customer.email_key == asked.email.casefold())
    elif asked.email:
        wanted.append(Customer.email_key.contains(asked.email.casefold(), autoescape=True))
    if asked.name:
        wanted.append(Customer.name.icontains(asked.name, autoescape=True))
    if asked.phone:
        wanted.append(Customer.phone == asked.phone)
    if asked.customer_group is not None:
        wanted.append(Customer.customer_group_id == asked.customer_group)
    return wanted


def found_customer(opened: Session, customer_id: int) -> Customer:
    customer = opened.get(Customer, customer_id, options=WHOLE)
    if customer is None:
        raise HTTPException(404, f"Customer #{customer_id} not found")
    return customer


def take_over(body: CustomerBody, customer: Customer) -> None:
    """Applies the keys that were sent; lists are replaced as a whole."""
    parts = {"billing_person", "shipping_addresses", "contacts"}
    values: dict[str, Any] = {**body.model_dump(exclude_unset=True, exclude=parts), "updated": now()}
    if body.email is not None:
        values["email_key"] = body.email.casefold()
    if body.billing_person is not None:
        values.update(body.billing_person.model_dump(exclude_unset=True))
    for name, value in values.items():
        setattr(customer, name, value)
    if "shipping_addresses" in body.model_fields_set:
        customer.addresses = [Address(**address.model_dump()) for address in body.shipping_addresses]
    if "contacts" in body.model_fields_set:
        customer.contacts = [Contact(**contact.model_dump()) for contact in body.contacts]


def commit(opened: Session) -> None:
    try:
        opened.commit()
    except IntegrityError as error:
        raise HTTPException(409, "EMAIL_ALREADY_USED") from error


def whole(customer: Customer) -> StoredCustomer:
    fields = StoredCustomer.model_fields.keys() - {"billing_person", "shipping_addresses", "contacts"}
    return StoredCustomer(
        billing_person=PersonBody.model_validate(customer),
        shipping_addresses=[StoredAddress.model_validate(address) for address in customer.addresses],
        contacts=[StoredContact.model_validate(contact) for contact in customer.contacts],
        **{name: getattr(customer, name) for name in fields},
    )


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
