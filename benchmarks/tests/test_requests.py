"""The people and the requests: the same on every machine and for every target, and as long as they claim to be."""

import json
from pathlib import Path

from benchmarks import population
from benchmarks.peers.pocketbase import RecordsWire
from benchmarks.wire import ContractWire, name_part
from benchmarks.workloads import WORKLOADS, chosen_customers, write_requests


def test_nobody_shares_an_e_mail_or_a_phone() -> None:
    people = range(1, 20_001)
    assert len({population.email(i) for i in people}) == len({population.phone(i) for i in people}) == len(people)


def test_the_mark_keeps_its_length_so_that_a_body_does() -> None:
    assert len(population.MARK) == len(population.SEED_MARK) == 16


def test_customers_are_spread_over_all_groups_and_names_are_shared_by_few() -> None:
    people = range(1, 20_001)
    assert {population.group(i) for i in people} == set(population.GROUPS)
    part = name_part(7)
    assert 1 <= sum(part in population.name(i) for i in people) < 100


def test_both_wires_send_the_same_customer() -> None:
    ours = json.loads(ContractWire("secret_x").update(7).body)
    theirs = json.loads(RecordsWire().update(7).body)
    assert {**ours, "name": population.name(7), "phone": population.phone(7)} == theirs


def test_the_same_customers_are_drawn_each_time() -> None:
    assert chosen_customers(1000, 50) == chosen_customers(1000, 50)
    assert set(chosen_customers(3, 100)) == {1, 2, 3}


def test_each_request_stands_after_its_length(tmp_path: Path) -> None:
    path = tmp_path / "requests"
    write_requests(path, WORKLOADS["mixed"], ContractWire("secret_x"), [1, 2, 3, 4, 5])
    rest, methods = path.read_bytes(), []
    while rest:
        length, _, rest = rest.partition(b"\n")
        methods.append(rest[: int(length)].split(b" ")[0])
        rest = rest[int(length) :]
    assert methods == [b"GET"] * 4 + [b"PUT"]
