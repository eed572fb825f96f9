"""Keys under which text is compared and searched, computed here so that every storage back end agrees to the letter."""

from hashlib import sha256
from unicodedata import normalize

import idna


def search_key(text: str) -> str:
    """Equal for texts that differ only in case or in how accents are composed. Idempotent.

    Both back ends compare these keys, for SQLite's own ``lower`` and ``LIKE`` know ASCII only.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFD", text).casefold())


def email_key(email: str) -> str:
    """What makes an address unique in a store: the search key with the domain as A-label. Never raises."""
    if email.isascii():
        return email.lower()
    local, at, domain = email.rpartition("@")
    return search_key(local) + at + (ascii_domain(domain) or search_key(domain)) if at else search_key(email)


def ascii_domain(domain: str) -> str:
    """The domain as A-labels in small letters; empty where that can't be had."""
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except (UnicodeError, ValueError):
        return ""


def token_digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256. Its 32 random characters need no slower hash."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
