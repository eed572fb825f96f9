"""How an ``Idempotency-Key`` is read, and what makes two requests the same one."""

import re
from collections.abc import Mapping
from hashlib import blake2b

from msgspec import json

from customary.errors import WrongParameter

LONGEST_KEY = 255
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_VISIBLE = re.compile(r"[!-~]+")
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*+)"(:?)', re.DOTALL)
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_key(header: str) -> str:
    """The key, with or without quotes around it, which play no part. Raises WrongParameter."""
    text = header.strip()
    if text.startswith('"') and (quoted := _QUOTED.fullmatch(text)):
        key = re.sub(r"\\(.)", r"\1", quoted[1])
    else:
        key = "" if text.startswith('"') else text
    if len(key) > LONGEST_KEY or not _VISIBLE.fullmatch(key):
        raise WrongParameter(
            f"Wrong header 'Idempotency-Key' value: expected 1 to {LONGEST_KEY} visible ASCII characters"
        )
    return key


def fingerprint(method: str, path: str, query: Mapping[str, str], body: bytes) -> bytes:
    """Of a request. The order of the query and a token in it play no part."""
    said = (method, path, sorted((name, value) for name, value in query.items() if name != "token"))
    return blake2b(json.encode(said) + body, digest_size=16).digest()


def holds_texts(body: bytes) -> bool:
    """Whether JSON as it is answered has a text for a value, which may be of a person; numbers and UUIDs are of
    nobody."""
    return any(not colon and not _UUID.fullmatch(text) for text, colon in _STRING.findall(body))
