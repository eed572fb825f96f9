"""The tables of the FastAPI peer: a customer, the addresses and the contacts in tables of their own, and tokens."""

from datetime import datetime

from sqlalchemy import Engine, ForeignKey, Index, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import ConnectionPoolEntry

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "10000",
    "temp_store": "MEMORY",
    "cache_size": "-32000",
}


class Table(DeclarativeBase):
    pass


class PersonColumns:
    """What a billing person and a shipping address have in common."""

    name: Mapped[str] = mapped_column(default="")
    company_name: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    state_or_province_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")


class Customer(PersonColumns, Table):
    __tablename__ = "customer"
    __table_args__ = (
        Index("customer_email", "email_key", unique=True),
        Index("customer_name", "name"),
        Index("customer_phone", "phone"),
        Index("customer_group", "customer_group_id", "updated"),
        Index("customer_registered", "registered"),
        Index("customer_updated", "updated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str]
    registered: Mapped[datetime]
    updated: Mapped[datetime]
    customer_group_id: Mapped[int] = mapped_column(default=0)
    tax_id: Mapped[str] = mapped_column(default="")
    tax_id_valid: Mapped[bool] = mapped_column(default=True)
    tax_exempt: Mapped[bool] = mapped_column(default=False)
    b2b_b2c: Mapped[str] = mapped_column(default="b2c")
    fiscal_code: Mapped[str] = mapped_column(default="")
    electronic_invoice_pec_email: Mapped[str] = mapped_column(default="")
    electronic_invoice_sdi_code: Mapped[str] = mapped_column(default="")
    accept_marketing: Mapped[bool | None]
    lang: Mapped[str | None]
    private_admin_notes: Mapped[str] = mapped_column(default="")
    addresses: Mapped[list["Address"]] = relationship(cascade="all, delete-orphan", order_by="Address.order_by")
    contacts: Mapped[list["Contact"]] = relationship(cascade="all, delete-orphan", order_by="Contact.order_by")


class Address(PersonColumns, Table):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    default_address: Mapped[bool] = mapped_column(default=False)
    order_by: Mapped[int] = mapped_column(default=0)


class Contact(Table):
    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    contact: Mapped[str]
    type: Mapped[str]
    handle: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    default: Mapped[bool] = mapped_column(default=False)
    order_by: Mapped[int] = mapped_column(default=0)


class Token(Table):
    __tablename__ = "token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    store_id: Mapped[int]
    scopes: Mapped[str]


def engine_for(path: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=8, max_overflow=0)
    event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()
