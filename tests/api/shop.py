"""A store on the running server, as a client with every scope sees it, and its change log. No test here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from customary.testing import ServerInThread
from tests.api.scenarios import ABSENT, Json, Scenario, Update, differences, resolve

LANGUAGES = ("en", "it", "pt_BR")


@dataclass(frozen=True)
class Answer:
    status: int
    json: Json
    headers: httpx.Headers


class Shop:
    """One store with a token for everything."""

    def __init__(self, server: ServerInThread, client: httpx.Client, store_id: int) -> None:
        self.server = server
        self.client = client
        self.store_id = store_id
        server.add_store(store_id, languages=LANGUAGES)
        self.token = server.add_token(store_id)

    def call(
        self,
        method: str,
        path: str,
        body: Json = ABSENT,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """``path`` is below the store, such as ``/customers``, or one that ``own`` made; ``headers`` take the place of
        the token."""
        answer = self.client.request(
            method,
            self.place(path),
            params=query,
            headers={"authorization": f"Bearer {self.token}"} if headers is None else headers,
            **({} if body is ABSENT else {"json": body}),
        )
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        return Answer(answer.status_code, answer.json(), answer.headers)

    def send(self, path: str, content: bytes, method: str = "PUT", content_type: str | None = None) -> Answer:
        """A body byte for byte."""
        headers = {"authorization": f"Bearer {self.token}"}
        if content_type is not None:
            headers["content-type"] = content_type
        answer = self.client.request(method, f"/api/v3/{self.store_id}{path}", content=content, headers=headers)
        return Answer(answer.status_code, answer.json(), answer.headers)

    def place(self, path: str) -> str:
        return path if path.startswith("/customary/") else f"/api/v3/{self.store_id}{path}"

    def own(self, path: str) -> str:
        """The whole path of something that the original does not have, from what it is below the store."""
        return f"/customary/v1/{self.store_id}{path}"

    def ask(self, method: str, path: str, body: Json = ABSENT, **headers: str) -> httpx.Response:
        """With headers beside the token, ``if_match`` for ``If-Match``. The answer is as it came."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(
            method,
            self.place(path),
            headers={"authorization": f"Bearer {self.token}", **sent},
            **({} if body is ABSENT else {"json": body}),
        )

    def get(self, path: str, **query: Any) -> Json:
        """What is answered; the test fails unless it is a 200."""
        return self._good(self.call("GET", path, query=query))

    def put(self, path: str, body: Json) -> Json:
        return self._good(self.call("PUT", path, body))

    def post(self, path: str, body: Json) -> Json:
        return self._good(self.call("POST", path, body))

    def delete(self, path: str) -> Json:
        return self._good(self.call("DELETE", path))

    def add_customer(self, email: str = "jo@example.com", **body: Json) -> int:
        """The new customer's id."""
        return int(self.post("/customers", {"email": email, **body})["id"])

    def add_group(self, name: str = "Wholesale") -> int:
        return int(self.post("/customer_groups", {"name": name})["id"])

    def add_extrafield(self, title: str = "Shoe size", **body: Json) -> str:
        """The new field's key."""
        return str(self.post("/store_extrafields/customers", {"title": title, **body})["key"])

    def add_order(self, email: str = "jo@example.com", **body: Json) -> int:
        """The new order's number."""
        return int(self.post("/orders", {"email": email, **body})["id"])

    def customer(self, customer_id: int) -> Json:
        return self.get(f"/customers/{customer_id}")

    def find(self, **query: Any) -> list[str]:
        """The e-mails of the customers that a search finds, in its order."""
        return [customer["email"] for customer in self.get("/customers", **query)["items"]]

    def changes(self) -> list[str]:
        """The change log, oldest first, such as ``customer created``."""
        return [f"{change.entity} {change.kind}" for change in self.server.changes(self.store_id)]

    @staticmethod
    def _good(answer: Answer) -> Json:
        assert answer.status == 200, answer.json
        return answer.json


def check_error(answer: Answer, status: int, code: str, message: str | None = None) -> None:
    """The contract's one shape, and nothing beside it."""
    assert answer.status == status, answer.json
    assert answer.json.keys() - {"args"} == {"errorMessage", "errorCode"}
    assert answer.json["errorCode"] == code
    assert answer.json["errorMessage"]
    if message is not None:
        assert answer.json["errorMessage"] == message
    if "args" in answer.json:
        assert all(isinstance(value, str) for value in answer.json["args"].values())


def check_update(shop: Shop, row: Update) -> None:
    """Does the update and compares all that an answer says before and after."""
    names = {"group": shop.add_group(), "other_group": shop.add_group("Retail")}
    customer_id = int(shop.post("/customers", resolve(dict(row.given), {}, names))["id"])
    before = shop.customer(customer_id)
    changes = shop.changes()

    answer = shop.put(f"/customers/{customer_id}", resolve(row.body, before, names))

    after = shop.customer(customer_id)
    assert answer == {"updateCount": 1}
    assert differences(before, after) == resolve(dict(row.differs), before, names)
    assert shop.changes() == [*changes, "customer updated"]


def check_scenario(shop: Shop, row: Scenario, names: Mapping[str, Json]) -> None:
    """Sends the request; ``{name}`` in its path stands for what the test made before."""
    changes = shop.changes()
    answer = shop.call(row.method, row.path.format(**names), resolve(row.body, {}, names), row.query)
    assert answer.status == row.status, answer.json
    if row.answer is not None:
        assert answer.json == resolve(row.answer, {}, names)
    assert shop.changes() == [*changes, *row.changes]
