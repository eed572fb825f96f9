"""Requests that their clients named, inside a transaction of PostgreSQL, under the lock of their store."""

from customary.errors import KeyTaken
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult
from customary.storage.postgres.asking import read
from customary.storage.postgres.overlay import Overlay
from customary.storage.sqlite.keyed_rows import answer_columns, check_under_way, identity, is_old


async def add_keyed_result(overlay: Overlay, request: KeyedRequest, result: KeyedResult, kept_since: int) -> None:
    """Raises KeyTaken."""
    await _make_sure(overlay, request, kept_since)
    columns = (*identity(request), result.number, result.kind, result.result)
    if not await overlay.write("add_keyed_result", *columns):
        raise KeyTaken()


async def keep_answer(overlay: Overlay, request: KeyedRequest, answer: KeptAnswer, kept_since: int) -> None:
    try:
        await _make_sure(overlay, request, kept_since)
    except KeyTaken:
        return
    await overlay.write("keep_answer", *identity(request), *answer_columns(answer))
    await overlay.write("delete_keyed_results", *identity(request))


async def _make_sure(overlay: Overlay, request: KeyedRequest, kept_since: int) -> None:
    """That the request is there, and under way."""
    found = await read("get_keyed_request", overlay.store_id, *identity(request))
    known = found[0] if found else None
    if is_old(known, kept_since):
        for statement in ("delete_keyed_request", "delete_keyed_results"):
            await overlay.write(statement, *identity(request))
        known = None
    if known is None:
        await overlay.write("add_keyed_request", *identity(request), request.fingerprint, request.created)
    else:
        check_under_way(known, request)
