"""Answers as they go out: the stored customer with its derived fields, in the contract's words and order.

A field with a default is left out of the JSON when it is empty; one without is always there.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from customary.model.customer import Contact, Customer, ExtrafieldValue, Favorite, Person, ShippingAddress, Stats
from customary.model.extrafield import Extrafield
from customary.model.store import GENERAL, Group, Store
from customary.rules.countries import country_name, state_name
from customary.rules.dates import format_date
from customary.rules.money import average, plain_number

ENTITY_TYPES = ("CUSTOMERS",)


class ErrorAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """``args``: name or path → what is wrong with it."""

    error_message: str
    error_code: str
    args: dict[str, str] = {}


class PersonAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    street: str = ""
    city: str = ""
    country_code: str = ""
    country_name: str = ""
    postal_code: str = ""
    state_or_province_code: str = ""
    state_or_province_name: str = ""
    phone: str = ""


class ShippingAddressAnswer(PersonAnswer, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: int
    note: str = ""
    default_address: bool
    order_by: int
    created_date: str
    address_formatted: str = ""


class ContactAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: int
    contact: str
    handle: str = ""
    note: str = ""
    type: str
    default: bool
    order_by: int
    timestamp: str


class FavoriteAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    product_id: int
    added_timestamp: str


class ExtrafieldValueAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    key: str
    title: str
    value: str
    type: str
    order_by: int
    entity_types: tuple[str, ...]


class StatsAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    number_of_orders: int
    sales_value: float | int
    average_order_value: float | int
    first_order_date: str = ""
    last_order_date: str = ""


NO_ORDERS = StatsAnswer(number_of_orders=0, sales_value=0, average_order_value=0)


class CustomerAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: int
    name: str = ""
    email: str
    registered: str
    updated: str
    total_order_count: int | None = None
    customer_group_id: int
    customer_group_name: str
    billing_person: PersonAnswer | None = None
    shipping_addresses: tuple[ShippingAddressAnswer, ...]
    contacts: tuple[ContactAnswer, ...]
    tax_id: str
    tax_id_valid: bool
    tax_exempt: bool
    b2b_b2c: str = field(name="b2b_b2c")
    fiscal_code: str
    electronic_invoice_pec_email: str
    electronic_invoice_sdi_code: str
    accept_marketing: bool | None = None
    lang: str = ""
    private_admin_notes: str
    stats: StatsAnswer
    favorites: tuple[FavoriteAnswer, ...]
    extrafields: tuple[ExtrafieldValueAnswer, ...] = ()
    external_reference_id: str = ""


def answer_customer(
    customer: Customer, group_names: Mapping[int, str], extrafields: Sequence[Extrafield], in_search: bool = False
) -> CustomerAnswer:
    """``group_names`` must have the customer's group; ``in_search`` adds what only searches show.

    ``extrafields`` must be all of the store's when the customer has a value of one.
    """
    person, stats = customer.billing_person, customer.stats
    return CustomerAnswer(
        id=customer.id,
        name=person.name if person else "",
        email=customer.email,
        registered=format_date(customer.registered),
        updated=format_date(customer.updated),
        total_order_count=(stats.number_of_orders if stats else 0) if in_search else None,
        customer_group_id=customer.customer_group_id,
        customer_group_name=group_names.get(customer.customer_group_id, GENERAL.name),
        billing_person=answer_person(person) if person else None,
        shipping_addresses=tuple([_answer_address(address) for address in customer.shipping_addresses]),
        contacts=tuple([answer_contact(contact) for contact in customer.contacts]),
        tax_id=customer.tax_id,
        tax_id_valid=customer.tax_id_valid,
        tax_exempt=customer.tax_exempt,
        b2b_b2c=customer.b2b_b2c,
        fiscal_code=customer.fiscal_code,
        electronic_invoice_pec_email=customer.electronic_invoice_pec_email,
        electronic_invoice_sdi_code=customer.electronic_invoice_sdi_code,
        accept_marketing=customer.accept_marketing,
        lang=customer.lang,
        private_admin_notes=customer.private_admin_notes,
        stats=_answer_stats(stats) if stats else NO_ORDERS,
        favorites=tuple([_answer_favorite(favorite) for favorite in customer.favorites]),
        extrafields=_answer_values(customer.extrafields, extrafields) if customer.extrafields else (),
        external_reference_id=customer.external_reference_id,
    )


def answer_contact(contact: Contact) -> ContactAnswer:
    return ContactAnswer(
        id=contact.id,
        contact=contact.contact,
        handle=contact.handle,
        note=contact.note,
        type=contact.type,
        default=contact.default,
        order_by=contact.order_by,
        timestamp=format_date(contact.timestamp),
    )


def _answer_favorite(favorite: Favorite) -> FavoriteAnswer:
    return FavoriteAnswer(product_id=favorite.product_id, added_timestamp=format_date(favorite.added_timestamp))


def _answer_stats(stats: Stats) -> StatsAnswer:
    return StatsAnswer(
        number_of_orders=stats.number_of_orders,
        sales_value=plain_number(stats.sales_value),
        average_order_value=plain_number(average(stats.sales_value, stats.number_of_orders)),
        first_order_date=format_date(stats.first_order_date),
        last_order_date=format_date(stats.last_order_date),
    )


def _answer_values(
    values: tuple[ExtrafieldValue, ...], extrafields: Sequence[Extrafield]
) -> tuple[ExtrafieldValueAnswer, ...]:
    """In the order of the store's fields."""
    by_key = {each.key: each.value for each in values}
    return tuple(
        ExtrafieldValueAnswer(
            key=extrafield.key,
            title=extrafield.title,
            value=by_key[extrafield.key],
            type=extrafield.type,
            order_by=position,
            entity_types=ENTITY_TYPES,
        )
        for position, extrafield in enumerate(extrafields)
        if extrafield.key in by_key
    )


def answer_person(person: Person) -> PersonAnswer:
    first_name, last_name = _split_name(person.name)
    return PersonAnswer(
        name=person.name,
        first_name=first_name,
        last_name=last_name,
        company_name=person.company_name,
        street=person.street,
        city=person.city,
        country_code=person.country_code,
        country_name=country_name(person.country_code),
        postal_code=person.postal_code,
        state_or_province_code=person.state_or_province_code,
        state_or_province_name=state_name(person.country_code, person.state_or_province_code),
        phone=person.phone,
    )


def _answer_address(address: ShippingAddress) -> ShippingAddressAnswer:
    first_name, last_name = _split_name(address.name)
    country = country_name(address.country_code)
    state = state_name(address.country_code, address.state_or_province_code)
    return ShippingAddressAnswer(
        id=address.id,
        name=address.name,
        first_name=first_name,
        last_name=last_name,
        company_name=address.company_name,
        street=address.street,
        city=address.city,
        country_code=address.country_code,
        country_name=country,
        postal_code=address.postal_code,
        state_or_province_code=address.state_or_province_code,
        state_or_province_name=state,
        phone=address.phone,
        note=address.note,
        default_address=address.default_address,
        order_by=address.order_by,
        created_date=format_date(address.created_date),
        address_formatted=_format_address(address, state, country),
    )


def _format_address(address: ShippingAddress, state: str, country: str) -> str:
    """One line; empty parts, and empty lines of the street, are left out."""
    street = address.street
    if "\n" in street:
        street = ", ".join(filter(None, street.split("\n")))
    place = " ".join(filter(None, (address.postal_code, address.city, state)))
    return ", ".join(filter(None, (address.company_name, street, place, country)))


def _split_name(name: str) -> tuple[str, str]:
    """First word and the rest; nothing when there is only one word."""
    words = name.split(None, 1)
    return (words[0], words[1].rstrip()) if len(words) == 2 else ("", "")


class GroupAnswer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: int
    name: str
    external_reference_id: str = ""


def answer_group(group: Group) -> GroupAnswer:
    return GroupAnswer(id=group.id, name=group.name, external_reference_id=group.external_reference_id)


class ExtrafieldAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    key: str
    title: str
    entity_types: tuple[str, ...]
    type: str
    shown_on_order_details: bool
    linked_with_checkout_field: bool
    created_date: str
    last_modified_date: str


def answer_extrafield(extrafield: Extrafield) -> ExtrafieldAnswer:
    return ExtrafieldAnswer(
        key=extrafield.key,
        title=extrafield.title,
        entity_types=ENTITY_TYPES,
        type=extrafield.type,
        shown_on_order_details=extrafield.shown_on_order_details,
        linked_with_checkout_field=False,  # there is no checkout
        created_date=format_date(extrafield.created),
        last_modified_date=format_date(extrafield.modified),
    )


class GeneralInfoAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    store_id: int
    store_url: str


class StoreSettingsAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    store_name: str


class LanguagesAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    enabled_languages: tuple[str, ...]
    default_language: str


class FormatsAndUnitsAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    timezone: str


class ProfileAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    general_info: GeneralInfoAnswer
    settings: StoreSettingsAnswer
    languages: LanguagesAnswer
    formats_and_units: FormatsAndUnitsAnswer


def answer_profile(store: Store) -> ProfileAnswer:
    return ProfileAnswer(
        general_info=GeneralInfoAnswer(store_id=store.id, store_url=store.url),
        settings=StoreSettingsAnswer(store_name=store.name),
        languages=LanguagesAnswer(enabled_languages=store.languages, default_language=store.default_language),
        formats_and_units=FormatsAndUnitsAnswer(timezone=store.timezone),
    )
