"""A walk of random calls through a real server, every answer of which is held against the model. No test here."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import time
from typing import Final

import httpx

from customary.testing import ServerInThread, server_in_thread
from tests.model_of_the_contract import answers, records
from tests.model_of_the_contract.at_random import Requests
from tests.model_of_the_contract.customers import ModelCustomer, ModelStore
from tests.model_of_the_contract.learning import Json, LearnedDate, LearnedKey, Refused, learn, show_date
from tests.model_of_the_contract.search import ORDERS, find, search

FIELDS: Final = "/store_extrafields/customers"
TYPES: Final = ("TEXT", "text", "DATETIME", "datetime")
STORE_ID: Final = 1003
MOST_CUSTOMERS: Final = 30
MOST_ORDERS: Final = 60
COMPARED_EVERY: Final = 100
LAST_CALLS: Final = 12

COUNTS: Final = {"PUT": {"updateCount": 1}, "DELETE": {"deleteCount": 1}}

Apply = Callable[[LearnedDate], Json]


class Difference(AssertionError):
    """The server and the model do not agree."""


class Walk:
    """One store, seen from both sides. ``start`` and ``stop`` are a server on the same file."""

    def __init__(self, database: Path, seed: int) -> None:
        self.database, self.seed = database, seed
        self.random = Random(seed)
        self.store = ModelStore(["en", "it"])
        self.requests = Requests(self.random, self.store)
        self.last: deque[str] = deque(maxlen=LAST_CALLS)
        self.steps = 0
        self.orders_changed: LearnedDate | None = None
        self.token = ""

    def run(self, steps: int, restarted_every: int) -> None:
        while self.steps < steps:
            with server_in_thread(self.database) as server, httpx.Client(base_url=server.base_url) as self.client:
                self.enter(server)
                self.compare_everything()
                for _ in range(min(restarted_every, steps - self.steps)):
                    self.steps += 1
                    self.step()
                self.compare_everything()

    def enter(self, server: ServerInThread) -> None:
        if not self.token:
            server.add_store(STORE_ID)
            self.token = server.add_token(STORE_ID)
        self.client.headers["authorization"] = f"Bearer {self.token}"

    def step(self) -> None:
        if len(self.store.customers) > MOST_CUSTOMERS:
            self.delete_customer()
        elif len(self.store.orders) > MOST_ORDERS:
            self.delete_order()
        else:
            calls, weights = zip(*self.CALLS, strict=True)
            self.random.choices(calls, weights)[0](self)
        if self.steps % COMPARED_EVERY == 0:
            self.compare_everything()

    # calls

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

    # customers

    def create_customer(self) -> None:
        body = self.requests.customer()
        answer = self.write("POST", "/customers", lambda now: {"id": self.store.create_customer(body, now).id}, body)
        if answer:
            self.reread(answer["id"])

    def update_customer(self) -> None:
        number = self.somebody()
        body = self.requests.customer(self.known(number))
        self.write("PUT", f"/customers/{number}", lambda now: self.store.update_customer(number, body, now), body)
        self.reread(number)

    def delete_customer(self) -> None:
        number = self.somebody()
        self.write("DELETE", f"/customers/{number}", lambda now: self.store.delete_customer(number, now))
        self.read_deleted()

    def update_customers(self) -> None:
        query = self.requests.search()
        mode = self.random.choice(("SELECTED", "SELECTED", "ALL_FILTERED", "ALL"))
        if mode == "ALL_FILTERED" and not query.keys() - {"sortBy", "offset", "limit"}:
            return
        body: Json = {"mode": mode, "ids": [self.somebody() for _ in range(self.random.randrange(4))]}
        found = find(self.store, query)
        few = len(found) < 5 if mode == "ALL_FILTERED" else mode == "SELECTED"
        if few and self.requests.chance(40):
            body["delete"] = True
        else:
            group = {"customerGroupId": self.requests.group()}
            body["customer"] = self.random.choice((group, {"taxExempt": True}, {"acceptMarketing": None}))

        def apply(now: LearnedDate) -> Json:
            return {"updateCount": records.update_customers(self.store, body, found, now)}

        self.write("POST", "/customers_update", apply, body, query)
        self.read_deleted()
        self.read_everybody()

    def get_customer(self) -> None:
        number = self.somebody()
        if self.known(number):
            self.reread(number)
        else:
            self.check_refusal(Refused(404, "CUSTOMER_NOT_FOUND"), self.send("GET", f"/customers/{number}"))

    def search(self) -> None:
        query = self.requests.search()
        self.read("/customers", search(self.store, query), query)
        if self.requests.chance(20):
            self.read("/customers_ids", {"ids": [each.number for each in find(self.store, query)]}, query)

    # contacts

    def contact_of(self, number: int) -> int:
        customer = self.known(number)
        ids = [contact["id"].value for contact in customer.contacts] if customer else []
        return self.random.choice([*ids, 999_999])

    def create_contact(self) -> None:
        number, body = self.somebody(), self.requests.contact([])
        body.pop("id", None)

        def apply(now: LearnedDate) -> Json:
            return {"createCount": 1, "id": self.store.create_contact(number, body, now)}

        self.write("POST", f"/customers/{number}/contacts", apply, body)
        self.reread(number)

    def update_contact(self) -> None:
        number, body = self.somebody(), self.requests.contact([], complete=False)
        contact = self.contact_of(number)
        path = f"/customers/{number}/contacts/{contact}"
        self.write("PUT", path, lambda now: self.store.update_contact(number, contact, body, now), body)
        self.reread(number)

    def delete_contact(self) -> None:
        number = self.somebody()
        contact = self.contact_of(number)
        path = f"/customers/{number}/contacts/{contact}"
        self.write("DELETE", path, lambda now: self.store.delete_contact(number, contact, now))
        self.reread(number)

    def read_contacts(self) -> None:
        customer = self.known(self.somebody())
        if customer:
            self.read(f"/customers/{customer.number}/contacts", {"items": customer.contacts})
            for contact in customer.contacts[:1]:
                self.read(f"/customers/{customer.number}/contacts/{contact['id'].value}", contact)

    # groups, extra fields, orders, profile

    def create_group(self) -> None:
        body = {"name": self.requests.text("companyName", 4) or ""}
        self.write("POST", "/customer_groups", lambda _: {"id": records.create_group(self.store, body)}, body)

    def update_group(self) -> None:
        group, body = self.requests.group() or 0, {"externalReferenceId": self.requests.text("taxId")}
        if self.requests.chance(60):
            body["name"] = self.requests.text("companyName", 4) or ""
        self.write("PUT", f"/customer_groups/{group}", lambda _: records.update_group(self.store, group, body), body)
        self.read_groups()

    def delete_group(self) -> None:
        group = self.requests.group() or 0
        self.write("DELETE", f"/customer_groups/{group}", lambda now: records.delete_group(self.store, group, now))
        self.read_everybody()

    def create_extrafield(self) -> None:
        body: Json = {"title": self.requests.text("companyName", 4) or "", "type": self.random.choice(TYPES)}
        if self.requests.chance(50):
            body["key"] = f"key{self.random.randrange(8)}"

        def apply(now: LearnedDate) -> Json:
            made = records.create_extrafield(self.store, body, now)
            return {"createCount": 1, "key": made.get("key", LearnedKey())}

        answer = self.write("POST", FIELDS, apply, body)
        if answer:
            self.store.extrafields[-1]["key"] = answer["key"]
        self.read_extrafields()

    def update_extrafield(self) -> None:
        key = self.extrafield_key()
        body = {"title": self.requests.text("companyName", 4) or "", "shownOnOrderDetails": self.requests.chance(50)}
        path = f"{FIELDS}/{key}"
        self.write("PUT", path, lambda now: records.update_extrafield(self.store, key, body, now), body)
        self.read_extrafields()

    def delete_extrafield(self) -> None:
        key = self.extrafield_key()
        self.write("DELETE", f"{FIELDS}/{key}", lambda now: records.delete_extrafield(self.store, key, now))
        self.read_everybody()

    def extrafield_key(self) -> str:
        return str(self.random.choice([*(each["key"] for each in self.store.extrafields), "missing"]))

    def create_order(self) -> None:
        body = self.requests.order()

        def apply(now: LearnedDate) -> Json:
            order = records.create_order(self.store, body, now)
            self.orders_changed = now
            return {"id": order["internalId"], "orderId": LearnedKey()}

        answer = self.write("POST", "/orders", apply, body)
        if answer:
            self.store.orders[-1]["id"] = answer["orderId"]
            self.read_orders()
            self.read_everybody()

    def delete_order(self) -> None:
        order: Json = self.random.choice([*self.store.orders, {"id": "XXXXX", "internalId": 999_999}])
        name = str(self.random.choice((order["id"], order["id"].lower(), order["internalId"])))

        def apply(now: LearnedDate) -> None:
            records.delete_order(self.store, name)
            self.orders_changed = now

        self.write("DELETE", f"/orders/{name}", apply)

    def update_profile(self) -> None:
        body: Json = {}
        if self.requests.chance(50):
            body["settings"] = {"storeName": self.requests.text("companyName", 4) or ""}
        if self.requests.chance(70):
            languages = self.random.sample(("en", "it", "pt_BR", "ka"), self.random.randrange(5))
            body["languages"] = {"enabledLanguages": languages}
            if self.requests.chance(50):
                body["languages"]["defaultLanguage"] = self.random.choice(("en", "it", "ka"))
        self.write("PUT", "/profile", lambda _: records.update_profile(self.store, body), body)
        self.read_profile()

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

    CALLS: tuple[tuple[Callable[["Walk"], None], int], ...] = (
        *((create_customer, 10), (update_customer, 26), (delete_customer, 3), (update_customers, 2), (get_customer, 3)),
        *((search, 22), (create_contact, 5), (update_contact, 6), (delete_contact, 3), (read_contacts, 2)),
        *((create_group, 2), (update_group, 2), (delete_group, 1), (create_extrafield, 2), (update_extrafield, 1)),
        *((delete_extrafield, 1), (create_order, 8), (delete_order, 3), (update_profile, 2)),
        *((read_groups, 2), (read_orders, 2), (read_summaries, 2), (read_everybody, 2)),
    )
    """How often which call is made."""
