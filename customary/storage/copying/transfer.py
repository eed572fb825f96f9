"""The steps of a copy: look, carry over page by page, bring the text index up to date, compare."""

from contextlib import AsyncExitStack
from hashlib import blake2b
from pathlib import Path

from msgspec import json

from customary.errors import OperatorError
from customary.storage import is_postgres, make_private, sqlite_path
from customary.storage.copying.checksums import Checksum
from customary.storage.copying.progress import OF_SOURCE, Progress, Report, TableCopied
from customary.storage.copying.side import Key, Side
from customary.storage.copying.sqlite_side import SqliteSide
from customary.storage.copying.tables import Pair, Table, pair_tables
from customary.storage.unfinished import refuse_unfinished


async def copy_database(source_url: str, target_url: str, report: Report) -> tuple[TableCopied, ...]:
    """Carries everything over, or goes on where an earlier call ended. Neither may be served meanwhile.

    URLs as in ``open_storage``. Raises OperatorError where there is nothing to copy or the target holds something
    else, and when the two differ at the end; ServiceUnavailable when a database is lost.
    """
    if source_url == target_url:
        raise OperatorError("The source and the target are the same database")
    async with AsyncExitStack() as stack:
        source = await _open(source_url, create=False)
        stack.push_async_callback(source.close)
        target = await _open(target_url, create=True)
        stack.push_async_callback(target.close)
        if await source.progress() is not None:
            refuse_unfinished(source.name)
        pairs = pair_tables(await source.tables(), await target.tables())
        progress = await _begin(source, target, pairs)
        for pair in pairs:
            await _carry_over(source, target, pair, progress[pair.name], report)
        await _index_texts(target, report)
        await target.set_last_token_id(await source.last_token_id())
        copied = await _compare(source, target, pairs, report)
        await target.finish()
        return copied


async def _open(url: str, *, create: bool) -> Side:
    if is_postgres(url):
        from customary.storage.copying.postgres_side import open_side  # noqa: PLC0415 -- most have no use for it

        return await open_side(url, create=create)
    path = sqlite_path(url)
    if create:
        make_private(path)
    elif not Path(path).is_file():
        raise OperatorError(f"There is no database at {path}")
    return SqliteSide(path)


async def _begin(source: Side, target: Side, pairs: tuple[Pair, ...]) -> dict[str, Progress]:
    """How far the copy has come. Raises OperatorError unless the target is empty or an unfinished copy of this."""
    fingerprint = await _fingerprint(source, next(pair for pair in pairs if pair.name == "store"))
    progress = await target.progress()
    if progress is None:
        for pair in pairs:
            if await target.count(pair.name):
                raise OperatorError(f"{target.name} is not empty: it has rows in {pair.name}")
        await target.begin(fingerprint, [pair.name for pair in pairs])
        return {pair.name: Progress() for pair in pairs}
    if progress[OF_SOURCE].last_key != fingerprint:
        raise OperatorError(
            f"{target.name} is an unfinished copy of something else, or {source.name} has changed since it was begun: "
            "take an empty one"
        )
    return progress


async def _fingerprint(source: Side, pair: Pair) -> str:
    """Of the stores with their counters, which every change of a customer moves."""
    digest = blake2b(digest_size=16)
    after: Key = ()
    while True:
        rows, after = await source.read(pair.source, pair.columns, after)
        if not rows:
            return digest.hexdigest()
        digest.update(json.encode(rows))


async def _carry_over(source: Side, target: Side, pair: Pair, progress: Progress, report: Report) -> None:
    total = await source.count(pair.name)
    report("copy", pair.name, progress.done, total)
    while True:
        after: Key = json.decode(progress.last_key) if progress.last_key else ()
        rows, last = await source.read(pair.source, pair.columns, after)
        if not rows:
            return
        reached = Progress(json.encode(last).decode(), progress.done + len(rows))
        await target.write(pair, rows, progress, reached)
        progress = reached
        report("copy", pair.name, progress.done, total)


async def _index_texts(target: Side, report: Report) -> None:
    total = rest = await target.unindexed()
    while rest:
        await target.index_texts()
        rest = await target.unindexed()
        report("index", "customer", total - rest, total)


async def _compare(source: Side, target: Side, pairs: tuple[Pair, ...], report: Report) -> tuple[TableCopied, ...]:
    """Raises OperatorError, naming the tables that differ."""
    found = []
    for pair in pairs:
        total = 2 * await source.count(pair.name)
        there = await _sum_up(source, pair, pair.source, report, (0, total))
        here = await _sum_up(target, pair, pair.target, report, (there.rows, total))
        found.append((pair.name, there, here))
    wrong = [name for name, there, here in found if (there.rows, there.text) != (here.rows, here.text)]
    if wrong:
        raise OperatorError(
            f"The copy differs from its source in {', '.join(wrong)}: was one of them in use? It stays marked as "
            "unfinished; begin again with an empty target"
        )
    return tuple(TableCopied(name, there.rows, there.text) for name, there, _ in found)


async def _sum_up(side: Side, pair: Pair, table: Table, report: Report, so_far: tuple[int, int]) -> Checksum:
    done, total = so_far
    checksum = Checksum(pair.documents)
    after: Key = ()
    while True:
        rows, after = await side.read(table, pair.columns, after)
        if not rows:
            return checksum
        checksum.add(rows)
        report("verify", pair.name, done + checksum.rows, total)
