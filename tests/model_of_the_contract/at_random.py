"""Bodies and queries at random, most of them good, from few values so that they meet. No test and no HTTP here."""

from random import Random

from tests.model_of_the_contract.customers import PERSON, TYPES, ModelCustomer, ModelStore
from tests.model_of_the_contract.learning import Json
from tests.model_of_the_contract.search import ORDERS

NAMES = (
    "Jo Hart",
    "jo  hart ",
    "Ann",
    "ANN",
    "Émile Zola",
    "émile zola",
    "Straße Nord",
    "STRASSE",
    "Ζήνων Δ",
    "李 雷",
    "x_%y",
)
TEXTS: dict[str, tuple[str, ...]] = {
    "name": NAMES,
    "companyName": ("Doe & Daughters", "ÉTÉ S.A.", "acme", "Acme"),
    "street": ("1 Main Street\nSecond floor", "2 Oak Lane", "\nback yard\n"),
    "city": ("Springfield", "Tbilisi", "Milano", "milano", "Zürich"),
    "countryCode": ("US", "us", "GE", "IT", "XK"),
    "postalCode": ("62701", "0105", "20121"),
    "stateOrProvinceCode": ("NV", "IL", "ZZ"),
    "phone": ("+1 217 555 0100", "+995 32 200 00 00", "555"),
    "note": ("ring twice", "two\nlines\tand a tab", '"quoted" \\ back'),
    "contact": ("+1 217 555 0100", "jo_hart", "https://example.com/jo", "jo1@example.com"),
    "handle": ("jo", "@ann"),
    "taxId": ("X1", "x12", "Y"),
    "fiscalCode": ("RSSMRA80A01H501U", "rss"),
    "electronicInvoicePecEmail": ("pec@example.com", "Other@pec.example.com"),
    "electronicInvoiceSdiCode": ("ABC1234", "0000000"),
    "privateAdminNotes": ("likes tea", "LIKES\ncoffee", "ß"),
}
FLAGS = ("taxIdValid", "taxExempt", "acceptMarketing")
PRODUCTS = {11: ("Tea", "Green tea"), 12: ("Coffee",), 13: ("Cup", "CUP")}
READ_ONLY: Json = {"id": 5, "registered": "never", "stats": {"numberOfOrders": 9}, "favorites": [], "unknown": [{}]}


class Requests:
    """What to send next. ``store`` is only read, for ids that exist."""

    def __init__(self, random: Random, store: ModelStore) -> None:
        self.random, self.store = random, store

    def chance(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def email(self) -> str:
        if self.chance(2):
            return self.random.choice(("nobody", "", "a@b@example.com", "two words@example.com"))
        email = f"{self.random.choice(('jo', 'ann', 'zo'))}{self.random.randrange(12)}@example.com"
        return email.title() if self.chance(25) else email

    def text(self, key: str, null: float = 8) -> str | None:
        if self.chance(null):
            return self.random.choice((None, ""))
        return (
            "x" * 256 if self.chance(0.3) and key not in ("street", "note", "privateAdminNotes") else self.any_of(key)
        )

    def any_of(self, key: str) -> str:
        return self.random.choice(TEXTS[key])

    def some(self, keys: tuple[str, ...], percent: float) -> list[str]:
        return [key for key in keys if self.chance(percent)]

    def person(self, *more: str) -> dict[str, Json]:
        person: dict[str, Json] = {key: self.text(key) for key in self.some((*PERSON, *more), 45)}
        return person | ({"countryCode": "QQ"} if self.chance(1) else {})

    def address(self, known: list[int]) -> dict[str, Json]:
        address = self.person("note")
        if self.chance(40):
            address["defaultAddress"] = self.chance(60)
        return self.placed(address, known)

    def contact(self, known: list[int], complete: bool = True) -> dict[str, Json]:
        contact: dict[str, Json] = {key: self.text(key) for key in self.some(("handle", "note"), 30)}
        if complete or self.chance(40):
            contact["contact"] = "" if self.chance(2) else self.any_of("contact")
        if self.chance(80 if complete else 30):
            contact["type"] = self.random.choice((*TYPES[:4], None) if self.chance(98) else ("FAX",))
        if self.chance(50):
            contact["default"] = self.chance(35)
        return self.placed(contact, known)

    def placed(self, element: dict[str, Json], known: list[int]) -> dict[str, Json]:
        """With an order now and then, and an id that is known or, rarely, is not."""
        if self.chance(25):
            element["orderBy"] = self.random.choice((0, 1, 7, None))
        if known and self.chance(65):
            element["id"] = known[0] if self.chance(2) else known.pop(0)
        elif self.chance(1):
            element["id"] = 999_999
        return element

    def customer(self, before: ModelCustomer | None = None) -> dict[str, Json]:
        body: dict[str, Json] = {key: self.text(key) for key in self.some(tuple(TEXTS)[-5:], 12)}
        body |= {key: self.random.choice((True, False, None)) for key in self.some(FLAGS, 15)}
        if before is None or self.chance(15):
            body["email"] = self.email()
        if self.chance(8):
            body["name"] = self.text("name")
        if self.chance(45):
            body["billingPerson"] = None if self.chance(6) else self.person()
        if self.chance(10):
            body["b2b_b2c"] = self.random.choice(("b2b", "b2c", None, "b2b", "b2x" if self.chance(15) else "b2b"))
        if self.chance(12):
            body["lang"] = self.random.choice((*self.store.languages, *self.store.languages, "fr", None))
        if self.chance(20):
            body["customerGroupId"] = self.group()
        if self.chance(10):
            body["primaryPhone"] = self.text("phone", 25)
        if self.chance(10):
            body |= dict(self.random.sample(list(READ_ONLY.items()), 2))
        if self.chance(0.5):
            body["password"] = "correct horse"
        return body | self.lists(before)

    def lists(self, before: ModelCustomer | None) -> dict[str, Json]:
        body: dict[str, Json] = {}
        if self.chance(20):
            known = [address["id"].value for address in before.addresses] if before else []
            body["shippingAddresses"] = [self.address(known) for _ in range(self.random.randrange(4))]
        if self.chance(20):
            known = [contact["id"].value for contact in before.contacts] if before else []
            body["contacts"] = [self.contact(known) for _ in range(self.random.randrange(5))]
        if self.chance(15):
            body["extrafields"] = self.values()
        return {key: None if self.chance(4) else value for key, value in body.items()}

    def fields(self) -> dict[str, list[str]]:
        """Keys of a customer that are wanted in an answer, and keys below them: none means all."""
        below = {"billingPerson": PERSON, "contacts": ("id", "type", "timestamp"), "shippingAddresses": ("id", "city")}
        keys = self.random.sample(("id", "email", "updated", "stats", "nothing", *below), 3)
        return {key: self.some(below.get(key, ()), 50) for key in keys}

    def values(self) -> list[dict[str, Json]]:
        fields = [each for each in self.store.extrafields if self.chance(50)]
        values: list[dict[str, Json]] = [{"key": each["key"], "value": self.value(each)} for each in fields]
        return values + ([{"key": "missing", "value": "x"}] if self.chance(3) else [])

    def value(self, extrafield: Json) -> Json:
        if self.chance(15):
            return self.random.choice((None, ""))
        return self.date() if extrafield["type"] == "DATETIME" else self.any_of("taxId")

    def date(self) -> int:
        """A time before the test, one of a few."""
        return 1_700_000_000 + self.random.randrange(5) * 86_400

    def group(self) -> int | None:
        if self.chance(3):
            return self.random.choice((None, 999_999))
        group: Json = self.random.choice(self.store.groups)["id"]
        return group if isinstance(group, int) else int(group.value)

    def order(self) -> dict[str, Json]:
        order: dict[str, Json] = {"email": self.email()}
        if self.chance(60):
            order["total"] = self.random.choice((0, 10, 0.1, 0.2, 19.99, 1234.5))
        if self.chance(60):
            order["paymentStatus"] = self.random.choice(("PAID", "PAID", "CANCELLED", "REFUNDED"))
        if self.chance(60):
            order["createDate"] = self.date()
        if self.chance(30):
            order["billingPerson"] = self.person()
        products = self.random.sample(sorted(PRODUCTS), self.random.randrange(3))
        order["items"] = [
            {"productId": product, "name": self.random.choice(PRODUCTS[product]), "price": 9.95, "quantity": 3}
            for product in products
        ]
        return order

    def search(self) -> dict[str, Json]:
        """One to three filters, mostly with an order and a page."""
        query: dict[str, Json] = {}
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 2, 3))):
            query |= self.filter()
        if self.chance(70):
            query["sortBy"] = f"{self.random.choice(sorted(ORDERS))}_{self.random.choice(('ASC', 'DESC'))}"
        if self.chance(40):
            query |= {"offset": self.random.randrange(6), "limit": self.random.choice((1, 2, 5, 250))}
        return query

    def filter(self) -> dict[str, Json]:
        key = self.random.choice(("keyword", "email", "choice", "number", "date", *TEXTS))
        if key in ("keyword", "email"):
            exact = {"useExactEmailMatch": "true"} if self.chance(30) else {}
            return {key: self.random.choice((self.email(), "jo", "EXAMPLE", "nn", "1@")) or "jo"} | exact
        if key == "number":
            return {self.random.choice(("minOrderCount", "maxOrderCount", "minSalesValue", "maxSalesValue")): 1}
        if key == "date":
            return self.times()
        if key in ("choice", "note", "street", "contact", "handle", "taxId", "privateAdminNotes"):
            return self.choice()
        if key == "countryCode":
            return {"countryCodes": self.random.choice(("US", "us,IT", "GE", "QQ"))}
        return {key: self.part(self.any_of(key))}

    def choice(self) -> dict[str, Json]:
        return self.random.choice(
            (
                {"acceptMarketing": "true"},
                {"acceptMarketing": "false"},
                {"taxExempt": "true"},
                {"taxExempt": "false"},
                {"b2b_b2c": "b2b"},
                {"lang": self.random.choice(self.store.languages)},
                {"customerGroup": self.group() or 0},
                {"customerGroupIds": f"{self.group() or 0},{self.group() or 0}"},
                {"purchasedProductIds": self.random.choice(("11", "12,13", "99"))},
            )
        )

    def times(self) -> dict[str, Json]:
        if not self.store.customers:
            return {}
        customer = self.random.choice(self.store.customers)
        name, date = self.random.choice((("created", customer.registered), ("updated", customer.updated)))
        return {f"{name}{self.random.choice(('From', 'To'))}": date.seconds}

    def part(self, text: str) -> str:
        """Some of its letters, in another case now and then."""
        start = self.random.randrange(len(text))
        part = text[start : start + self.random.randrange(1, 6)]
        return self.random.choice((part, part.upper(), part.lower()))
