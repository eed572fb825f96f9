"""The request and response bodies of the FastAPI peer, in the contract's words."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Line = Annotated[str, Field(max_length=255)]


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class PersonBody(Body):
    name: Line = ""
    company_name: Line = ""
    street: Annotated[str, Field(max_length=1000)] = ""
    city: Line = ""
    country_code: Annotated[str, Field(pattern="^([A-Za-z]{2})?$")] = ""
    postal_code: Line = ""
    state_or_province_code: Line = ""
    phone: Line = ""


class AddressBody(PersonBody):
    note: Line = ""
    default_address: bool = False
    order_by: int = 0


class StoredAddress(AddressBody):
    id: int


class ContactBody(Body):
    contact: Line
    type: Literal["EMAIL", "PHONE", "WHATSAPP", "TELEGRAM", "FACEBOOK", "INSTAGRAM", "URL", "OTHER"]
    handle: Line = ""
    note: Line = ""
    default: bool = False
    order_by: int = 0


class StoredContact(ContactBody):
    id: int


class CustomerFields(Body):
    customer_group_id: int = 0
    tax_id: Line = ""
    tax_id_valid: bool = True
    tax_exempt: bool = False
    b2b_b2c: Annotated[Literal["b2b", "b2c"], Field(alias="b2b_b2c")] = "b2c"
    fiscal_code: Line = ""
    electronic_invoice_pec_email: Line = ""
    electronic_invoice_sdi_code: Line = ""
    accept_marketing: bool | None = None
    lang: Annotated[str, Field(max_length=10)] | None = None
    private_admin_notes: Annotated[str, Field(max_length=10_000)] = ""


class CustomerBody(CustomerFields):
    """What a client may send; keys that are absent from an update keep their value."""

    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    billing_person: PersonBody | None = None
    shipping_addresses: Annotated[list[AddressBody], Field(max_length=100)] = []
    contacts: Annotated[list[ContactBody], Field(max_length=100)] = []


class StoredCustomer(CustomerFields):
    id: int
    name: str
    email: str
    registered: datetime
    updated: datetime
    billing_person: PersonBody
    shipping_addresses: list[StoredAddress]
    contacts: list[StoredContact]


class Search(Body):
    """The query of a search."""

    email: str = ""
    use_exact_email_match: bool = False
    name: str = ""
    phone: str = ""
    customer_group: int | None = None
    sort_by: Annotated[str, Field(pattern="^(NAME|EMAIL|REGISTERED_DATE|UPDATED_DATE)_(ASC|DESC)$")] = "NAME_ASC"
    offset: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100


class Page(Body):
    total: int
    count: int
    offset: int
    limit: int
    items: list[StoredCustomer]


class UpdateAnswer(Body):
    update_count: int


class CreateAnswer(Body):
    id: int
