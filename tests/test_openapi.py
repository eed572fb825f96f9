"""Holds the contract as data against what the server is made of: routes, structs, errors, lists of words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
import yaml
from msgspec import inspect

from customary.api.router import Route
from customary.api.routes import ROUTES
from customary.errors import HttpError
from customary.model import body as bodies
from customary.model.customer import CONTACT_TYPES
from customary.model.extrafield import EXTRAFIELD_TYPES
from customary.model.mass_update import SELECT_MODES, ManyCustomersBody, MassUpdateBody
from customary.model.merge import MergeBody
from customary.model.order import FULFILLMENT_STATUSES, PAYMENT_STATUSES
from customary.model.search import SORT_ORDERS
from customary.model.store import SCOPES
from customary.model.upsert import UPSERT_KEYS, UpsertCustomerBody
from customary.rules import answers, batch, erasure, feed, history, merge, orders, places, restore, summaries, upsert
from customary.rules.countries import list_countries
from customary.rules.customer_query import parse_customer_search
from customary.rules.dropped import DroppedAnswer
from customary.rules.preview import PreviewAnswer, RefusalAnswer
from customary.testing import ServerInThread

Schema = dict[str, Any]

DOCUMENT: Schema = yaml.safe_load(resources.files("customary.contract").joinpath("openapi.yaml").read_text("utf-8"))
SCHEMAS: Schema = DOCUMENT["components"]["schemas"]
METHODS = ("get", "put", "post", "delete")

BODY_STRUCTS: Mapping[str, type] = {
    "CustomerBody": bodies.CustomerBody,
    "PersonBody": bodies.PersonBody,
    "ShippingAddressBody": bodies.ShippingAddressBody,
    "ListedContactBody": bodies.ContactBody,
    "ExtrafieldValueBody": bodies.ExtrafieldValueBody,
    "GroupBody": bodies.GroupBody,
    "NewExtrafieldBody": bodies.ExtrafieldBody,
    "OrderBody": bodies.OrderBody,
    "ProfileBody": bodies.ProfileBody,
    "BatchRequestBody": batch.BatchRequestBody,
    "RestoreBody": bodies.RestoreBody,
    "MassUpdateBody": MassUpdateBody,
    "MergeBody": MergeBody,
    "UpsertCustomerBody": UpsertCustomerBody,
    "ManyCustomersBody": ManyCustomersBody,
}
ANSWER_STRUCTS: Mapping[str, type] = {
    "Person": answers.PersonAnswer,
    "ShippingAddress": answers.ShippingAddressAnswer,
    "Contact": answers.ContactAnswer,
    "Favorite": answers.FavoriteAnswer,
    "ExtrafieldValue": answers.ExtrafieldValueAnswer,
    "Stats": answers.StatsAnswer,
    "FoundCustomer": answers.CustomerAnswer,
    "Group": answers.GroupAnswer,
    "Order": orders.OrderAnswer,
    "Product": orders.ProductAnswer,
    "Extrafield": answers.ExtrafieldAnswer,
    "Profile": answers.ProfileAnswer,
    "Erasure": erasure.ErasureAnswer,
    "ChangeItem": feed.FeedItemAnswer,
    "HistoryItem": history.HistoryItem,
    "FieldChange": history.FieldChange,
    "Dropped": DroppedAnswer,
    "Preview": PreviewAnswer,
    "Refusal": RefusalAnswer,
    "Restored": restore.RestoreAnswer,
    "NotRestored": restore.NotRestored,
    "Merged": merge.MergeAnswer,
    "Undo": merge.UndoAnswer,
    "Upserts": upsert.UpsertAnswer,
    "Upserted": upsert.UpsertedAnswer,
    "Error": answers.ErrorAnswer,
    "Batch": batch.BatchAnswer,
    "BatchResponse": batch.BatchResponseAnswer,
    "CustomerFilters": summaries.CustomerFiltersAnswer,
    "FilterAddress": summaries.FilterAddressAnswer,
    "LatestStats": summaries.LatestStatsAnswer,
    "Location": places.LocationAnswer,
    "Country": places.CountryAnswer,
    "State": places.StateAnswer,
}
KINDS: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.StructType: "object",
    inspect.DictType: "object",
    inspect.VarTupleType: "array",
    inspect.ListType: "array",
}


def operations() -> Iterator[tuple[str, str, Schema]]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def scope_of(operation: Schema) -> str | None:
    """Both ways to send the token must ask for the same scopes, or for none, which any token has."""
    scopes = {name: needed for requirement in operation["security"] for name, needed in requirement.items()}
    if not scopes:
        return None
    assert scopes.keys() == {"bearer", "query_token"}
    assert scopes["query_token"] == scopes["bearer"]
    return " ".join(scopes["bearer"])


def scope_of_route(route: Route) -> str | None:
    return route.scope if route.also_scope is None else f"{route.scope} {route.also_scope}"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for below in value.values():
            yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


def follow(schema: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = DOCUMENT
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def properties(schema: Schema) -> Schema:
    """Of an object, those of all its parts together."""
    schema = follow(schema)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= properties(part)
    return found


def required(schema: Schema) -> set[str]:
    schema = follow(schema)
    return set(schema.get("required", ())).union(*(required(part) for part in schema.get("allOf", ())))


def kinds(schema: Schema) -> set[str]:
    """The JSON types of the values that a schema can take."""
    schema = follow(schema)
    if "enum" in schema:
        return {kind_of(value) for value in schema["enum"]}
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    if "anyOf" in schema:
        return set().union(*(kinds(part) for part in schema["anyOf"]))
    return set(KINDS.values()).intersection(*(kinds(part) for part in schema.get("allOf", ())))


def kind_of(value: object) -> str:
    return {str: "string", int: "integer", bool: "boolean", type(None): "null"}[type(value)]


def items(schema: Schema) -> Schema:
    schema = follow(schema)
    found: Schema = schema["items"]
    return found


def fields(struct: type) -> dict[str, inspect.Field]:
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    return {field.encode_name: field for field in described.fields}


def parts(kind: inspect.Type) -> Iterable[inspect.Type]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def check_fields(schema: Schema, struct: type, name: str, strict: bool) -> None:
    """``strict``: an answer, where the types are the same; a body's schema may refuse null, which the rules refuse."""
    described, existing = properties(schema), fields(struct)
    assert described.keys() == existing.keys(), name
    for field_name, field in existing.items():
        where = f"{name}.{field_name}"
        told = kinds(described[field_name])
        if any(isinstance(part, inspect.RawType | inspect.AnyType) for part in parts(field.type)):  # any JSON
            assert told == set(KINDS.values()), where
            continue
        real = {KINDS[type(part)] for part in parts(field.type)}
        if strict:
            assert told == (real - {"null", "integer"} if "number" in real else real - {"null"}), where
        else:
            assert real - {"null"} <= told <= real, where
        check_below(described[field_name], field.type, where, strict)


def check_below(schema: Schema, kind: inspect.Type, where: str, strict: bool) -> None:
    for part in parts(kind):
        if isinstance(part, inspect.StructType):
            check_fields(schema, part.cls, where, strict)
        elif isinstance(part, inspect.VarTupleType):
            assert kinds(items(schema)) == {KINDS[type(part.item_type)]}, where
            check_below(items(schema), part.item_type, where, strict)


def headers_of(operation: Schema) -> set[str]:
    parameters = (follow(parameter) for parameter in operation.get("parameters", ()))
    return {parameter["name"] for parameter in parameters if parameter["in"] == "header"}


def query_of(operation: Schema) -> set[str]:
    parameters = (follow(parameter) for parameter in operation.get("parameters", ()))
    return {parameter["name"] for parameter in parameters if parameter["in"] == "query"}


def all_errors(error: type[HttpError] = HttpError) -> Iterator[type[HttpError]]:
    for below in error.__subclasses__():
        yield below
        yield from all_errors(below)


# RequestError is only the family of those that are the caller's to mend
ERRORS = [error for error in all_errors() if error.__name__ != "RequestError"]


def codes(response: Schema) -> set[str]:
    schema = follow(response)["content"]["application/json"]["schema"]
    (code,) = (part["properties"]["errorCode"] for part in schema["allOf"] if "properties" in part)
    return set(code["enum"])


def test_the_document_is_valid() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    found = set(references(DOCUMENT))
    for reference in found:
        follow({"$ref": reference})
    kept = {f"#/components/{room}/{name}" for room, below in DOCUMENT["components"].items() for name in below}
    kept = {name for name in kept if "/securitySchemes/" not in name}
    of_no_operation = ("BadRequest", "HeadTooLarge", "MethodNotAllowed")
    assert kept - found == {f"#/components/responses/{name}" for name in of_no_operation}


def test_routes_and_document_are_the_same() -> None:
    described = {(method, path, each["operationId"], scope_of(each)) for method, path, each in operations()}
    served = {(route.method, route.template, route.handler.__name__, scope_of_route(route)) for route in ROUTES}
    assert described == served


def test_scopes_exist() -> None:
    assert {scope for _, _, operation in operations() for scope in (scope_of(operation) or "").split()} <= set(SCOPES)


@pytest.mark.parametrize("name", BODY_STRUCTS)
def test_body_is_described(name: str) -> None:
    check_fields(SCHEMAS[name], BODY_STRUCTS[name], name, strict=False)


def test_a_contact_of_its_own_is_one_of_a_list_without_its_id() -> None:
    assert properties(SCHEMAS["ListedContactBody"]).keys() - properties(SCHEMAS["ContactBody"]).keys() == {"id"}


def test_an_extra_field_is_changed_by_all_that_makes_it_but_its_key() -> None:
    assert properties(SCHEMAS["NewExtrafieldBody"]).keys() - properties(SCHEMAS["ExtrafieldBody"]).keys() == {"key"}


@pytest.mark.parametrize("name", ANSWER_STRUCTS)
def test_answer_is_described(name: str) -> None:
    check_fields(SCHEMAS[name], ANSWER_STRUCTS[name], name, strict=True)
    always = {field for field, kind in fields(ANSWER_STRUCTS[name]).items() if kind.required}
    assert required(SCHEMAS[name]) - {"totalOrderCount"} == always


def test_only_a_search_counts_orders() -> None:
    assert properties(SCHEMAS["FoundCustomer"]).keys() - properties(SCHEMAS["Customer"]).keys() == {"totalOrderCount"}


def test_every_error_code_is_described() -> None:
    assert set(SCHEMAS["Error"]["properties"]["errorCode"]["enum"]) == {error.code for error in ERRORS}


def test_every_error_is_described_with_its_status() -> None:
    described = {
        (int(status), code)
        for _, _, operation in operations()
        for status, response in operation["responses"].items()
        if status not in {"200", "304"}
        for code in codes(response)
    }
    for status, name in ((400, "BadRequest"), (405, "MethodNotAllowed"), (431, "HeadTooLarge")):  # of no operation
        described |= {(status, code) for code in codes(DOCUMENT["components"]["responses"][name])}
    assert described == {(error.status, error.code) for error in ERRORS}


def test_operations_tell_what_can_go_wrong() -> None:
    for method, path, operation in operations():
        if scope_of(operation) is not None:
            expected = {"200", "400", "402", "403", "404", "500", "503"}
            if method in {"PUT", "POST"}:
                expected |= {"408", "413", "415"}
            assert operation["responses"].keys() - {"304", "409", "410", "412", "422"} == expected, (method, path)


def test_who_takes_a_condition_says_how_it_answers() -> None:
    for method, path, operation in operations():
        headers = headers_of(operation)
        assert ("If-Match" in headers) == ("412" in operation["responses"]), (method, path)
        assert ("If-None-Match" in headers) == (operation["responses"].keys() & {"304", "412"} != set()), (method, path)


def test_every_write_takes_a_key() -> None:
    for method, path, operation in operations():
        writes = method != "GET" and operation["operationId"] != "preview_customer"
        assert ("Idempotency-Key" in headers_of(operation)) == writes, (method, path)
        assert ("422" in operation["responses"]) == writes, (method, path)


def test_every_body_can_be_strict() -> None:
    for _, path, operation in operations():
        prefers = {"$ref": "#/components/parameters/prefer"} in operation.get("parameters", ())
        assert prefers == ("requestBody" in operation), path


def test_lists_of_words_are_the_servers() -> None:
    assert tuple(SCHEMAS["SortOrder"]["enum"]) == SORT_ORDERS
    assert tuple(SCHEMAS["MassUpdateBody"]["properties"]["mode"]["enum"]) == SELECT_MODES
    assert tuple(SCHEMAS["RestoreBody"]["properties"]["fields"]["items"]["enum"]) == restore.RESTORABLE
    assert tuple(SCHEMAS["UpsertBody"]["properties"]["by"]["enum"]) == UPSERT_KEYS
    assert tuple(SCHEMAS["ContactType"]["enum"]) == CONTACT_TYPES
    assert tuple(SCHEMAS["ExtrafieldType"]["enum"]) == EXTRAFIELD_TYPES
    assert tuple(SCHEMAS["PaymentStatus"]["enum"]) == PAYMENT_STATUSES
    assert tuple(SCHEMAS["FulfillmentStatus"]["enum"]) == FULFILLMENT_STATUSES
    assert SCHEMAS["CountryCode"]["enum"] == sorted(country.code for country in list_countries())


class Recorder(dict[str, str]):
    """A query that remembers which of its parameters were asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return default

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return False


def test_every_search_parameter_is_described() -> None:
    query = Recorder()
    parse_customer_search(query)
    search = DOCUMENT["paths"]["/api/v3/{storeId}/customers"]["get"]
    described = query_of(search)
    assert described == query.asked | {"responseFields"}
    ids = DOCUMENT["paths"]["/api/v3/{storeId}/customers_ids"]["get"]
    assert query_of(ids) == described - {"offset", "limit"}
    many = DOCUMENT["paths"]["/api/v3/{storeId}/customers_update"]["post"]
    without = {"sortBy", "offset", "limit", "responseFields"}
    assert query_of(many) == described - without
    listed = DOCUMENT["paths"]["/customary/v1/{storeId}/customers"]["get"]
    without = {"sortBy", "offset"}
    assert query_of(listed) == (described - without) | {"after"}


def test_every_read_of_a_store_takes_response_fields() -> None:
    for method, path, operation in operations():
        names = {follow(parameter)["name"] for parameter in operation.get("parameters", ())}
        read = method == "GET" and path.startswith(("/api/", "/customary/")) and not path.endswith("/export")  # of all
        assert ("responseFields" in names) == read, path


def test_an_operation_and_its_parameter_are_named_as_in_python() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert all(name.isidentifier() and name == name.lower() for name in names)
    assert len(set(names)) == len(names)


def test_the_document_is_served(server: ServerInThread) -> None:
    answer = httpx.get(f"{server.base_url}/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.text) == json.loads(msgspec.json.encode(DOCUMENT))
