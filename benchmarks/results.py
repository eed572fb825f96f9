"""From the figures of single rounds to medians, spreads and ratios."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from benchmarks.load import Figure
from benchmarks.workloads import Cell

T = TypeVar("T")
K = TypeVar("K")

SATURATED = 0.9
"""Share of its one thread above which the load generator may be what limits a figure."""

DISTURBING = 0.25
"""Cores kept busy by something else, above which a figure is not that of the machine but of what was left of it."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median of several rounds, and the lowest and the highest of them."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        kept = list(values)
        return cls(middle=median(kept), low=min(kept), high=max(kept))


@dataclass(frozen=True, kw_only=True)
class Summary:
    """All rounds of one target under one load. Times are milliseconds."""

    rate: Spread
    p50: Spread
    p99: Spread
    errors: int
    valid: bool
    generator_cpu: float
    server_cpu: float
    other_cpu: float

    @property
    def problem(self) -> str:
        """Why the figure is not shown; empty when it is."""
        if self.valid:
            return ""
        return f"invalid: {self.errors} failed requests" if self.errors else "none finished in a round"

    @property
    def generator_bound(self) -> bool:
        return self.generator_cpu > SATURATED

    @property
    def disturbed(self) -> bool:
        return self.other_cpu > DISTURBING


Summaries = dict[Cell, dict[str, Summary]]
"""Cell, then name of the target."""

Ratios = dict[Cell, dict[str, Spread]]
"""Cell, then name of the peer: how many times the rate of the peer the reference does."""


def summaries(figures: Iterable[Figure], targets: Sequence[str]) -> Summaries:
    """Cells in the order of the figures, and in each cell the targets in the order given."""
    found: Summaries = {}
    for cell, of_cell in grouped(figures, lambda f: f.cell).items():
        by_target = grouped(of_cell, lambda f: f.target)
        found[cell] = {target: summary(by_target[target]) for target in targets if target in by_target}
    return found


def summary(rounds: list[Figure]) -> Summary:
    return Summary(
        rate=Spread.of(figure.rate for figure in rounds),
        p50=Spread.of(figure.p50 for figure in rounds),
        p99=Spread.of(figure.p99 for figure in rounds),
        errors=sum(figure.errors for figure in rounds),
        valid=all(figure.valid for figure in rounds),
        generator_cpu=max(figure.generator_cpu for figure in rounds),
        server_cpu=median(figure.server_cpu for figure in rounds),
        other_cpu=median(figure.other_cpu for figure in rounds),
    )


def ratios(figures: Iterable[Figure], targets: Sequence[str], reference: str) -> Ratios:
    """Rates of the reference over those of each peer, round by round; pairs with an invalid figure are left out."""
    found: Ratios = {}
    for cell, of_cell in grouped(figures, lambda f: f.cell).items():
        by_target = grouped(of_cell, lambda f: f.target)
        own = {figure.turn: figure for figure in by_target.pop(reference, [])}
        for peer in targets:
            rounds = by_target.get(peer, [])
            values = [own[figure.turn].rate / figure.rate for figure in rounds if comparable(own, figure)]
            if values:
                found.setdefault(cell, {})[peer] = Spread.of(values)
    return found


def comparable(own: dict[int, Figure], peer: Figure) -> bool:
    return peer.valid and peer.turn in own and own[peer.turn].valid


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
