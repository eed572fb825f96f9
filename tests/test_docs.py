"""The documentation is true: links lead somewhere, pages match the code, examples run, and nothing private is in it."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from customary.api.routes import ROUTES
from customary.cli import reference
from customary.demo import introduce
from customary.settings import Settings
from customary.testing import server_in_thread

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
STORE, OWN = "/api/v3/{storeId}", "/customary/v1/{storeId}"
FIRST_SCREEN = 40

LINK = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `([A-Z]+ /\S+)` \| .* \| (\w+) \|$", re.MULTILINE)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# One phrase of each choice that was made where the public material about the API is silent.
CHOICES = (
    "Both ends of a range count",
    "`responseFields` is lenient",
    "`CUSTOMER_NOT_FOUND`",
    "`CUSTOMER_GROUP_NOT_FOUND`",
    "`EMAIL_ALREADY_USED`",
    "All problems at once",
    "A limit over 100 is taken as 100",
    "`name` may be written",
    "`primaryPhone` sets the default contact",
    "One default address",
    "The e-mail has a contact",
    "`null` clears",
    "Limits of values",
    "Deleting an extra field removes its values",
    "Every recorded order counts",
    "Text filters match a part",
    "answers all ids at once",
    "What there is to filter by",
    "`name` of `GET /customers/locations`",
    "Countries and states are arrays",
    "always has both times",
    "All or nothing",
    "It must be clear what is meant",
    "`null` clears here too",
    "What a batch asks of a token",
    "`completedRequests` counts the answered ones",
    "`deduplicationKey`** is the token's own",
    "A 5xx is tried again",
    "Every write is done once",
    "What changed** is told by the names of the API",
    "comes back under its id",
    "An e-mail that belongs to another customer by now",
    "The password is restored by its name alone",
    "What can't come back",
    "is the one header that comes unasked",
    "A dry run takes what the update takes",
    "A tag has two parts",
    "`If-None-Match` of a write",
    "`handling=strict` knows what an answer has",
    "`return=representation` is for customers",
    "The customer of the path stays",
    "Lists are united",
    "`undo` has the restores",
    "Each item is a call of its own",
    "`externalReferenceId` can be written here",
    "`Prefer: reads=replica` is followed by searches and lists",
    "A key is remembered for 24 hours",
    "What was refused is not remembered",
    "Twins wait",
    "A list by cursor goes by id",
    "It ends where there is no `next`",
    "What changes meanwhile",
)
# In two halves, so that this file doesn't have them either.
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "maven" + ".org",
)
PATHS = ("/ro" + "ot/", "/wo" + "rk/", "/tmp/" + "house")


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in FENCED.findall(page.read_text("utf-8")) if found == language]


def links(page: Path) -> Iterator[str]:
    for target in LINK.findall(page.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            yield target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_index() -> None:
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(DOCS / "index.md")}
    assert set(DOCS.rglob("*.md")) - linked == {DOCS / "index.md"}


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_reference_is_current(name: str) -> None:
    assert (DOCS / "reference" / name).read_text("utf-8") == reference.pages()[name], "run: make docs"


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_is_told(choice: str) -> None:
    assert choice in (DOCS / "compatibility.md").read_text("utf-8")


def test_the_table_of_paths_is_that_of_the_server() -> None:
    table = dict(ROW.findall((DOCS / "compatibility.md").read_text("utf-8")))
    of_stores = [route for route in ROUTES if route.template.startswith((STORE, OWN))]
    served = {f"{route.method} {route.template.removeprefix(STORE)}" for route in of_stores}
    assert set(table.values()) <= {"done", "planned"}
    assert {call for call, state in table.items() if state == "done"} == served


def test_the_readme_shows_the_way_on_its_first_screen() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:FIRST_SCREEN])
    for words in ("make demo", "make test", "curl -X PUT", '{"updateCount":1}'):
        assert words in first_screen


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "quickstart.md"], ids=lambda page: page.name)
def test_the_call_of_the_readme_is_the_one_that_the_demo_prints(page: Path) -> None:
    (call,) = [text for text in blocks(page, "console") if "demo0000" in text]
    printed = [line.strip() for line in introduce("http://127.0.0.1:8080", [1]).splitlines()]
    assert [line for line in map(str.strip, call.splitlines()) if line not in printed] == []


def test_the_example_of_an_existing_client_runs(tmp_path: Path) -> None:
    example, _ = blocks(DOCS / "howto" / "test-your-app.md", "python")
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        token = server.add_token(1003)
        customers = f"{server.base_url}/api/v3/1003/customers"
        httpx.post(customers, params={"token": token}, json={"email": "jo@example.com"}).raise_for_status()
        exec(example, {"base_url": server.base_url, "token": token})
        assert [change.kind for change in server.changes(1003)] == ["created", "updated"]


def test_the_example_of_a_test_runs(tmp_path: Path) -> None:
    _, example = blocks(DOCS / "howto" / "test-your-app.md", "python")
    exec(f"{example}\ntest_the_phone_is_changed(directory)", {"directory": tmp_path})


def test_the_examples_for_many_customers_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example, upsert, listing = blocks(DOCS / "howto" / "change-many-customers.md", "python")
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        token = server.add_token(1003)
        customers = f"{server.base_url}/api/v3/1003/customers"
        httpx.post(customers, params={"token": token}, json={"email": "jo@example.com"}).raise_for_status()
        for each in (example, upsert, listing):
            exec(each, {"base_url": server.base_url, "token": token})
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "phone 200 {'updateCount': 1}",
        "read 200 {'email': 'jo@example.com'}",
        "created None",
        "failed Field Customer.taxExempt must be true or false",
        "jo@example.com",
        "ann@example.com",
    ]


def test_the_example_of_a_copy_runs(tmp_path: Path) -> None:
    (example,) = blocks(DOCS / "howto" / "follow-the-changes.md", "python")
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        token = server.add_token(1003)
        customers = f"{server.base_url}/api/v3/1003/customers"
        with httpx.Client(params={"token": token}) as client:
            for name in ("jo", "al"):
                client.post(customers, json={"email": f"{name}@example.com"}).raise_for_status()
            client.delete(f"{customers}/2").raise_for_status()
            names = {"base_url": server.base_url, "token": token}
            exec(example, names)
            assert names["customers"] == {1: client.get(f"{customers}/1").json()}
            assert names["position"] == 3


def test_the_examples_of_safe_writes_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    condition, key = blocks(DOCS / "howto" / "safe-writes.md", "python")
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        token = server.add_token(1003)
        customers = f"{server.base_url}/api/v3/1003/customers"
        httpx.post(customers, params={"token": token}, json={"email": "jo@example.com"}).raise_for_status()
        exec(condition, {"base_url": server.base_url, "token": token})
        exec(key, {"base_url": server.base_url, "token": token})
    assert capsys.readouterr().out == "{'updateCount': 1}\n200\n"


def test_the_example_of_a_merge_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks(DOCS / "howto" / "merge-customers.md", "python")
    with server_in_thread(tmp_path / "customary.db") as server:
        server.add_store(1003)
        token = server.add_token(1003)
        shop = f"{server.base_url}/api/v3/1003"
        for body in ({"email": "jo@example.com"}, {"email": "doe@example.com", "taxId": "7", "contacts": []}):
            httpx.post(f"{shop}/customers", params={"token": token}, json=body).raise_for_status()
        httpx.post(f"{shop}/orders", params={"token": token}, json={"email": "doe@example.com"}).raise_for_status()
        exec(example, {"base_url": server.base_url, "token": token})
        emails = httpx.get(f"{shop}/customers", params={"token": token}).json()["items"]
    told, printed = capsys.readouterr().out.splitlines(), [each["email"] for each in emails]
    assert told[0].startswith("contacts[new=1] {'contact': 'doe@example.com'")
    assert told[1:] == ["taxId 7", "1 orders moved"]
    assert sorted(printed) == ["doe@example.com", "jo@example.com"]


def test_the_settings_file_for_production_is_one() -> None:
    service, tls = blocks(DOCS / "howto" / "run-in-production.md", "toml")
    values = tomllib.loads(service) | tomllib.loads(tls)
    assert Settings(**values).tls_key


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    found = []
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        found += [(name, word) for word in (*HOSTS, *PATHS) if word in text]
    assert found == []
