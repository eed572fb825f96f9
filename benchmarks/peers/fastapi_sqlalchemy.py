"""FastAPI, SQLAlchemy and SQLite as a peer: how the app is seeded, started and spoken to."""

import hashlib
import sqlite3
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import population
from benchmarks.peers.fastapi_tables import Table, engine_for
from benchmarks.targets import Launch, ServerTarget
from benchmarks.wire import STORE_ID, ContractWire

PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "uvicorn", "uvloop", "httptools")
TOKEN = "secret_" + "BenchmarkBenchmarkBenchmark12345"
SCOPES = "read_customers update_customers create_customers"
PERSON = {
    "name": "name",
    "companyName": "company_name",
    "street": "street",
    "city": "city",
    "countryCode": "country_code",
    "postalCode": "postal_code",
    "stateOrProvinceCode": "state_or_province_code",
    "phone": "phone",
}
CUSTOMER = {
    "email": "email",
    "customerGroupId": "customer_group_id",
    "taxId": "tax_id",
    "taxIdValid": "tax_id_valid",
    "taxExempt": "tax_exempt",
    "b2b_b2c": "b2b_b2c",
    "fiscalCode": "fiscal_code",
    "electronicInvoicePecEmail": "electronic_invoice_pec_email",
    "electronicInvoiceSdiCode": "electronic_invoice_sdi_code",
    "acceptMarketing": "accept_marketing",
    "lang": "lang",
    "privateAdminNotes": "private_admin_notes",
}
ADDRESS = {**PERSON, "note": "note", "defaultAddress": "default_address", "orderBy": "order_by"}
CONTACT = {"contact": "contact", "type": "type", "note": "note", "default": "default", "orderBy": "order_by"}


class FastApiTarget(ServerTarget):
    """One uvicorn worker; every write is one transaction, flushed to the disk."""

    name = "fastapi"
    title = "FastAPI + SQLAlchemy"

    def settings(self) -> Mapping[str, str]:
        return {
            "version": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
            "durability": "journal_mode=WAL, synchronous=FULL, one transaction an update",
            "concurrency": "one uvicorn worker (uvloop, httptools), a pool of 4 threads, a lock for writers",
            "access": "the token is looked up in a table at every request",
            "else": f"SQLite {sqlite3.sqlite_version} of Python's standard library; cache 32 MB a connection",
        }

    def fingerprint(self) -> str:
        return "1 " + Path(__file__).with_name("fastapi_tables.py").read_text()

    def seed(self, directory: Path, count: int) -> None:
        """The tables come from the app's own classes; the rows are written in bulk."""
        path = directory / "customers.db"
        engine = engine_for(str(path))
        Table.metadata.create_all(engine)
        engine.dispose()
        with sqlite3.connect(path) as database:
            digest = hashlib.sha256(TOKEN.encode()).hexdigest()
            database.execute(
                "INSERT INTO token (digest, store_id, scopes) VALUES (?, ?, ?)", (digest, STORE_ID, SCOPES)
            )
            insert_customers(database, count)
        database.execute("ANALYZE")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def launch(self, directory: Path, port: int) -> Launch:
        command = [sys.executable, "-m", "uvicorn", "benchmarks.peers.fastapi_app:app", "--port", str(port)]
        command += ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
        return Launch(command=command, environment={"BENCH_DATABASE": str(directory / "customers.db")})

    def wire(self, _directory: Path) -> ContractWire:
        return ContractWire(TOKEN)


def insert_customers(database: sqlite3.Connection, count: int) -> None:
    customer_columns = (*CUSTOMER.values(), *PERSON.values(), "id", "email_key", "registered", "updated")
    address_columns, contact_columns = (*ADDRESS.values(), "customer_id"), (*CONTACT.values(), "handle", "customer_id")
    customers: list[list[Any]] = []
    addresses: list[list[Any]] = []
    contacts: list[list[Any]] = []
    for i, body in population.everyone(count):
        moment = datetime.fromtimestamp(population.seeded_second(i, count), UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
        person = body["billingPerson"]
        customers.append([body[key] for key in CUSTOMER] + [person[key] for key in PERSON])
        customers[-1] += [i, body["email"].casefold(), moment, moment]
        addresses += ([address[key] for key in ADDRESS] + [i] for address in body["shippingAddresses"])
        contacts += ([contact.get(key, "") for key in CONTACT] + ["", i] for contact in body["contacts"])
        if len(customers) == 10_000 or i == count:
            insert(database, "customer", customer_columns, customers)
            insert(database, "address", address_columns, addresses)
            insert(database, "contact", contact_columns, contacts)
            customers, addresses, contacts = [], [], []


def insert(database: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    database.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
