"""What the tests of batches share: sending one and waiting for its end. No test here."""

import time
from typing import Any

from tests.api.scenarios import Json
from tests.api.shop import Shop

DEADLINE = 20.0


def request(method: str, path: str, body: Json = None, id_: str | None = None) -> Json:
    sent = {"path": path, "method": method}
    if body is not None:
        sent["body"] = body
    return sent if id_ is None else {"id": id_, **sent}


def send(shop: Shop, requests: list[Json], **query: Any) -> str:
    """The ticket."""
    answer = shop.call("POST", "/batch", requests, query)
    assert answer.status == 200, answer.json
    assert answer.json.keys() == {"ticket"}
    return str(answer.json["ticket"])


def wait(shop: Shop, ticket: str, **query: Any) -> Json:
    """The batch when it is completed."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        batch = shop.get("/batch", ticket=ticket, **query)
        assert batch.keys() == {"status", "totalRequests", "completedRequests", "responses"}
        if batch["status"] == "COMPLETED":
            return batch
        assert batch["status"] == ("IN_PROGRESS" if batch["responses"] else "QUEUED")
        time.sleep(0.01)
    raise AssertionError("the batch did not end")


def run(shop: Shop, requests: list[Json], **query: Any) -> list[Json]:
    """The responses of a batch."""
    responses: list[Json] = wait(shop, send(shop, requests, **query))["responses"]
    return responses


def statuses(responses: list[Json]) -> list[Json]:
    return [response.get("httpStatusCode", response["status"]) for response in responses]
