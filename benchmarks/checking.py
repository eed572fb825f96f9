"""Before anything is timed: every target holds the same customers, finds the same ones, and keeps an update."""

from collections.abc import Sequence

from benchmarks import population
from benchmarks.processes import BenchmarkError, Server
from benchmarks.targets import ServerTarget, Target
from benchmarks.wire import Request, Seen, Wire

Ready = tuple[Target, Server, Wire]

SEARCHES = ("search_email", "search_name", "search_phone", "search_group")


def check_targets(contestants: Sequence[Ready], count: int) -> None:
    """Raises BenchmarkError at the first difference."""
    holding = [ready for ready in contestants if isinstance(ready[0], ServerTarget) and ready[0].holds_customers]
    people = (1, count // 3, count // 2, count)
    for ready in holding:
        for i in people:
            check_customer(ready, i)
    for search in SEARCHES:
        for i in people:
            check_search(holding, search, i)
    for ready in holding:
        check_update(ready, count // 2)


def check_customer(ready: Ready, i: int) -> None:
    seeded = population.customer(i, population.SEED_MARK)
    expected = Seen(email=seeded["email"], name=population.name(i), notes=seeded["privateAdminNotes"])
    target, server, wire = ready
    seen = wire.seen(server.ask(wire.get(i)))
    if seen != expected:
        raise BenchmarkError(f"{target.name} returns customer {i} as {seen}, not as {expected}")


def check_search(holding: Sequence[Ready], search: str, i: int) -> None:
    """Each kind of search finds someone, and as many customers on every target."""
    totals = {}
    for target, server, wire in holding:
        request: Request = getattr(wire, search)(i)
        totals[target.name] = wire.total(server.ask(request))
    if len(set(totals.values())) > 1 or 0 in totals.values():
        raise BenchmarkError(f"The targets do not find the same number of customers by {search}({i}): {totals}")


def check_update(ready: Ready, i: int) -> None:
    """An update shows in the next read, and its body leaves e-mail and name as they were."""
    target, server, wire = ready
    mark = "9" * len(population.MARK)
    request = wire.update(i)
    body = request.body.replace(population.MARK.encode(), mark.encode())
    server.ask(Request(method=request.method, path=request.path, body=body))
    expected = Seen(
        email=population.email(i), name=population.name(i), notes=population.customer(i, mark)["privateAdminNotes"]
    )
    seen = wire.seen(server.ask(wire.get(i)))
    if seen != expected:
        raise BenchmarkError(f"{target.name} lost a part of an update: {seen} instead of {expected}")
