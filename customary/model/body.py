"""Bodies as clients send them: every field may be absent (``UNSET``), null (``None``, clears it) or a value.

Types only: what a value may be beyond its type is checked by the rules, so that all problems come back at once.
"""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

Text = str | None | UnsetType
Flag = bool | None | UnsetType
Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Number = Integer | None | UnsetType
Amount = float | None | UnsetType
Date = str | Integer | None | UnsetType


class PersonBody(Struct, frozen=True, kw_only=True, rename="camel"):
    name: Text = UNSET
    company_name: Text = UNSET
    street: Text = UNSET
    city: Text = UNSET
    country_code: Text = UNSET
    postal_code: Text = UNSET
    state_or_province_code: Text = UNSET
    phone: Text = UNSET


class ShippingAddressBody(PersonBody, frozen=True, kw_only=True, rename="camel"):
    id: Number = UNSET
    note: Text = UNSET
    default_address: Flag = UNSET
    order_by: Number = UNSET


class ContactBody(Struct, frozen=True, kw_only=True, rename="camel"):
    id: Number = UNSET
    contact: Text = UNSET
    handle: Text = UNSET
    note: Text = UNSET
    type: Text = UNSET
    default: Flag = UNSET
    order_by: Number = UNSET


class ExtrafieldValueBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """UNIX seconds may be sent as a number where the field is a date."""

    key: Text = UNSET
    value: Date = UNSET


class CustomerBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of create and of update customer. Read-only fields are absent: sent, they are ignored."""

    name: Text = UNSET
    email: Text = UNSET
    password: Text = UNSET
    customer_group_id: Number = UNSET
    billing_person: PersonBody | None | UnsetType = UNSET
    shipping_addresses: tuple[ShippingAddressBody, ...] | None | UnsetType = UNSET
    contacts: tuple[ContactBody, ...] | None | UnsetType = UNSET
    tax_id: Text = UNSET
    tax_id_valid: Flag = UNSET
    tax_exempt: Flag = UNSET
    b2b_b2c: Text = field(default=UNSET, name="b2b_b2c")
    fiscal_code: Text = UNSET
    electronic_invoice_pec_email: Text = UNSET
    electronic_invoice_sdi_code: Text = UNSET
    accept_marketing: Flag = UNSET
    lang: Text = UNSET
    private_admin_notes: Text = UNSET
    extrafields: tuple[ExtrafieldValueBody, ...] | None | UnsetType = UNSET
    primary_phone: Text = UNSET


class RestoreBody(Struct, frozen=True, kw_only=True):
    """``fields`` are names of the customer's; without any it is restored as a whole."""

    to: Number = UNSET
    fields: tuple[str, ...] | None | UnsetType = UNSET


class GroupBody(Struct, frozen=True, kw_only=True, rename="camel"):
    name: Text = UNSET
    external_reference_id: Text = UNSET


class ExtrafieldBody(Struct, frozen=True, kw_only=True, rename="camel"):
    key: Text = UNSET
    title: Text = UNSET
    type: Text = UNSET
    shown_on_order_details: Flag = UNSET


class OrderItemBody(Struct, frozen=True, kw_only=True, rename="camel"):
    product_id: Number = UNSET
    name: Text = UNSET
    price: Amount = UNSET
    quantity: Number = UNSET
    sku: Text = UNSET


class OrderBody(Struct, frozen=True, kw_only=True, rename="camel"):
    email: Text = UNSET
    total: Amount = UNSET
    payment_status: Text = UNSET
    fulfillment_status: Text = UNSET
    create_date: Date = UNSET
    billing_person: PersonBody | None | UnsetType = UNSET
    items: tuple[OrderItemBody, ...] | None | UnsetType = UNSET


class LanguagesBody(Struct, frozen=True, kw_only=True, rename="camel"):
    enabled_languages: tuple[str, ...] | None | UnsetType = UNSET
    default_language: Text = UNSET


class StoreSettingsBody(Struct, frozen=True, kw_only=True, rename="camel"):
    store_name: Text = UNSET


class GeneralInfoBody(Struct, frozen=True, kw_only=True, rename="camel"):
    store_url: Text = UNSET


class FormatsAndUnitsBody(Struct, frozen=True, kw_only=True, rename="camel"):
    timezone: Text = UNSET


class ProfileBody(Struct, frozen=True, kw_only=True, rename="camel"):
    general_info: GeneralInfoBody | None | UnsetType = UNSET
    settings: StoreSettingsBody | None | UnsetType = UNSET
    languages: LanguagesBody | None | UnsetType = UNSET
    formats_and_units: FormatsAndUnitsBody | None | UnsetType = UNSET
