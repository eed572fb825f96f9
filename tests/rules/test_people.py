"""The billing person: merged key by key, checked and put into capitals where the contract says so."""

import pytest
from msgspec import UNSET, convert
from msgspec.structs import replace

from customary.model.body import PersonBody
from customary.model.customer import Person
from customary.rules.people import check_person, merge_billing_person
from customary.rules.problems import Problems
from tests.rules.updating import BILLING, CONTROL, COUNTRY, Json, too_long

LIMITS = {
    "name": 255,
    "companyName": 255,
    "street": 1000,
    "city": 255,
    "postalCode": 255,
    "stateOrProvinceCode": 255,
    "phone": 255,
}
ATTRIBUTES = dict(zip(PersonBody.__struct_encode_fields__, PersonBody.__struct_fields__, strict=True))


def merge(stored: Person | None, body: Json) -> Person | None:
    problems: Problems = {}
    merged = merge_billing_person(stored, convert(body, PersonBody), "Customer.billingPerson", problems)
    assert problems == {}
    return merged


def problems_of(body: Json) -> Problems:
    problems: Problems = {}
    check_person(convert(body, PersonBody), "P", problems)
    return problems


def test_every_text_has_its_limit_here() -> None:
    assert LIMITS.keys() | {"countryCode"} == ATTRIBUTES.keys()


@pytest.mark.parametrize("stored", [BILLING, Person(phone="1"), None], ids=["full", "phone", "none"])
@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_one_key_changes_itself_alone(stored: Person | None, name: str, limit: int) -> None:
    for value in ("New", "x" * limit, "\u00a0", "\U0001f600" * limit):
        assert merge(stored, {name: value}) == replace(stored or Person(), **{ATTRIBUTES[name]: value})


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_null_and_the_empty_text_clear(name: str, empty: str | None) -> None:
    assert merge(BILLING, {name: empty}) == replace(BILLING, **{ATTRIBUTES[name]: ""})


def test_a_person_that_is_not_sent_stays() -> None:
    assert merge_billing_person(BILLING, UNSET, "P", {}) is BILLING
    assert merge_billing_person(None, UNSET, "P", {}) is None
    assert merge(BILLING, {}) == BILLING


def test_null_clears_the_person() -> None:
    assert merge_billing_person(BILLING, None, "P", {}) is None
    assert merge_billing_person(None, None, "P", {}) is None


@pytest.mark.parametrize("stored", [Person(phone="1"), None])
@pytest.mark.parametrize(
    "body", [{"phone": None}, {"phone": ""}, dict.fromkeys(ATTRIBUTES), dict.fromkeys(ATTRIBUTES, "")]
)
def test_a_person_with_nothing_set_is_no_person(stored: Person | None, body: Json) -> None:
    assert merge(stored, body) is None


@pytest.mark.parametrize(
    ("sent", "kept"), [("US", "US"), ("us", "US"), ("uS", "US"), ("XK", "XK"), ("xk", "XK"), ("gb", "GB"), ("", "")]
)
def test_country_codes(sent: str, kept: str) -> None:
    merged = merge(BILLING, {"countryCode": sent})
    assert merged == replace(BILLING, country_code=kept)


@pytest.mark.parametrize(
    "code", ["ZZ", "UK", "EU", "USA", "U", " US", "US ", "us\n", "ß", "\u017fk", "1", "\x01", "x" * 300, "840", "İt"]
)
def test_no_country_codes(code: str) -> None:
    assert problems_of({"countryCode": code}) == {"P.countryCode": COUNTRY}


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_one_character_too_many(name: str, limit: int) -> None:
    assert problems_of({name: "x" * (limit + 1)}) == {f"P.{name}": too_long(limit)}
    assert problems_of({name: "\U0001f600" * (limit + 1)}) == {f"P.{name}": too_long(limit)}


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x0b", "\x0d", "\x1f", "\x7f", "\x80", "\x9f", "\ud800"])
@pytest.mark.parametrize("name", LIMITS)
def test_control_characters(name: str, bad: str) -> None:
    check = PersonBody(**{ATTRIBUTES[name]: f"a{bad}b"})
    problems: Problems = {}
    check_person(check, "P", problems)
    assert problems == {f"P.{name}": CONTROL}


@pytest.mark.parametrize("name", LIMITS)
def test_line_feeds_and_tabs_belong_into_streets_only(name: str) -> None:
    for text in ("a\nb", "a\tb"):
        assert problems_of({name: text}) == ({} if name == "street" else {f"P.{name}": CONTROL})


@pytest.mark.parametrize("text", ["\u200b", "\u2028", "\u202e", "\ufeff", "\u00ad", "e\u0301", "\U0010ffff", "日本"])
def test_what_is_no_control_character(text: str) -> None:
    assert problems_of(dict.fromkeys(LIMITS, f"a{text}b")) == {}


def test_all_texts_at_their_limits_together() -> None:
    assert problems_of({name: "x" * limit for name, limit in LIMITS.items()}) == {}


def test_every_problem_is_told() -> None:
    body = dict.fromkeys(LIMITS, "\x01") | {"countryCode": "ZZ"}
    assert problems_of(body) == dict.fromkeys((f"P.{name}" for name in LIMITS), CONTROL) | {"P.countryCode": COUNTRY}
    long = dict.fromkeys(LIMITS, "x" * 1001)
    assert problems_of(long) == {f"P.{name}": too_long(limit) for name, limit in LIMITS.items()}
