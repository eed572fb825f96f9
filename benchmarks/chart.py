"""Draws the rates of a run as an SVG that reads on light and dark pages alike. No library, no script, no web font."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.results import Summaries, Summary
from benchmarks.workloads import Cell

DASH = "\N{EN DASH}"

COLUMN = 590
LABELS = 220
BARS = 210
BAR = 18
HEAD = 30
GAP = 16
TOP = 54

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .panel { font-weight: 600; }
  .note { fill: #57606a; }
  .peer { fill: #8c959f; }
  .ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note { fill: #9198a1; }
    .peer { fill: #6e7681; }
    .ours { fill: #4493f8; }
  }
"""


def svg(results: Summaries, titles: Mapping[str, str], reference: str) -> str:
    """A column for each number of customers, a panel with its own scale for each load, a bar for each target."""
    sizes = sorted({cell.customers for cell in results})
    columns = [column(results, titles, reference, size, number * COLUMN) for number, size in enumerate(sizes)]
    width, height = COLUMN * max(len(sizes), 1), max((bottom for _, bottom in columns), default=TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="Requests per second of each target">',
        f"<style>{STYLE}</style>",
        *(part for drawn, _ in columns for part in drawn),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def column(
    results: Summaries, titles: Mapping[str, str], reference: str, size: int, left: int
) -> tuple[Sequence[str], int]:
    """The drawn parts, and where the column ends."""
    parts = [text(left + 12, 26, f"{size:,} customers: requests per second (p99)", "title")]
    top = TOP
    for cell, by_target in results.items():
        if cell.customers == size:
            parts += panel(cell, by_target, titles, reference, left=left, top=top)
            top += HEAD + BAR * len(by_target) + GAP
    return parts, top


def panel(
    cell: Cell, by_target: Mapping[str, Summary], titles: Mapping[str, str], reference: str, *, left: int, top: int
) -> list[str]:
    parts = [text(left + 12, top + 14, cell.title, "panel")]
    highest = max((summary.rate.middle for summary in by_target.values() if summary.valid), default=1.0) or 1.0
    for row, (target, summary) in enumerate(by_target.items()):
        y = top + HEAD - 6 + row * BAR
        width = BARS * summary.rate.middle / highest if summary.valid else 0.0
        parts.append(text(left + 12, y + 12, titles.get(target, target)))
        parts.append(bar(left + LABELS, y, width, "ours" if target == reference else "peer"))
        parts.append(text(left + LABELS + width + 6, y + 12, value(summary), "note"))
    return parts


def value(summary: Summary) -> str:
    if not summary.valid:
        return summary.problem
    return f"{figure(summary.rate.middle)}  ({milliseconds(summary.p99.middle)})"


def figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def milliseconds(time: float) -> str:
    if math.isnan(time):
        return DASH
    return f"{time:,.0f} ms" if time >= 10 else f"{time:.1f} ms"


def bar(x: float, y: float, width: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{max(width, 1):.1f}" height="{BAR - 4}" rx="2"/>'


def text(x: float, y: float, content: str, kind: str = "") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text{chosen} x="{x:.0f}" y="{y:.0f}">{escape(content)}</text>'
