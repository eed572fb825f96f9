"""What goes over the wire: one request of each operation, in the format of the contract or in that of a peer."""

import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from benchmarks import population

PAGE_SIZE = 20
STORE_ID = 1003


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request whose body may hold `population.MARK`; the mark is as long as what replaces it."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Of one customer as a target returns it, what the check before a run compares."""

    email: str
    name: str
    notes: str


class Wire(Protocol):
    """How one target is spoken to. All customers `i` count from 1."""

    headers: dict[str, str]

    def update(self, i: int) -> Request: ...
    def create(self, i: int) -> Request: ...
    def get(self, i: int) -> Request: ...
    def search_email(self, i: int) -> Request: ...
    def search_name(self, i: int) -> Request: ...
    def search_phone(self, i: int) -> Request: ...
    def search_group(self, i: int) -> Request: ...
    def seen(self, answer: Any) -> Seen: ...
    def total(self, answer: Any) -> int: ...


class ContractWire:
    """The contract that customary speaks, and with it every server that follows the same one."""

    def __init__(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        self._customers = f"/api/v3/{STORE_ID}/customers"

    def update(self, i: int) -> Request:
        return Request(method="PUT", path=f"{self._customers}/{i}", body=encoded(population.customer(i)))

    def create(self, i: int) -> Request:
        return Request(method="POST", path=self._customers, body=encoded(population.newcomer(i)))

    def get(self, i: int) -> Request:
        return Request(method="GET", path=f"{self._customers}/{i}")

    def search_email(self, i: int) -> Request:
        return self._search(email=population.email(i), useExactEmailMatch="true")

    def search_name(self, i: int) -> Request:
        return self._search(name=name_part(i), sortBy="NAME_ASC")

    def search_phone(self, i: int) -> Request:
        return self._search(phone=population.phone(i))

    def search_group(self, i: int) -> Request:
        offset = page_number(i) * PAGE_SIZE
        return self._search(customerGroup=population.group(i), sortBy="UPDATED_DATE_DESC", offset=offset)

    def seen(self, answer: Any) -> Seen:
        return Seen(email=answer["email"], name=answer["name"], notes=answer["privateAdminNotes"])

    def total(self, answer: Any) -> int:
        return int(answer["total"])

    def _search(self, **parameters: str | int) -> Request:
        return Request(method="GET", path=f"{self._customers}?{urlencode({**parameters, 'limit': PAGE_SIZE})}")


def name_part(i: int) -> str:
    """A part of a last name, from its second letter on: about one customer in 5,800 has it."""
    return population.last_name(i)[1:]


def page_number(i: int) -> int:
    """Which page a search by group asks for: one of the first ten."""
    return i % 10


def encoded(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
