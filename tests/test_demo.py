"""The demo as a newcomer meets it: it starts, its call works as printed, and it leaves nothing behind."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from customary.demo import STORE_ID, WEEK, fill
from customary.demo.people import LANGUAGES, make_customers
from customary.listening import listen
from customary.model.customer import Customer
from customary.model.search import CustomerSearch
from customary.storage import open_storage

NOW = 1_750_000_000
DEADLINE = 30


class Demo:
    """A running demo and the text that it printed."""

    def __init__(self, process: "subprocess.Popen[str]", temporary: Path) -> None:
        self.process = process
        self.temporary = temporary
        self.text = "".join(self._read_until("Ctrl-C stops the demo"))

    def _read_until(self, last: str) -> Iterator[str]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line
            if last in line:
                return

    def calls(self) -> list[list[str]]:
        """The curl calls that the text tells the reader to paste."""
        joined = self.text.replace("\\\n", " ")
        return [shlex.split(line) for line in joined.splitlines() if line.strip().startswith("curl ")]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "customary", "demo", "--port", str(port)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield Demo(process, tmp_path)
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=DEADLINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="pastes the printed calls, which need curl")
def test_the_printed_calls_work_as_they_are(demo: Demo) -> None:
    update, look = (
        subprocess.run([*call, "-sS"], capture_output=True, text=True, timeout=DEADLINE, check=True).stdout
        for call in demo.calls()
    )
    assert update == '{"updateCount":1}'
    assert update in demo.text
    assert '"phone":"+1 503 555 0199"' in look


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_stops_it_and_nothing_is_left(number: signal.Signals, demo: Demo) -> None:
    assert list(demo.temporary.iterdir())
    demo.process.send_signal(number)
    assert demo.process.wait(timeout=DEADLINE) == 0
    assert list(demo.temporary.iterdir()) == []


def test_the_pages_it_names_are_there(demo: Demo) -> None:
    words = demo.text.split()
    docs = words[words.index("Docs") + 1]
    assert httpx.get(docs).status_code == 200


def build(path: Path) -> tuple[Customer, ...]:
    async def work() -> tuple[Customer, ...]:
        storage = await open_storage(f"sqlite:///{path}", create=True)
        try:
            await fill(storage, NOW)
            return (await storage.search_customers(STORE_ID, CustomerSearch())).items
        finally:
            await storage.close()

    return asyncio.run(work())


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    assert build(tmp_path / "one.db") == build(tmp_path / "two.db")


def test_one_registers_a_week_until_now(tmp_path: Path) -> None:
    registered = sorted(customer.registered for customer in build(tmp_path / "demo.db"))
    assert registered == [NOW - weeks_ago * WEEK for weeks_ago in reversed(range(len(registered)))]


def test_its_people_are_varied_and_fictional() -> None:
    bodies = list(make_customers(wholesale=1, club=2))
    people = [body.billing_person for body in bodies if body.billing_person]
    assert len(bodies) == 48
    assert len({str(body.email) for body in bodies}) == 48
    assert {str(body.email).rpartition("@")[2] for body in bodies} == {"example.com", "example.org", "example.net"}
    assert len({person.country_code for person in people}) == 12
    assert {body.customer_group_id for body in bodies} == {0, 1, 2}
    assert {body.lang for body in bodies} == set(LANGUAGES)
    assert any(not str(person.name).isascii() for person in people)
    assert all(body.tax_id for body in bodies if body.b2b_b2c == "b2b")
