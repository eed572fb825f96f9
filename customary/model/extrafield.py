"""What an extra field is: a field that a store adds to its customers. Their values are part of the customer."""

from msgspec import Struct

TEXT, DATETIME = "TEXT", "DATETIME"
EXTRAFIELD_TYPES = (TEXT, DATETIME)


class Extrafield(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The definition. ``key`` is what clients know it by; times are UNIX seconds."""

    id: int
    key: str
    title: str
    type: str = TEXT
    shown_on_order_details: bool = False
    created: int
    modified: int
