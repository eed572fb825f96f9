"""How a customer goes back to what it was."""

import pytest
from msgspec import convert
from msgspec.structs import replace

from customary.model.body import RestoreBody
from customary.model.customer import Customer, ExtrafieldValue
from customary.rules.customer_update import StoreFacts
from customary.rules.restore import RESTORABLE, WHOLE, Restore, Restored, leave_out_what_is_gone, put_back, read_restore
from tests.rules.updating import BILLING, FULL, MAIL, NOW, PLAIN, Json, problems_of

FACTS = StoreFacts(languages=(), extrafield_types={"size": "TEXT", "born": "DATETIME"})
CHOICES = ", ".join(f"'{name}'" for name in RESTORABLE)
NOW_PLAIN = replace(PLAIN, id=1, version=9, password_hash="now")


def restore(customer: Customer, then: Customer, *names: str, facts: StoreFacts = FACTS) -> Restored:
    return leave_out_what_is_gone(put_back(customer, then, names or None, NOW), customer, facts)


def values(**values: str) -> tuple[ExtrafieldValue, ...]:
    return tuple(ExtrafieldValue(key=key, value=value) for key, value in values.items())


def test_as_a_whole() -> None:
    """All but the password, which changes only by its name."""
    for before, after in ((NOW_PLAIN, FULL), (FULL, NOW_PLAIN)):
        restored = restore(before, after)
        expected = replace(after, updated=NOW, version=before.version, password_hash=before.password_hash)
        assert restored == Restored(customer=expected, not_restored=())


def test_time_never_goes_back() -> None:
    assert restore(replace(NOW_PLAIN, updated=NOW + 5), FULL).customer.updated == NOW + 5


@pytest.mark.parametrize("name", RESTORABLE)
def test_one_field(name: str) -> None:
    """Nothing else changes."""
    attribute = {"password": "password_hash"}.get(name) or dict(
        zip(Customer.__struct_encode_fields__, Customer.__struct_fields__, strict=True)
    )[name]
    then = replace(FULL, extrafields=values(size="42"))
    restored = restore(NOW_PLAIN, then, name).customer
    assert restored == replace(NOW_PLAIN, updated=NOW, **{attribute: getattr(then, attribute)})


def test_every_field_can_be_restored_but_those_that_the_server_keeps() -> None:
    kept = {"id", "version", "registered", "updated", "stats", "passwordHash"}
    assert set(RESTORABLE) == set(Customer.__struct_encode_fields__) - kept | {"password"}
    assert set(WHOLE) == set(RESTORABLE) - {"password"}


def test_the_email_takes_its_contact_along() -> None:
    now = replace(FULL, email="ann@example.org", contacts=(replace(MAIL, contact="ann@example.org"),))
    restored = restore(now, FULL, "email").customer
    assert restored.contacts == (replace(MAIL, timestamp=NOW),)
    assert restore(now, FULL, "email", "contacts").customer.contacts == FULL.contacts


def test_a_group_that_is_gone() -> None:
    facts = replace(FACTS, group_exists=False)
    restored = restore(NOW_PLAIN, FULL, facts=facts)
    assert restored.customer.customer_group_id == 0
    assert [(each.path, each.problem) for each in restored.not_restored] == [
        ("customerGroupId", "group 5 is not there any more")
    ]
    assert restore(NOW_PLAIN, FULL, "taxId", facts=facts).not_restored == ()


def test_values_of_extra_fields_that_are_gone_or_have_another_type() -> None:
    then = replace(PLAIN, extrafields=values(gone="x", size="42", born="tall"))
    restored = restore(NOW_PLAIN, then)
    assert restored.customer.extrafields == values(size="42")
    assert [(each.path, each.problem) for each in restored.not_restored] == [
        ("extrafields[key=gone]", "the extra field is not there any more"),
        ("extrafields[key=born]", "the extra field is for dates now"),
    ]
    dated = replace(then, extrafields=values(born="2023-11-14 22:13:20 +0000"))
    assert restore(NOW_PLAIN, dated).customer.extrafields == dated.extrafields


def test_a_value_that_is_older_than_the_type_of_its_field_may_stay() -> None:
    now = replace(NOW_PLAIN, extrafields=values(born="tall"))
    assert restore(now, replace(FULL, extrafields=values(born="tall"))).not_restored == ()


def test_a_language_that_is_switched_off_comes_back() -> None:
    assert restore(NOW_PLAIN, replace(FULL, lang="tlh")).customer.lang == "tlh"


def read(body: Json) -> Restore:
    return read_restore(convert(body, RestoreBody))


def test_a_body() -> None:
    assert read({"to": 7}) == read({"to": 7, "fields": None}) == Restore(to=7, names=None)
    assert read({"to": 2**40, "fields": ["email", "contacts"]}) == Restore(to=2**40, names=("email", "contacts"))


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"Restore.to": "is absent"}),
        ({"to": None}, {"Restore.to": "is absent"}),
        ({"to": 1, "fields": []}, {"Restore.fields": "must not be empty"}),
        (
            {"fields": ["email", "Email", "stats"]},
            {
                "Restore.to": "is absent",
                "Restore.fields[1]": f"must be one of {CHOICES}",
                "Restore.fields[2]": f"must be one of {CHOICES}",
            },
        ),
    ],
)
def test_refused(body: Json, problems: dict[str, str]) -> None:
    assert problems_of(lambda: read(body)) == problems


def test_problems_of_its_types_are_told_too() -> None:
    assert problems_of(lambda: read_restore(RestoreBody(to=1), {"Restore.fields": "must be a list"})) == {
        "Restore.fields": "must be a list"
    }


def test_a_person_comes_back_as_a_whole() -> None:
    now = replace(NOW_PLAIN, billing_person=replace(BILLING, city="Rome", phone=""))
    assert restore(now, FULL, "billingPerson").customer.billing_person == BILLING
    assert restore(now, replace(FULL, billing_person=None), "billingPerson").customer.billing_person is None
