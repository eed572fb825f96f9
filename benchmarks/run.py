"""The entry: `python -m benchmarks.run --quick` or `--full`, from the root of the project."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

from benchmarks import machine, population
from benchmarks.chart import svg
from benchmarks.lineup import COMPARED, PUBLISHED, TARGETS
from benchmarks.load import wrk_path
from benchmarks.page import markdown
from benchmarks.processes import BenchmarkError
from benchmarks.report import print_rates, print_ratios, print_warnings, write_json
from benchmarks.results import ratios, summaries
from benchmarks.session import Plan, run
from benchmarks.targets import Target
from benchmarks.wire import encoded
from benchmarks.workloads import WORKLOADS

QUICK_WORKLOADS = ("get", "search-email", "update")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 140)
    signal.signal(signal.SIGTERM, interrupted)
    begun = time.monotonic()
    try:
        wrk_path()
        measured(options, console)
    except BenchmarkError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped; every server that was started has ended.")
        return 130
    console.print(f"Took {time.monotonic() - begun:.0f} s.")
    return 0


def interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    extent = flags.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="ratios only, in under two minutes (the default)")
    extent.add_argument("--full", action="store_true", help="every target, workload and size, with all reports")
    flags.add_argument("--targets", type=names_of(TARGETS), help=f"of {', '.join(TARGETS)}")
    flags.add_argument("--workloads", type=names_of(WORKLOADS), help=f"of {', '.join(WORKLOADS)}")
    flags.add_argument("--customers", type=numbers, help="sizes of the store, such as 100000,1000000")
    flags.add_argument("--connections", type=numbers, help="instead of those of each workload")
    flags.add_argument("--rounds", type=int, help="rounds for each target and load, besides one to warm up")
    flags.add_argument("--seconds", type=int, help="length of a round")
    flags.add_argument(
        "--reference", choices=tuple(TARGETS), help="whose rate is compared with the others'; by default the first"
    )
    flags.add_argument("--work", type=Path, default=Path("build/bench"), help="where seeded databases are kept")
    flags.add_argument("--output", type=Path, help="where a full run writes its reports; by default under --work")
    return flags


def measured(options: argparse.Namespace, console: Console) -> None:
    """One session after the other, of those that have a target to measure."""
    chosen = {"performance": options.targets or COMPARED}
    if options.full and not options.targets:
        chosen = PUBLISHED
    plans = {report: planned(options, console, names) for report, names in chosen.items()}
    if not any(plan.targets for plan in plans.values()):
        raise BenchmarkError("No target is left to measure.")
    for report, plan in plans.items():
        if plan.targets:
            session(plan, report, options, console)


def session(plan: Plan, report: str, options: argparse.Namespace, console: Console) -> None:
    """Runs the plan and prints ratios; a full run also prints the rates and writes the reports."""
    reference = options.reference or plan.targets[0].name
    described = machine.describe(plan.work)
    with console.status("starting") as status:
        figures = run(plan, status.update)
    titles = {target.name: target.title for target in plan.targets}
    results, compared = summaries(figures, tuple(titles)), ratios(figures, tuple(titles), reference)
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "body_bytes": len(encoded(population.customer(1))),
        "targets": {target.name: dict(target.settings()) for target in plan.targets},
    }
    if options.full:
        print_rates(console, results, titles)
        output: Path = options.output or plan.work / "results"
        output.mkdir(parents=True, exist_ok=True)
        write_json(output / f"{report}.json", figures, compared, described, facts)
        (output / f"{report}.svg").write_text(svg(results, titles, reference))
        page = markdown(plan.targets, results, compared, machine=described, facts=facts, reference=reference)
        (output / f"{report}.md").write_text(page.replace("performance.svg", f"{report}.svg"))
        console.print(f"Reports are in {output}.")
    print_ratios(console, compared, titles, reference)
    print_warnings(console, results, titles)


def planned(options: argparse.Namespace, console: Console, names: Sequence[str]) -> Plan:
    full: bool = options.full
    return Plan(
        targets=present(names, console),
        workloads=options.workloads or (tuple(WORKLOADS) if full else QUICK_WORKLOADS),
        customers=options.customers or ((100_000, 1_000_000) if full else (100_000,)),
        connections=options.connections or (None if full else (32,)),
        rounds=options.rounds or (5 if full else 4),
        seconds=options.seconds or (5 if full else 1),
        sample=100_000 if full else 20_000,
        work=options.work,
    )


def present(names: Sequence[str], console: Console) -> tuple[Target, ...]:
    """The targets of these names that can run here; the others are named with what they lack."""
    targets = []
    for target in (TARGETS[name] for name in names):
        lacking = target.missing()
        if lacking is None:
            targets.append(target)
        else:
            console.print(f"Left out: {target.title}: {lacking}.")
    return tuple(targets)


def names_of(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """Reads a comma separated list of known names."""

    def names(text: str) -> tuple[str, ...]:
        chosen = tuple(text.split(","))
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is none of {', '.join(known)}")
        return chosen

    return names


def numbers(text: str) -> tuple[int, ...]:
    """Reads a comma separated list of positive numbers."""
    values = tuple(int(part) for part in text.replace("_", "").split(","))
    if min(values) < 1:
        raise argparse.ArgumentTypeError("each number must be 1 or more")
    return values


if __name__ == "__main__":
    sys.exit(main())
