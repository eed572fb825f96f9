"""A walk of random calls through a real server, every answer of which is held against the model. No test here."""

from collections.abc import Callable
from time import sleep, time
from typing import Final

import httpx

from customary.testing import server_in_thread
from tests.model_of_the_contract import answers, records
from tests.model_of_the_contract.conversation import FIELDS, Conversation
from tests.model_of_the_contract.learning import Json, LearnedDate, LearnedKey, Refused
from tests.model_of_the_contract.search import find, search

TYPES: Final = ("TEXT", "text", "DATETIME", "datetime")
MOST_CUSTOMERS: Final = 30
MOST_ORDERS: Final = 60
COMPARED_EVERY: Final = 100


class Walk(Conversation):
    """One call after the other, now and then a look at everything, and the server started anew."""

    def run(self, steps: int, restarted_every: int) -> None:
        while self.steps < steps:
            with server_in_thread(self.database) as server, httpx.Client(base_url=server.base_url) as self.client:
                self.enter(server)
                self.compare_everything()
                for _ in range(min(restarted_every, steps - self.steps)):
                    self.steps += 1
                    self.step()
                self.compare_everything()

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

    def update_in_a_batch(self) -> None:
        """Four updates, one after the other, of which the first that is refused may be the last."""
        bodies = [(number := self.somebody(), self.requests.customer(self.known(number))) for _ in range(4)]
        requests = [{"path": f"/customers/{number}", "method": "PUT", "body": body} for number, body in bodies]
        stop, before, expected = self.requests.chance(50), int(time()), list[int | None]()
        query = {"stopOnFirstFailure": str(stop).lower()}
        answered = self.answers_of_batch(self.send("POST", "/batch", requests, query).json()["ticket"])
        now = LearnedDate(before, int(time()))
        for number, body in bodies:
            stopped = stop and any(status != 200 for status in expected)
            expected.append(None if stopped else self.status_of_update(number, body, now))
        if answered != expected:
            self.fail(f"answered {answered}, not {expected}")
        self.read_everybody()

    def answers_of_batch(self, ticket: str) -> list[int | None]:
        while (batch := self.send("GET", "/batch", query={"ticket": ticket}).json())["status"] != "COMPLETED":
            sleep(0.005)
        return [each.get("httpStatusCode") for each in batch["responses"]]

    def status_of_update(self, number: int, body: Json, now: LearnedDate) -> int:
        try:
            self.store.update_customer(number, body, LearnedDate(now.low, now.high))
        except Refused as refused:
            return refused.status
        return 200

    def get_customer(self) -> None:
        number = self.somebody()
        customer = self.known(number)
        if customer:
            wanted = self.requests.fields()
            fields = ", ".join(key + (f"({','.join(keys)})" if keys else "") for key, keys in wanted.items())
            expected = answers.select(answers.show_customer(self.store, customer), wanted)
            self.read(f"/customers/{number}", expected, {"responseFields": fields})
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
        return int(self.random.choice([*ids, 999_999]))

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

    CALLS: tuple[tuple[Callable[["Walk"], None], int], ...] = (
        *(
            (create_customer, 10),
            (update_customer, 26),
            (delete_customer, 3),
            (update_customers, 2),
            (update_in_a_batch, 2),
        ),
        *(
            (get_customer, 3),
            (search, 22),
            (create_contact, 5),
            (update_contact, 6),
            (delete_contact, 3),
            (read_contacts, 2),
        ),
        *((create_group, 2), (update_group, 2), (delete_group, 1), (create_extrafield, 2), (update_extrafield, 1)),
        *((delete_extrafield, 1), (create_order, 8), (delete_order, 3), (update_profile, 2)),
        *((Conversation.read_groups, 2), (Conversation.read_orders, 2)),
        *((Conversation.read_summaries, 2), (Conversation.read_everybody, 2)),
    )
    """How often which call is made."""
