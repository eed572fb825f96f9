"""Medians, spreads and ratios, and that the reports say what is wrong with a figure."""

from xml.etree import ElementTree

from benchmarks.chart import svg
from benchmarks.load import Figure
from benchmarks.report import warnings
from benchmarks.results import Spread, ratios, summaries
from benchmarks.workloads import Cell

CELL = Cell(workload="update", connections=32, customers=1000)
NAMES = ("ours", "peer")


def figure(target: str, turn: int, rate: float, errors: int = 0) -> Figure:
    return Figure(target=target, cell=CELL, turn=turn, rate=rate, p50=1.0, p99=2.0, requests=int(rate), errors=errors)


def test_a_ratio_is_taken_within_each_round() -> None:
    rounds = [figure("ours", 1, 100), figure("peer", 1, 50), figure("ours", 2, 400), figure("peer", 2, 100)]
    rounds += [figure("ours", 3, 90), figure("peer", 3, 30)]
    assert ratios(rounds, NAMES, "ours") == {CELL: {"peer": Spread(middle=3, low=2, high=4)}}


def test_a_round_with_failed_requests_is_in_no_ratio() -> None:
    rounds = [figure("ours", 1, 100), figure("peer", 1, 50, errors=1), figure("ours", 2, 300), figure("peer", 2, 100)]
    assert ratios(rounds, NAMES, "ours") == {CELL: {"peer": Spread(middle=3, low=3, high=3)}}


def test_what_was_refused_was_not_carried_out() -> None:
    assert [figure("ours", 1, 100, errors).carried_out for errors in (0, 30, 130)] == [100, 70, 0]


def test_without_the_reference_there_are_no_ratios() -> None:
    assert ratios([figure("peer", 1, 50)], NAMES, "ours") == {}


def test_targets_keep_the_order_of_the_table() -> None:
    found = summaries([figure("peer", 1, 50), figure("ours", 1, 100)], NAMES)
    assert list(found[CELL]) == ["ours", "peer"]


def test_one_failed_request_makes_the_figure_invalid_and_is_named() -> None:
    found = summaries([figure("ours", 1, 100), figure("ours", 2, 100, errors=3)], NAMES)
    assert not found[CELL]["ours"].valid
    assert warnings(found, {"ours": "Ours"}) == [
        "1,000 customers, update, 32 connections, Ours: invalid: 3 failed requests."
    ]


def test_the_chart_is_well_formed_and_shows_every_target() -> None:
    drawn = svg(summaries([figure("ours", 1, 1234), figure("peer", 1, 50)], NAMES), {"ours": "A & B"}, "ours")
    texts = ["".join(element.itertext()) for element in ElementTree.fromstring(drawn).iter()]
    assert {"A & B", "peer", "1,234  (2.0 ms)"} <= set(texts)
