"""What a store, a token, a scope and a customer group are."""

from msgspec import Struct

SCOPES = (
    "read_customers",
    "update_customers",
    "create_customers",
    "read_customers_extrafields",
    "update_customers_extrafields",
    "delete_customers_extrafields",
    "read_orders",
    "create_orders",
    "update_orders",
    "read_store_profile",
    "update_store_profile",
)


class Store(Struct, frozen=True, kw_only=True):
    """One merchant's store. ``languages`` are codes such as ``en`` and ``pt_BR``, the default one among them."""

    id: int
    name: str
    url: str = ""
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    default_language: str = "en"
    suspended: bool = False
    created: int


class Token(Struct, frozen=True, kw_only=True):
    """Leave to act on one store. The secret itself is never kept: ``digest`` is its SHA-256."""

    id: int
    store_id: int
    digest: bytes
    public: bool
    label: str
    scopes: frozenset[str]
    created: int
    revoked: int | None = None


class Access(Struct, frozen=True, kw_only=True):
    """A store, and the token that somebody has for it: one that is known and was not revoked."""

    store: Store
    token: Token | None


class Group(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A group of customers. Id 0 is ``General``: every store has it and it is not stored."""

    id: int
    name: str
    external_reference_id: str = ""


GENERAL = Group(id=0, name="General")
