"""Entity tags and the conditions that a request makes with them (RFC 9110, section 13); and what else must hold."""

import re
from hashlib import blake2b
from zlib import crc32

from msgspec import Struct, json

from customary.errors import PreconditionFailed
from customary.model.store import Group

_TAG = re.compile(r'(W/)?"([!#-~\x80-\xff]*)"')
ANY = ('"',)
"""What ``*`` stands for; no tag has a quote in it."""


class Conditions(Struct, frozen=True, kw_only=True):
    """What must hold for a write to be made; of a tag list None is one that was not sent.

    ``if_match`` has strong tags only, for a weak one never matches. ``keep_lists``: no element of a list may go.
    """

    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None
    keep_lists: bool = False


NO_CONDITIONS = Conditions()


def read_conditions(if_match: str | None, if_none_match: str | None, keep_lists: bool) -> Conditions:
    """Of the two headers, each with its lines joined by commas. What is no tag matches nothing."""
    return Conditions(
        if_match=None if if_match is None else _tags(if_match, strong=True),
        if_none_match=None if if_none_match is None else _tags(if_none_match),
        keep_lists=keep_lists,
    )


def entity_tag(version: str | int, body: bytes) -> str:
    """Strong: ``version`` says which state of the resource this is, a checksum in which words the body tells of it.

    The words change without the state when an order is recorded, a group gets another name, or other fields are asked
    for. 0.7 µs for 1.6 KB.
    """
    return f'"{version}-{crc32(body):08x}"'


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether the client has the very body that has this tag: by weak comparison, so that ``W/`` plays no part."""
    tags = _tags(if_none_match)
    return tags == ANY or tag.strip('"') in tags


def group_version(group: Group) -> str:
    """A group does not know the position of its last change; it is small, and a digest of it does as well."""
    return blake2b(json.encode(group), digest_size=8).hexdigest()


def check_version(conditions: Conditions, version: str | int) -> None:
    """Of the resource that a write is about to change or remove; the checksum of a tag plays no part, since a write
    changes nothing of what it tells beyond the version. Raises PreconditionFailed."""
    if conditions.if_match is not None and not _names(conditions.if_match, str(version)):
        raise PreconditionFailed()
    if conditions.if_none_match is not None and _names(conditions.if_none_match, str(version)):
        raise PreconditionFailed()


def _names(tags: tuple[str, ...], version: str) -> bool:
    return tags == ANY or any(tag.partition("-")[0] == version for tag in tags)


def _tags(header: str, strong: bool = False) -> tuple[str, ...]:
    """Without their quotes and ``W/``; ``strong``: those without ``W/`` alone."""
    if header.strip() == "*":
        return ANY
    return tuple(tag for weak, tag in _TAG.findall(header) if not (weak and strong))
