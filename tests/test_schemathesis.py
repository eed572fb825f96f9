"""Thousands of generated requests against a real server: what the contract allows works, what it forbids is refused.

The contract can't say which ids exist: what is generated for them is replaced by ids that do, most of the time, so
that the requests get past the first look. All else is sent as generated, and every check of schemathesis is on.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from importlib import resources
from itertools import count
from typing import Any, ClassVar, TypeAlias

import httpx
import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

from customary.testing import server_in_thread
from tests.api.scenarios import Json
from tests.api.shop import LANGUAGES, Shop

DOCUMENT = yaml.safe_load(resources.files("customary.contract").joinpath("openapi.yaml").read_text("utf-8"))
ACCEPTED = ["2xx", "401", "403", "404", "409", "410", "5xx"]
CONFIG: dict[str, Any] = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},  # who is named may be gone
    "generation": {
        "deterministic": True,
        "max-examples": 40,
        "with-security-parameters": False,  # the token is sent by the test
        "allow-x00": False,  # NUL is refused wherever it stands, also where the contract describes nothing
    },
}
contract = schemathesis.openapi.from_dict(deepcopy(DOCUMENT), config=schemathesis.Config.from_dict(CONFIG))

schemathesis.openapi.format("field-selection", st.sampled_from(["id", "items(id,name)", "billingPerson(name), email"]))
schemathesis.openapi.format("time-zone", st.sampled_from(["UTC", "Europe/Rome", "America/St_Johns"]))
schemathesis.openapi.format(
    "spaced-date-time",
    st.builds(
        lambda time, zone: time.isoformat(" ", "seconds") + zone,
        st.datetimes(),
        st.sampled_from(["", " +0000", " -0330", " UTC", " Europe/Rome"]),
    ),
)


SPENDING = {
    f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item if method == "delete"
}
SPENDING.add("POST /api/v3/{storeId}/customers_update")
SPENDING.add("POST /api/v3/{storeId}/customers/{customerId}/contacts")  # there is room for a hundred
SPENDING.add("POST /customary/v1/{storeId}/customers/{customerId}/erase")
SPENDING.add("POST /customary/v1/{storeId}/customers/{customerId}/merge")
CONDITIONS = ("If-Match", "If-None-Match", "Idempotency-Key")
LISTS = ("shippingAddresses", "contacts", "items")
INTEGERS = ("orderBy", "productId", "quantity", "createDate")
SETTINGS = settings(suppress_health_check=list(HealthCheck), deadline=None)
Case: TypeAlias = schemathesis.Case[Any]


class World:
    """A shop that always has one of everything that a path can name, however many were deleted."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.made = 0
        self.numbers = count(1)
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.erased = shop.add_customer("erased@example.com")  # and stays so
        shop.post(shop.own(f"/customers/{self.erased}/erase"), {})
        self.renew()

    def renew(self) -> None:
        self.made += 1
        body = {"contacts": [{"contact": "x", "type": "PHONE"}], "shippingAddresses": [{"city": "Rome"}]}
        self.other = self.shop.add_customer(f"other{self.made}@example.com")
        self.customer = self.shop.add_customer(f"world{self.made}@example.com", **body)
        known = self.shop.customer(self.customer)
        self.ids = {
            "storeId": self.shop.store_id,
            "customerId": self.customer,
            "seq": self.shop.server.changes(self.shop.store_id)[-1].seq,
            "contactId": known["contacts"][0]["id"],
            "groupId": self.shop.add_group(),
            "key": self.shop.add_extrafield(),
            "orderNumber": self.shop.add_order(),
        }
        self.address = known["shippingAddresses"][0]["id"]
        self.ticket = self.shop.post("/batch", [{"path": "/profile", "method": "GET"}])["ticket"]

    def place(self, case: Case, *names: str) -> None:
        """Gives the path ids that exist. One in four is left as it was generated, the store's never."""
        assert case.meta is not None
        if not case.meta.is_negative_at(ParameterLocation.PATH):
            for name, value in case.path_parameters.items():
                if name in names and (name == "storeId" or sum(str(value).encode()) % 4):
                    case.path_parameters[name] = self.ids[name]
                if case.path.endswith("/erasure") and case.path_parameters[name] == self.customer:
                    case.path_parameters[name] = self.erased
        for name in CONDITIONS:  # which would not hold, or was sent with another request
            case.headers.pop(name, None)
        if not case.meta.is_negative_at(ParameterLocation.QUERY) and len(case.query.get("ticket", "")) % 4:
            case.query["ticket"] = self.ticket
        if not case.meta.is_negative_at(ParameterLocation.BODY) and isinstance(case.body, dict):
            self.mend(case.body)
            self.mend_settings(case.body)
            self.mend_many(case, case.body)

    def mend(self, body: dict[str, Json]) -> None:
        """What the contract can't say in a schema: ids that exist, one default of a type, languages of the store."""
        if "to" in body:
            body["to"] = self.ids["seq"]
        if "customerGroupId" in body:
            body["customerGroupId"] = self.ids["groupId"]
        if body.get("lang"):
            body["lang"] = LANGUAGES[len(body["lang"]) % len(LANGUAGES)]
        for address in body.get("shippingAddresses") or ():
            address.pop("id", None)
        for contact in body.get("contacts") or ():
            contact.pop("id", None)
            contact.setdefault("contact", "y")
            contact["default"] = None
        if body.get("items"):
            body["total"] = 1  # they may come to more than an order can
        for each in (body, *(element for name in LISTS for element in body.get(name) or ())):
            for name in INTEGERS:  # 5.0 is an integer to JSON Schema, not to the server
                if isinstance(each, dict) and isinstance(each.get(name), float):
                    each[name] = int(each[name])
        for value in body.get("extrafields") or ():
            body["extrafields"] = [{"key": self.ids["key"], "value": str(value.get("value", ""))}]

    def mend_settings(self, body: dict[str, Json]) -> None:
        """The same of an extra field and of the profile."""
        if "title" in body and body.get("key"):  # the key of a new extra field, which no other may have
            body["key"] = f"{body['key'][:200]}{next(self.numbers)}"
        languages = body.get("languages") or {}
        if languages.get("enabledLanguages"):
            languages["enabledLanguages"] = [*LANGUAGES, *languages["enabledLanguages"]][:100]
        if "defaultLanguage" in languages:
            languages["defaultLanguage"] = LANGUAGES[0]

    def mend_many(self, case: Case, body: dict[str, Json]) -> None:
        """The same of a change of many customers, and of a merge."""
        if body.get("mode") == "ALL_FILTERED":  # which asks for a filter
            case.query["keyword"] = "@"
        if "from" in body:
            body["from"] = self.other
        if body.get("ids"):
            body["ids"] = [int(number) for number in body["ids"]]
        if "customerGroupId" in (body.get("customer") or {}):
            body["customer"]["customerGroupId"] = self.ids["groupId"]


def answer_is_whole(_: object, response: schemathesis.Response, case: Case) -> None:
    """Without ``responseFields`` an answer has all that the contract requires: a selection will not do."""
    if case.method == "GET" and response.status_code == 200 and not (case.query or {}).get("responseFields"):
        validator(case.path).validate(response.json())


@cache
def validator(path: str) -> jsonschema_rs.Draft202012Validator:
    reference = DOCUMENT["paths"][path]["get"]["responses"]["200"]["$ref"]
    response = DOCUMENT["components"]["responses"][reference.rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    whole = schema["anyOf"][0] if "anyOf" in schema else schema
    return jsonschema_rs.Draft202012Validator({**whole, "components": DOCUMENT["components"]})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("schemathesis") / "customary.db"
    with server_in_thread(path) as server, httpx.Client(base_url=server.base_url) as client:
        world = World(Shop(server, client, 1001))
        yield world
    for operation, statuses in world.statuses.items():
        assert statuses[200], f"{operation} was never reached: {statuses}"


@contract.parametrize()
@SETTINGS
def test_operation(case: Case, world: World) -> None:
    world.place(case, *world.ids)
    headers = {"Authorization": f"Bearer {world.shop.token}"}
    response = case.call_and_validate(
        base_url=world.shop.server.base_url,
        headers=headers,
        additional_checks=[answer_is_whole] if case.path.startswith(("/api/", "/customary/")) else [],
    )
    world.statuses[case.operation.label][response.status_code] += 1
    if case.operation.label in SPENDING and response.status_code == 200:
        world.renew()


class Walk(contract.include(path_regex="^/api/").as_state_machine()):
    """Goes from one call to the next along the links of the contract, each time in a store of its own."""

    start: ClassVar[Callable[[], World]]

    def setup(self) -> None:
        self.world = type(self).start()

    def get_call_kwargs(self, case: Case) -> dict[str, Any]:
        shop = self.world.shop
        return {"base_url": shop.server.base_url, "headers": {"Authorization": f"Bearer {shop.token}"}}

    def before_call(self, case: Case) -> None:
        self.world.place(case, "storeId")

    def after_call(self, response: schemathesis.Response, case: Case) -> None:
        WALKED[case.operation.label][response.status_code] += 1


WALKED: dict[str, Counter[int]] = defaultdict(Counter)


def test_walks_along_the_links(world: World) -> None:
    """Create, read, change, delete, read again: what was created is there, what was deleted is not."""
    stores = count(2001)
    Walk.start = lambda: World(Shop(world.shop.server, world.shop.client, next(stores)))
    Walk.run(settings=settings(SETTINGS, max_examples=60, stateful_step_count=12, derandomize=True))
    customer = "/api/v3/{storeId}/customers/{customerId}"
    assert all(WALKED[f"{method} {customer}"].keys() >= {200, 404} for method in ("GET", "PUT", "DELETE"))
