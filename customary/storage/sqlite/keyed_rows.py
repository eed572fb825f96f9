"""Requests that their clients named ↔ rows, and what one of them is to a request that comes now."""

from collections.abc import Sequence
from typing import Any

from msgspec import json

from customary.errors import KeyTaken
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult


def identity(request: KeyedRequest) -> tuple[Any, ...]:
    """Behind the store's id."""
    return request.token_id, request.key


def is_old(row: Sequence[Any] | None, kept_since: int) -> bool:
    """``row``: fingerprint, created, status, forgotten."""
    return row is not None and row[1] < kept_since


def check_under_way(row: Sequence[Any], request: KeyedRequest) -> None:
    """Raises KeyTaken unless the row is of this very request, and its answer is still to come."""
    fingerprint, _, status, forgotten = row
    if fingerprint != request.fingerprint or status is not None or forgotten:
        raise KeyTaken()


def answer_columns(answer: KeptAnswer) -> tuple[Any, ...]:
    return answer.status, json.encode(answer.headers).decode(), answer.body, answer.texts


def request_from_rows(found: Sequence[Sequence[Any]]) -> KeyedRequest | None:
    """A row for each result, or one without any."""
    if not found:
        return None
    token_id, key, fingerprint, created, status, headers, body, texts, forgotten = found[0][:9]
    answer = None
    if status is not None:
        pairs = json.decode(headers, type=tuple[tuple[str, str], ...])
        answer = KeptAnswer(status=status, headers=pairs, body=body, texts=bool(texts))
    results = (row[9:] for row in found if row[9] is not None)
    return KeyedRequest(
        token_id=token_id,
        key=key,
        fingerprint=fingerprint,
        created=created,
        results=tuple(KeyedResult(number=number, kind=kind, result=result) for number, kind, result in results),
        answer=answer,
        forgotten=bool(forgotten),
    )
