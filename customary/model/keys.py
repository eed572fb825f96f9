"""Keys under which text is compared and searched, computed here so that every storage back end agrees to the letter."""

import unicodedata


def search_key(text: str) -> str:
    """The text without regard to case, in all of Unicode. ``search_key(search_key(t)) == search_key(t)``."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded)


def email_key(email: str) -> str:
    """The address as it is compared: without regard to case, its domain as an A-label. Never raises."""
    if email.isascii():
        return email.lower()
    local, at, domain = search_key(email).rpartition("@")
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return local + at + domain
