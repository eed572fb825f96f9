"""The customer as it is kept: the whole aggregate, in the contract's words and order. Derived fields are not here.

Field names are snake_case in Python and the contract's camelCase in JSON. An empty string means "not set".
"""

from decimal import Decimal

from msgspec import Struct, field


class Person(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A billing person. ``street`` holds up to two lines joined by a line feed; ``country_code`` is in capitals."""

    name: str = ""
    company_name: str = ""
    street: str = ""
    city: str = ""
    country_code: str = ""
    postal_code: str = ""
    state_or_province_code: str = ""
    phone: str = ""


class ShippingAddress(Person, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A saved address: a person with an id of its own. ``created_date`` is in UNIX seconds."""

    id: int
    note: str = ""
    default_address: bool = False
    order_by: int = 0
    created_date: int


class Contact(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One way to reach the customer. ``timestamp`` (UNIX seconds) is when it was created or last changed."""

    id: int
    contact: str
    handle: str = ""
    note: str = ""
    type: str
    default: bool = False
    order_by: int = 0
    timestamp: int


class Favorite(Struct, frozen=True, kw_only=True, rename="camel"):
    """A product that the customer marked."""

    product_id: int
    added_timestamp: int


class ExtrafieldValue(Struct, frozen=True, kw_only=True, rename="camel"):
    """The customer's value of one of the store's extra fields, by the key of its definition."""

    key: str
    value: str


class Stats(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the recorded orders of a customer come to. Times are UNIX seconds."""

    number_of_orders: int
    sales_value: Decimal
    first_order_date: int
    last_order_date: int


class Customer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One customer of one store. Times are UNIX seconds.

    ``version`` is the position in the store's change log of the change that made this state; storage sets it.
    ``password_hash`` never leaves the server. ``stats`` (None without orders) follows from the orders: storage keeps
    it, whatever else is stored of the customer.
    """

    id: int
    version: int = 0
    email: str
    password_hash: str = ""
    registered: int
    updated: int
    customer_group_id: int = 0
    billing_person: Person | None = None
    shipping_addresses: tuple[ShippingAddress, ...] = ()
    contacts: tuple[Contact, ...] = ()
    tax_id: str = ""
    tax_id_valid: bool = True
    tax_exempt: bool = False
    b2b_b2c: str = field(default="b2c", name="b2b_b2c")
    fiscal_code: str = ""
    electronic_invoice_pec_email: str = ""
    electronic_invoice_sdi_code: str = ""
    accept_marketing: bool | None = None
    lang: str = ""
    private_admin_notes: str = ""
    favorites: tuple[Favorite, ...] = ()
    extrafields: tuple[ExtrafieldValue, ...] = ()
    external_reference_id: str = ""
    stats: Stats | None = None


CONTACT_TYPES = (
    "EMAIL",
    "PHONE",
    "WHATSAPP",
    "TELEGRAM",
    "VIBER",
    "FACEBOOK",
    "INSTAGRAM",
    "TWITTER",
    "TIKTOK",
    "URL",
    "OTHER",
    "YOUTUBE",
    "PINTEREST",
    "VK",
    "FB_MESSENGER",
)
