"""One store, seen from both sides: what is sent to a real server, and how its answers are held against the model."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import time
from typing import Final

import httpx

from customary.testing import ServerInThread
from tests.model_of_the_contract import answers
from tests.model_of_the_contract.at_random import Requests
from tests.model_of_the_contract.customers import ModelCustomer, ModelStore
from tests.model_of_the_contract.learning import Json, LearnedDate, Refused, learn, show_date
from tests.model_of_the_contract.search import ORDERS, search

FIELDS: Final = "/store_extrafields/customers"
STORE_ID: Final = 1003
LAST_CALLS: Final = 16
COUNTS: Final = {"PUT": {"updateCount": 1}, "DELETE": {"deleteCount": 1}}

Apply = Callable[[LearnedDate], Json]


class Difference(AssertionError):
    """The server and the model do not agree."""


class Conversation:
    """The model and a client. ``client`` is that of the server that is running just now."""

    client: httpx.Client

    def __init__(self, database: Path, seed: int) -> None:
        self.database, self.seed = database, seed
        self.random = Random(seed)
        self.store = ModelStore(["en", "it"])
        self.requests = Requests(self.random, self.store)
        self.last: deque[str] = deque(maxlen=LAST_CALLS)
        self.steps = 0
        self.orders_changed: LearnedDate | None = None
        self.token = ""

    def enter(self, server: ServerInThread) -> None:
        if not self.token:
            server.add_store(STORE_ID)
            self.token = server.add_token(STORE_ID)
        self.client.headers["authorization"] = f"Bearer {self.token}"

    def send(self, method: str, path: str, body: Json = None, query: Json = None) -> httpx.Response:
        self.last.append(f"{method} {path} {query or ''} {'' if body is None else body}")
        path = f"/api/v3/{STORE_ID}{path}"
        return self.client.request(method, path, params=query, **({} if body is None else {"json": body}))

    def check(self, expected: Json, answer: httpx.Response) -> None:
        found = learn(expected, answer.json())
        if answer.status_code != 200:
            found.insert(0, f"status {answer.status_code}")
        if found:
            self.fail(*found[:10])

    def fail(self, *problems: str) -> None:
        raise Difference("\n".join((f"seed {self.seed}, step {self.steps}:", *problems, "after:", *self.last)))

    def read(self, path: str, expected: Json, query: Json = None) -> None:
        self.check(expected, self.send("GET", path, query=query))

    def write(self, method: str, path: str, apply: Apply, body: Json = None, query: Json = None) -> Json:
        """The answer, after the model did the same; None where both refused.

        ``apply`` returns what must be answered, nothing where that is a count of one.
        """
        before = int(time())
        answer = self.send(method, path, body, query)
        now = LearnedDate(before, int(time()))
        try:
            expected = apply(now) or COUNTS[method]
        except Refused as refused:
            self.check_refusal(refused, answer)
            return None
        self.check(expected, answer)
        return answer.json()

    def check_refusal(self, refused: Refused, answer: httpx.Response) -> None:
        found = (answer.status_code, answer.json().get("errorCode"), set(answer.json().get("args", ())))
        if found != (refused.status, refused.code, refused.paths):
            self.fail(f"answered {found} {answer.text[:500]}", f"expected {refused}")

    def somebody(self) -> int:
        """The id of a customer, now and then one of nobody."""
        if not self.store.customers or self.requests.chance(2):
            return self.random.choice([999_999, *(number for number, _ in self.store.deleted[-3:])])
        return self.random.choice(self.store.customers).number

    def known(self, number: int) -> ModelCustomer | None:
        return next((each for each in self.store.customers if each.number == number), None)

    def reread(self, number: int) -> None:
        customer = self.known(number)
        if customer:
            self.read(f"/customers/{number}", answers.show_customer(self.store, customer))

    # what everything looks like

    def compare_everything(self) -> None:
        for customer in self.store.customers:
            self.reread(customer.number)
        for read in (
            *(self.read_everybody, self.read_deleted, self.read_groups, self.read_extrafields, self.read_orders),
            *(self.read_profile, self.read_summaries),
        ):
            read()

    def read_everybody(self) -> None:
        """All on one page, which tells of every new time, and by pages in another order."""
        self.read("/customers", search(self.store, {}))
        query: Json = {"sortBy": self.random.choice([f"{name}_{way}" for name in ORDERS for way in ("ASC", "DESC")])}
        for offset in range(0, len(self.store.customers) + 1, 20):
            page = query | {"offset": offset, "limit": 20}
            self.read("/customers", search(self.store, page), page)

    def read_deleted(self) -> None:
        gone = [{"id": number, "date": at} for number, at in self.store.deleted]
        offset = max(len(gone) - 5, 0)
        query = {"offset": offset, "limit": 100}
        self.read("/customers/deleted", answers.page(gone, query), query)

    def read_groups(self) -> None:
        query: Json = {}
        if self.requests.chance(40):
            query["keyword"] = self.requests.part(self.requests.any_of("companyName"))
        if self.requests.chance(30):
            query[self.random.choice(("customerGroupIds", "customerGroupId"))] = f"0,{self.requests.group() or 0}"
        ids = [int(each) for key in query if key != "keyword" for each in query[key].split(",")]
        found = answers.show_groups(self.store, query.get("keyword", ""), ids)
        self.read("/customer_groups", answers.page(found, query), query)

    def read_extrafields(self) -> None:
        self.read(FIELDS, {"items": self.store.extrafields})
        for each in self.store.extrafields[-1:]:
            self.read(f"{FIELDS}/{each['key']}", each)

    def read_orders(self) -> None:
        self.read("/orders", answers.page(answers.show_orders(self.store), {}))
        customer = self.known(self.somebody())
        if customer:
            mine = [each for each in answers.show_orders(self.store) if each["customerId"] == customer.id]
            self.read("/orders", answers.page(mine, {"limit": 2}), {"limit": 2, "customerId": customer.number})

    def read_profile(self) -> None:
        query = {"responseFields": "settings(storeName),languages"}
        self.read("/profile", answers.show_profile(self.store), query)

    def read_summaries(self) -> None:
        self.read("/customers/filters", answers.show_filters(self.store))
        for name in ("", "it", "GEO"):
            self.read("/customers/locations", {"items": answers.show_locations(self.store, name)}, {"name": name})
        for name in ("", "tea", "CU"):
            self.read("/customers/products", {"items": answers.show_products(self.store, name)}, {"name": name})
        changed = [customer.updated for customer in self.store.customers] + [at for _, at in self.store.deleted]
        never = show_date(0)
        latest = max(changed, key=lambda at: at.seconds, default=never)
        self.read("/latest-stats", {"customersUpdated": latest, "ordersUpdated": self.orders_changed or never})
