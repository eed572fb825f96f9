"""What a run prints on the terminal, and what it leaves as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.chart import DASH, figure, milliseconds
from benchmarks.load import Figure
from benchmarks.results import Ratios, Spread, Summaries, Summary

TIMES = "\N{MULTIPLICATION SIGN}"


def print_rates(console: Console, results: Summaries, titles: Mapping[str, str]) -> None:
    for customers in sorted({cell.customers for cell in results}):
        table = Table(title=f"{customers:,} customers: median of the rounds (lowest{DASH}highest)")
        for head in ("load", "target", "requests/s", "p50", "p99", "server cores"):
            table.add_column(head, justify="left" if head in {"load", "target"} else "right", no_wrap=True)
        for cell, by_target in results.items():
            if cell.customers == customers:
                for row, (target, summary) in enumerate(by_target.items()):
                    table.add_row("" if row else cell.title, titles.get(target, target), *texts(summary))
                table.add_section()
        console.print(table)


def texts(summary: Summary) -> tuple[str, str, str, str]:
    if not summary.valid:
        return (f"[red]{summary.problem}[/red]", "", "", "")
    p50, p99 = milliseconds(summary.p50.middle), milliseconds(summary.p99.middle)
    return (spread(summary.rate), p50, p99, f"{summary.server_cpu:.1f}")


def print_ratios(console: Console, found: Ratios, titles: Mapping[str, str], reference: str) -> None:
    peers = list(dict.fromkeys(peer for by_peer in found.values() for peer in by_peer))
    if not peers:
        console.print(f"No ratios: {titles.get(reference, reference)} was not measured along with a peer.")
        return
    table = Table(title=f"{titles.get(reference, reference)}: times the rate of each peer, median of the rounds")
    table.add_column("load")
    for peer in peers:
        table.add_column(titles.get(peer, peer), justify="right")
    for cell, by_peer in found.items():
        cells = [times(by_peer[peer]) if peer in by_peer else "" for peer in peers]
        table.add_row(f"{cell.customers:,} customers, {cell.title}", *cells)
    console.print(table)


def print_warnings(console: Console, results: Summaries, titles: Mapping[str, str]) -> None:
    for warning in warnings(results, titles):
        console.print(f"[yellow]{warning}[/yellow]")


def warnings(results: Summaries, titles: Mapping[str, str]) -> list[str]:
    """What a reader must know before trusting a figure."""
    found = []
    for cell, by_target in results.items():
        for target, summary in by_target.items():
            place = f"{cell.customers:,} customers, {cell.title}, {titles.get(target, target)}"
            if not summary.valid:
                found.append(f"{place}: {summary.problem}.")
            elif summary.generator_bound:
                found.append(f"{place}: the load generator was at its limit, the server may do more.")
    disturbed = [
        summary.other_cpu for by_target in results.values() for summary in by_target.values() if summary.disturbed
    ]
    if disturbed:
        found.append(
            f"In {len(disturbed)} figures something else kept up to {max(disturbed):.1f} cores of the machine busy: "
            "they are too low."
        )
    return found


def spread(values: Spread) -> str:
    return f"{figure(values.middle)} ({figure(values.low)}{DASH}{figure(values.high)})"


def times(values: Spread) -> str:
    return f"{values.middle:.2f}{TIMES} ({values.low:.2f}{DASH}{values.high:.2f})"


def write_json(
    path: Path, figures: Sequence[Figure], found: Ratios, machine: Mapping[str, str], facts: Mapping[str, object]
) -> None:
    """Every round of every target, so that other statistics can be made of them."""
    ratios = [
        {"customers": c.customers, "workload": c.workload, "connections": c.connections, "peer": peer, **vars(values)}
        for c, by_peer in found.items()
        for peer, values in by_peer.items()
    ]
    content = {"machine": dict(machine), **facts, "ratios": ratios, "figures": [f.as_json() for f in figures]}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
