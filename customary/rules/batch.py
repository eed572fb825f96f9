"""A batch as clients send it, checked, and what is told of its requests."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import unquote

from msgspec import UNSET, Raw, Struct, UnsetType, json

from customary.errors import InvalidBody
from customary.model.body import Text
from customary.model.ticket import Ticket, TicketRequest, TicketResponse
from customary.rules.problems import Problems, take_choice, take_text

METHODS = ("GET", "POST", "PUT", "DELETE")
MOST_REQUESTS = 500
LONGEST_PATH = 16_384


class BatchRequestBody(Struct, frozen=True, kw_only=True):
    id: Text = UNSET
    path: Text = UNSET
    method: Text = UNSET
    body: Raw | UnsetType = UNSET


class BatchResponseAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: str | None = None
    status: str
    http_body: Raw | None = None
    escaped_http_body: str | None = None
    http_status_code: int | None = None
    http_status_line: str | None = None


class BatchAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    status: str
    total_requests: int
    completed_requests: int
    responses: tuple[BatchResponseAnswer, ...]


def read_batch(body: tuple[BatchRequestBody, ...], store_id: int) -> tuple[TicketRequest, ...]:
    """Raises InvalidBody with every problem."""
    problems: Problems = {}
    if not 1 <= len(body) <= MOST_REQUESTS:
        raise InvalidBody({"Batch": f"must have from 1 to {MOST_REQUESTS} requests"})
    requests = tuple(
        _read_request(request, f"Batch[{position}]", store_id, problems) for position, request in enumerate(body)
    )
    if problems:
        raise InvalidBody(problems)
    return requests


def _read_request(body: BatchRequestBody, where: str, store_id: int, problems: Problems) -> TicketRequest:
    sent = take_text(body.path, f"{where}.path", problems, LONGEST_PATH)
    path, _, query = sent.partition("?")
    path = unquote(path).strip("/")
    prefix = f"api/v3/{store_id}"
    path = path.removeprefix(f"{prefix}/")
    if not sent:
        problems.setdefault(f"{where}.path", "is absent")
    elif path == "batch":
        problems.setdefault(f"{where}.path", "must not be a batch itself")
    if not body.method:
        problems[f"{where}.method"] = "is absent"
    method = take_choice((body.method or "GET").upper(), f"{where}.method", problems, METHODS, "GET")
    id_ = take_text(body.id, f"{where}.id", problems) if isinstance(body.id, str) else None
    return TicketRequest(id=id_, method=method, path=f"/{prefix}/{path}", query=query, body=_read_body(body.body))


def _read_body(body: Raw | UnsetType) -> bytes:
    """A text is taken for JSON that is written out; ``""`` and null are no body."""
    if body is UNSET:
        return b""
    text = bytes(body)
    if text.startswith(b'"'):
        return json.decode(text, type=str).encode()
    return b"" if text == b"null" else text


def answer_batch(
    ticket: Ticket, responses: tuple[TicketResponse, ...], ids: tuple[str | None, ...], escaped: bool
) -> BatchAnswer:
    """``ids`` are those of all its requests. Those that will never be answered are told of at the end."""
    status = "COMPLETED" if ticket.finished is not None else "IN_PROGRESS" if responses else "QUEUED"
    answers = [_answer_response(response, escaped) for response in responses]
    if ticket.finished is not None:
        answers.extend(_not_executed(responses, ids))
    return BatchAnswer(
        status=status, total_requests=ticket.total, completed_requests=len(responses), responses=tuple(answers)
    )


def _answer_response(response: TicketResponse, escaped: bool) -> BatchResponseAnswer:
    return BatchResponseAnswer(
        id=response.id,
        status="COMPLETED" if response.status == 200 else "FAILED",
        http_body=None if escaped else Raw(response.body),
        escaped_http_body=response.body.decode() if escaped else None,
        http_status_code=response.status,
        http_status_line=HTTPStatus(response.status).phrase,
    )


def _not_executed(responses: tuple[TicketResponse, ...], ids: tuple[str | None, ...]) -> Iterator[BatchResponseAnswer]:
    executed = {response.position for response in responses}
    for position, id_ in enumerate(ids):
        if position not in executed:
            yield BatchResponseAnswer(id=id_, status="NOT_EXECUTED")
