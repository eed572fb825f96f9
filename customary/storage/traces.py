"""Whether an answer that is kept holds something of a customer that is erased, and what is left of it then."""

from collections.abc import Collection, Iterable

from msgspec import json

GONE = 410, b'{"errorMessage":"The answer held a customer that was erased","errorCode":"CUSTOMER_ERASED"}'
"""Status and body."""

SHORTEST_PART = 3

Place = tuple[str, int]
"""The ticket of a batch, and the position in it."""


def find_answers_with(traces: Collection[str], answers: Iterable[tuple[str, int, bytes]]) -> list[Place]:
    """Those that hold one of the texts, or of a name its first word or the rest, as a whole; of an e-mail, anywhere."""
    parts = {part for text in traces for part in text.split(None, 1) if len(part) >= SHORTEST_PART}
    quoted = [json.encode(text).decode() for text in parts.union(traces)]
    emails = [text.casefold() for text in traces if "@" in text]
    found: list[Place] = []
    for ticket, position, body in answers:
        answer = bytes(body).decode()
        if any(text in answer for text in quoted) or any(text in answer.casefold() for text in emails):
            found.append((ticket, position))
    return found
