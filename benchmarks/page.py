"""Writes the part of the performance page that comes out of a run: machine, settings, tables, and what they mean."""

from collections.abc import Mapping, Sequence

from benchmarks.chart import milliseconds
from benchmarks.report import spread, times, warnings
from benchmarks.results import Ratios, Summaries, Summary
from benchmarks.session import PATIENCE, SLOW
from benchmarks.targets import Target

METHOD = """\
- One machine runs both the load generator and the server that it asks, over the loopback interface; while one target
  has its turn, the others stand still. Rounds go over the targets in turn, each round starting with another one.
- The load is a closed loop: a connection sends its next request when the last one is answered. p99 is that of wrk.
  A target that finishes fewer than {slow} requests of a load in a second gets rounds {patience} times as long.
- Rates are medians over the rounds, with the lowest and the highest round in brackets. A ratio is taken within each
  round and the median of those is given.
- Every update sends a whole customer, about {size} bytes, to one drawn at random. Before anything is timed, each
  target is asked for the same customers and must find as many of them by each search, and must return an update.
- A figure with a single failed request is not shown.
"""


def markdown(
    targets: Sequence[Target],
    results: Summaries,
    found: Ratios,
    *,
    machine: Mapping[str, str],
    facts: Mapping[str, object],
    reference: str,
) -> str:
    titles = {target.name: target.title for target in targets}
    parts = ["![Requests per second of each target](performance.svg)", ""]
    for customers in sorted({cell.customers for cell in results}):
        chosen = {cell: by_target for cell, by_target in results.items() if cell.customers == customers}
        parts += [f"## {customers:,} customers", "", *rate_table(chosen, titles), ""]
    parts += ratio_section(found, titles, reference)
    parts += [*listed(warnings(results, titles)), "## The machine", "", *facts_table(machine), ""]
    parts += ["## The targets", "", *settings_list(targets), "", "## How it was measured", ""]
    measured = f"- {facts['rounds']} rounds of {facts['seconds']} seconds for each target and load, on {facts['date']}."
    parts += [measured, METHOD.format(size=facts["body_bytes"], slow=SLOW, patience=PATIENCE).rstrip()]
    parts += [*dict.fromkeys(f"- {target.note}" for target in targets if target.note), ""]
    return "\n".join(parts)


def rate_table(results: Summaries, titles: Mapping[str, str]) -> list[str]:
    names = list(dict.fromkeys(target for by_target in results.values() for target in by_target))
    lines = row(["requests/s; p99", *(titles[name] for name in names)]), row(["---", *("---:" for _ in names)])
    body = [
        row([cell.title, *(cell_text(by_target.get(name)) for name in names)]) for cell, by_target in results.items()
    ]
    return [*lines, *body]


def cell_text(summary: Summary | None) -> str:
    if summary is None:
        return ""
    if not summary.valid:
        return summary.problem
    return f"{spread(summary.rate)}; {milliseconds(summary.p99.middle)}"


def ratio_section(found: Ratios, titles: Mapping[str, str], reference: str) -> list[str]:
    peers = list(dict.fromkeys(peer for by_peer in found.values() for peer in by_peer))
    if not peers:
        return []
    lines = [f"## {titles[reference]} compared", "", row(["times the rate of …", *(titles[peer] for peer in peers)])]
    lines.append(row(["---", *("---:" for _ in peers)]))
    for cell, by_peer in found.items():
        values = (times(by_peer[peer]) if peer in by_peer else "" for peer in peers)
        lines.append(row([f"{cell.customers:,} customers, {cell.title}", *values]))
    return [*lines, ""]


def facts_table(machine: Mapping[str, str]) -> list[str]:
    return [row(["", ""]), row(["---", "---"]), *(row([name, value]) for name, value in machine.items())]


def settings_list(targets: Sequence[Target]) -> list[str]:
    lines = []
    for target in targets:
        lines.append(f"- **{target.title}**")
        lines += [f"  - {name}: {value}" for name, value in target.settings().items()]
    return lines


def listed(sentences: Sequence[str]) -> list[str]:
    return [*(f"> {sentence}\n" for sentence in sentences)]


def row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
