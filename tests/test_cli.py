"""The commands as an operator runs them: real processes on real files."""

import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx
import pytest

import customary
from customary.cli.tokens import parse_scopes
from customary.errors import OperatorError
from customary.model.keys import token_digest
from customary.model.store import SCOPES
from tests.postgres import PostgresForTests

CUSTOMARY = [sys.executable, "-m", "customary"]
DEADLINE = 30
TOKEN = re.compile(r"secret_[A-Za-z0-9]{32}\n")


class Shell:
    """A directory with a database of its own, and the commands run in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTOMARY_")}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CUSTOMARY, *words],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def read(self, *words: str) -> str:
        """What a command that succeeds prints."""
        result = self.run(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def refuse(self, *words: str) -> str:
        """The one line that a command which fails says."""
        result = self.run(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("customary: ")
        assert result.stderr.count("\n") == 1
        return result.stderr.removeprefix("customary: ").removesuffix("\n")

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*CUSTOMARY, *words],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def shop(shell: Shell) -> Shell:
    shell.read("store", "add", "1003", "--name", "My shop", "--languages", "en,it", "--default-language", "it")
    return shell


@pytest.fixture
def serving(shop: Shell) -> Iterator[tuple[Shell, str]]:
    """A shop that is served, and the address it is served at."""
    process = shop.start("serve", "--port", "0", "--no-access-log")
    assert process.stdout is not None
    base_url = process.stdout.readline().removeprefix("customary listens on ").strip()
    yield shop, base_url
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=DEADLINE)
    assert (process.returncode, output, errors) == (0, "", "")


def test_version(shell: Shell) -> None:
    assert shell.read("--version") == f"{customary.__version__}\n"


@pytest.mark.parametrize("words", [(), ("serve",), ("store",), ("store", "add"), ("token", "add"), ("demo",)])
def test_help(words: tuple[str, ...], shell: Shell) -> None:
    assert " ".join(("Usage: customary", *words)) in shell.read(*words, "--help")


def test_a_store_is_listed_as_it_was_added(shop: Shell) -> None:
    (store,) = json.loads(shop.read("store", "list", "--json"))
    created = store.pop("created")
    assert store == {
        "id": 1003,
        "name": "My shop",
        "languages": ["en", "it"],
        "defaultLanguage": "it",
        "timezone": "UTC",
        "suspended": False,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000", created)
    assert "1003  My shop  en,it" in shop.read("store", "list")


def test_a_store_is_suspended_and_resumed(shop: Shell) -> None:
    shop.read("store", "suspend", "1003")
    assert json.loads(shop.read("store", "list", "--json"))[0]["suspended"] is True
    shop.read("store", "resume", "1003")
    assert json.loads(shop.read("store", "list", "--json"))[0]["suspended"] is False


def test_a_store_has_the_languages_that_its_profile_may_have(shell: Shell) -> None:
    shell.read("store", "add", "5", "--name", "x", "--languages", "zh_Hant,fil")
    assert json.loads(shell.read("store", "list", "--json"))[0]["languages"] == ["zh_Hant", "fil"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("0", "--name", "x"), "The number of a store is between 1 and 2147483647, not 0"),
        (("2147483648", "--name", "x"), "The number of a store is between 1 and 2147483647, not 2147483648"),
        (("5", "--name", " "), "The name of a store is a text without control characters, and so is its address"),
        (("5", "--name", "a\tb"), "The name of a store is a text without control characters, and so is its address"),
        (("5", "--name", "x", "--languages", "english"), "'english' is no language code such as en or pt_BR"),
        (
            ("5", "--name", "x", "--default-language", "it"),
            "The default language it is not among the languages",
        ),
        (("5", "--name", "x", "--timezone", "Mars"), "'Mars' is no time zone such as UTC or Europe/Rome"),
        (("5",), 'Command "store add" parameter --name requires an argument.'),
        (("1003", "--name", "x"), "Store 1003 exists already"),
    ],
)
def test_a_store_is_refused(words: tuple[str, ...], reason: str, shop: Shell) -> None:
    assert shop.refuse("store", "add", *words) == reason


def test_a_token_is_printed_once_and_kept_as_a_digest(shop: Shell) -> None:
    words = ("token", "add", "--store", "1003", "--scopes", "update_customers,read_customers", "--label", "CRM")
    secret = shop.read(*words)
    assert TOKEN.fullmatch(secret)
    kept = shop.directory.joinpath("customary.db").read_bytes()
    assert secret.strip().encode() not in kept
    assert hashlib.sha256(secret.strip().encode()).digest() in kept
    (token,) = json.loads(shop.read("token", "list", "--json"))
    assert token.pop("created")
    assert token == {
        "id": 1,
        "storeId": 1003,
        "label": "CRM",
        "public": False,
        "scopes": ["read_customers", "update_customers"],
        "revoked": None,
    }
    assert secret.strip() not in shop.read("token", "list")


def test_tokens_differ(shop: Shell) -> None:
    words = ("token", "add", "--store", "1003", "--scopes", "all")
    assert shop.read(*words) != shop.read(*words)


def test_a_public_token_needs_no_scopes(shop: Shell) -> None:
    assert shop.read("token", "add", "--store", "1003", "--public").startswith("public_")
    (token,) = json.loads(shop.read("token", "list", "--json"))
    assert (token["public"], token["scopes"]) == (True, [])


def test_tokens_are_listed_by_store(shop: Shell) -> None:
    shop.read("store", "add", "7", "--name", "Other")
    for store in ("1003", "7"):
        shop.read("token", "add", "--store", store, "--scopes", "all")
    assert [token["storeId"] for token in json.loads(shop.read("token", "list", "--json"))] == [1003, 7]
    assert [token["id"] for token in json.loads(shop.read("token", "list", "--store", "7", "--json"))] == [2]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--store", "1003"), "--scopes is missing: there are read_customers, "),
        (("--store", "1003", "--scopes", "read_customers,eat"), "'eat' is no scope: there are read_customers, "),
        (("--store", "9", "--scopes", "all"), "There is no store 9"),
        (("--scopes", "all"), 'Command "token add" parameter --store requires an argument.'),
        (("--store", "1003", "--scopes", "all", "--label", "a\x1bb"), "A label has no control characters"),
    ],
)
def test_a_token_is_refused(words: tuple[str, ...], reason: str, shop: Shell) -> None:
    assert shop.refuse("token", "add", *words).startswith(reason)


def test_a_token_is_revoked_once(shop: Shell) -> None:
    shop.read("token", "add", "--store", "1003", "--scopes", "all")
    shop.read("token", "revoke", "1")
    assert json.loads(shop.read("token", "list", "--json"))[0]["revoked"]
    assert shop.refuse("token", "revoke", "1") == "There is no token 1, or it is revoked already"


@pytest.mark.parametrize(
    "words",
    [
        ("store", "list"),
        ("store", "suspend", "1003"),
        ("token", "list"),
        ("token", "revoke", "1"),
        ("token", "add", "--store", "1003", "--scopes", "all"),
    ],
)
def test_only_adding_a_store_makes_a_database(words: tuple[str, ...], shell: Shell) -> None:
    assert shell.refuse(*words).startswith("There is no database at customary.db")
    assert list(shell.directory.iterdir()) == []


def test_an_unknown_store_is_refused(shop: Shell) -> None:
    assert shop.refuse("store", "suspend", "9") == "There is no store 9"


@pytest.mark.parametrize(
    "words",
    [
        ("store", "suspend", "2147483648"),
        ("store", "resume", "0"),
        ("token", "add", "--store", "99999999999999999999", "--scopes", "all"),
        ("token", "list", "--store", "99999999999999999999"),
        ("token", "revoke", "99999999999999999999"),
    ],
)
def test_a_number_that_is_none_of_a_store_or_token_is_refused(words: tuple[str, ...], shop: Shell) -> None:
    assert shop.refuse(*words).startswith("Invalid value")


@pytest.mark.parametrize("words", [("stor",), ("store", "ad"), ("token", "revoke", "x"), ("store", "list", "--jsn")])
def test_a_mistyped_command_is_refused(words: tuple[str, ...], shell: Shell) -> None:
    shell.refuse(*words)


@pytest.mark.parametrize("url", ["mysql://localhost/shop", "customary.db", "sqlite:///"])
def test_an_unknown_kind_of_database_is_refused(url: str, shell: Shell) -> None:
    for words in (("store", "list"), ("serve", "--port", "0")):
        assert shell.refuse(*words, "--database", url).startswith("The database must be given as sqlite:///")
    assert list(shell.directory.iterdir()) == []


def test_a_file_that_is_no_database_is_refused(shell: Shell) -> None:
    shell.directory.joinpath("notes.txt").write_text(
        "Nothing that SQLite could read, and long enough for it to look." * 9
    )
    for words in (("store", "list"), ("store", "add", "5", "--name", "x"), ("serve", "--port", "0")):
        assert "notes.txt can't be used: file is not a database" in shell.refuse(
            *words, "--database", "sqlite:///notes.txt"
        )


def test_a_damaged_database_is_told_in_one_line(shop: Shell) -> None:
    path = shop.directory / "customary.db"
    connection = apsw.Connection(str(path))
    page, size = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'store'").get, 4096
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"x" * size)
    assert shop.refuse("store", "list") == "The storage can't be read at the moment"


@pytest.mark.parametrize("path", ["missing/customary.db", "."])
def test_a_place_without_room_for_a_database_is_refused(path: str, shell: Shell) -> None:
    shell.refuse("store", "add", "5", "--name", "x", "--database", f"sqlite:///{path}")


def test_the_database_comes_from_a_flag_a_variable_or_a_file(shop: Shell) -> None:
    shop.directory.joinpath("settings.toml").write_text('database = "sqlite:///second.db"\nport = 1\n')
    shop.read("store", "add", "2", "--name", "Second", "--config", "settings.toml")
    shop.environment["CUSTOMARY_DATABASE"] = "sqlite:///third.db"
    shop.read("store", "add", "3", "--name", "Third", "--config", "settings.toml")
    flag = ("--database", f"sqlite:///{shop.directory}/customary.db")
    assert [store["id"] for store in json.loads(shop.read("store", "list", "--json", *flag))] == [1003]
    assert [store["id"] for store in json.loads(shop.read("store", "list", "--json"))] == [3]
    del shop.environment["CUSTOMARY_DATABASE"]
    assert json.loads(shop.read("store", "list", "--json", "--config", "settings.toml"))[0]["id"] == 2


def test_tokens_work_on_a_running_server(serving: tuple[Shell, str]) -> None:
    shop, base_url = serving
    secret = shop.read("token", "add", "--store", "1003", "--scopes", "all").strip()
    with httpx.Client(base_url=f"{base_url}/api/v3/1003", headers={"Authorization": f"Bearer {secret}"}) as client:
        created = client.post("/customers", json={"email": "jo@example.com"})
        assert created.status_code == 200, created.text
        changed = client.put(f"/customers/{created.json()['id']}", json={"taxExempt": True})
        assert (changed.status_code, changed.json()) == (200, {"updateCount": 1})
        assert client.get("/customers", params={"email": "jo@example.com"}).json()["total"] == 1
    assert httpx.get(f"{base_url}/api/v3/1003/customers").status_code == 403


def test_old_history_is_forgotten_while_the_server_runs(serving: tuple[Shell, str]) -> None:
    shell, address = serving
    token = shell.read("token", "add", "--store", "1003", "--scopes", "all").strip()
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {token}"}) as client:
        client.post("/api/v3/1003/customers", json={"email": "jo@example.com"}).raise_for_status()
        for number in range(3):
            client.put("/api/v3/1003/customers/1", json={"taxId": str(number)}).raise_for_status()
        time.sleep(1.1)
        pruned = shell.run("database", "prune", "--days", "0")
        assert (pruned.returncode, pruned.stderr) == (0, "Looked at 4 changes\n")
        client.put("/api/v3/1003/customers/1", json={"taxId": "new"}).raise_for_status()
        items = client.get("/customary/v1/1003/customers/1/history").json()["items"]
        assert [(item["seq"], len(item["changes"])) for item in items] == [(5, 1), (4, 0)]
    assert shell.refuse("database", "prune", "--days", "-1") == "days is -1, but the least it can be is 0"


def test_a_second_server_on_the_same_port_is_refused(serving: tuple[Shell, str]) -> None:
    shop, base_url = serving
    port = base_url.rpartition(":")[2]
    assert shop.refuse("serve", "--port", port) == (
        f"Port {port} of 127.0.0.1 is taken by another program; choose one with --port"
    )


def test_the_demo_says_that_its_port_is_taken(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken" in shell.refuse("demo", "--port", str(port))


def test_scopes() -> None:
    assert parse_scopes("all") == frozenset(SCOPES)
    assert parse_scopes(" read_orders , ") == {"read_orders"}
    with pytest.raises(OperatorError, match="'all' is no scope"):
        parse_scopes("all,read_orders")


def test_a_digest_is_the_sha256_of_the_text() -> None:
    assert token_digest("secret_x") == hashlib.sha256(b"secret_x").digest()


def test_https_with_one_option(shop: Shell) -> None:
    process = shop.start("serve", "--port", "0", "--no-access-log", "--tls-self-signed", "--tls-names", "shop.test")
    assert process.stdout is not None
    base_url = process.stdout.readline().removeprefix("customary listens on ").strip()
    authority = shop.directory / "customary-tls" / "ca.pem"
    guide = "".join(process.stdout.readline() for _ in range(8))
    for word in (
        str(authority),
        "curl --cacert",
        "REQUESTS_CA_BUNDLE",
        "httpx.Client",
        "NODE_EXTRA_CA_CERTS",
        "keytool",
    ):
        assert word in guide
    context = ssl.create_default_context(cafile=authority)
    assert httpx.get(f"{base_url}/health/ready", verify=context).json() == {"status": "ok"}
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=DEADLINE) == ("", "")
    assert process.returncode == 0
    assert "is no name or address" in shop.refuse("serve", "--port", "0", "--tls-self-signed", "--tls-names", "a b")


def test_the_commands_work_on_postgresql(shell: Shell, postgres: PostgresForTests) -> None:
    url = postgres.new_database("commands")
    where = ("--database", url)
    assert "There are no tables in" in shell.refuse("store", "list", *where)
    shell.read("store", "add", "1003", "--name", "My shop", *where)
    assert TOKEN.fullmatch(shell.read("token", "add", "--store", "1003", "--scopes", "all", *where))
    assert [store["id"] for store in json.loads(shell.read("store", "list", "--json", *where))] == [1003]
    assert "exists already" in shell.refuse("store", "add", "1003", "--name", "x", *where)
    assert "There is no Citus in" in shell.refuse("database", "shard", *where)


def test_only_postgresql_is_spread_over_machines(shell: Shell) -> None:
    assert shell.refuse("database", "shard").startswith("Only a PostgreSQL database")
