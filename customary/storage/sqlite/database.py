"""The SQLite storage as operations see it: reads on read-only connections, writes through the group commit."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any, TypeVar

import apsw
from msgspec.structs import replace

from customary.errors import ServiceUnavailable, StoreExists, StoreNotFound
from customary.model.change import Change, Deleted, Entity, Origin
from customary.model.customer import Customer
from customary.model.erasure import Erasure
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedPage
from customary.model.history import CustomerVersion
from customary.model.order import Order, PurchasedProduct
from customary.model.search import CustomerSearch, Found, Page, Stretch
from customary.model.store import Access, Group, Store, Token
from customary.model.summary import CustomerSummary, LatestUpdates
from customary.storage.protocol import KeyedRequestStorage, Result, TicketStorage, Work
from customary.storage.sqlite import rows
from customary.storage.sqlite.connection import open_reader, open_writer
from customary.storage.sqlite.erasure import erasure_from_row
from customary.storage.sqlite.feed import read_feed
from customary.storage.sqlite.finder import Finder
from customary.storage.sqlite.group_commit import GroupCommit
from customary.storage.sqlite.history import list_customer_versions, list_entity_changes
from customary.storage.sqlite.keyed_requests import SqliteKeyedRequests
from customary.storage.sqlite.listing import list_customers
from customary.storage.sqlite.orders import list_orders, list_purchased_products
from customary.storage.sqlite.purge import Purge
from customary.storage.sqlite.retention import prune_some
from customary.storage.sqlite.sql import SQL
from customary.storage.sqlite.summaries import list_customer_countries, summarize_customers
from customary.storage.sqlite.tickets import SqliteTickets
from customary.storage.unfinished import MARK, refuse_unfinished

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

EARLIEST, LATEST = -(2**63), 2**63 - 1


class SqliteStorage:
    """Implements ``customary.storage.protocol.Storage`` on one file.

    Look-ups by key run on the loop's thread: they take microseconds, a hand-over to a thread takes longer.
    Searches run in reader threads, each with a connection of its own.
    """

    def __init__(
        self,
        path: str,
        works_per_commit: int = 256,
        cache_mib: int = 64,
        reader_threads: int = 2,
        vfs: str | None = None,
        server: str = "",
        turn: int | None = None,
    ) -> None:
        """``server`` is who takes batches here; another name than that of any other server on the file.

        ``turn`` is a descriptor, where several processes are to take turns at writing.
        """
        self._server = server or token_hex(8)
        writer = open_writer(path, cache_mib, vfs)
        if writer.execute(SQL["is_table"], (MARK,)).fetchone():
            writer.close()
            refuse_unfinished(path)
        self._open_reader: Callable[[], apsw.Connection] = lambda: open_reader(path, cache_mib // 2, vfs)
        self._reader = self._open_reader()
        self._closed = False
        self._commits = GroupCommit(writer, works_per_commit, turn=turn)
        self._purge = Purge(self._commits, path, vfs)
        self._searchers = ThreadPoolExecutor(reader_threads, thread_name_prefix="customary-search")
        self._finder = Finder()
        self.tickets: TicketStorage = SqliteTickets(self._commits, self._in_reader, self._server)
        self.keyed_requests: KeyedRequestStorage = SqliteKeyedRequests(self._commits, self._rows)
        self._of_thread = threading.local()
        self._search_connections: list[apsw.Connection] = []

    @property
    def ready(self) -> bool:
        return not self._commits.failed

    @property
    def behind(self) -> bool:
        """The text indexes have something to take over, or to merge, as soon as there is nothing else to do."""
        return self._commits.behind

    async def close(self) -> None:
        """The writer goes last: then SQLite removes the files beside the database."""
        if self._closed:
            return
        self._closed = True
        await self._commits.finish()
        await asyncio.to_thread(self._searchers.shutdown)
        for connection in (self._reader, *self._search_connections):
            connection.close()
        await self._commits.close()

    async def write(self, store_id: int, origin: Origin, work: Work[Result], *, heavy: bool = False) -> Result:
        result: Result = await self._commits.submit(
            lambda batch: batch.work(store_id, origin, work, self._server), alone=heavy
        )
        return result

    async def get_store(self, store_id: int) -> Store | None:
        row = self._row("get_store", store_id)
        return rows.store_from_row(row) if row else None

    async def get_customer(self, store_id: int, customer_id: int) -> Customer | None:
        row = self._row("get_customer", rows.customer_key(store_id, customer_id))
        return rows.decode_customer(row[0]) if row else None

    async def get_group(self, store_id: int, group_id: int) -> Group | None:
        row = self._row("get_group", store_id, group_id)
        return rows.group_from_row(row) if row else None

    async def list_extrafields(self, store_id: int) -> tuple[Extrafield, ...]:
        return tuple(rows.extrafield_from_row(row) for row in self._rows("list_extrafields", store_id))

    async def list_orders(
        self, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
    ) -> Page[Order]:
        return await self._in_reader(
            lambda connection: list_orders(connection, store_id, email, customer_id, offset, limit)
        )

    async def list_purchased_products(self, store_id: int) -> tuple[PurchasedProduct, ...]:
        return await self._in_reader(lambda connection: list_purchased_products(connection, store_id))

    async def find_access(self, store_id: int, digest: bytes) -> Access | None:
        store = await self.get_store(store_id)
        row = self._row("find_token", store_id, digest)
        return Access(store=store, token=rows.token_from_row(row) if row else None) if store else None

    async def search_customers(self, store_id: int, search: CustomerSearch) -> Found:
        try:
            page = self._finder.search_at_once(self._reader, store_id, search)
        except apsw.Error as error:
            raise _unreadable(error) from error
        if page is None:
            page = await self._in_reader(lambda connection: self._finder.search(connection, store_id, search))
        size = self._row("count_customers", store_id)
        return Found(total=page.total, items=page.items, everyone=size[0] if size else 0)

    async def list_customers(
        self, store_id: int, search: CustomerSearch, after: int, limit: int, most_read: int
    ) -> Stretch[Customer]:
        return await self._in_reader(
            lambda connection: list_customers(connection, store_id, search, after, limit, most_read)
        )

    async def find_customer_ids(self, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        return await self._in_reader(lambda connection: self._finder.find_ids(connection, store_id, search))

    async def summarize_customers(self, store_id: int, most_addresses: int) -> CustomerSummary:
        return await self._in_reader(lambda connection: summarize_customers(connection, store_id, most_addresses))

    async def list_customer_countries(self, store_id: int) -> tuple[str, ...]:
        return await self._in_reader(lambda connection: list_customer_countries(connection, store_id))

    async def get_latest_updates(self, store_id: int) -> LatestUpdates | None:
        row = self._row("get_latest_updates", store_id)
        return LatestUpdates(store_created=row[0], customers=row[1], orders=row[2]) if row else None

    async def list_deleted_customers(
        self, store_id: int, since: int | None, until: int | None, offset: int, limit: int
    ) -> Page[Deleted]:
        span = (store_id, EARLIEST if since is None else since, LATEST if until is None else until)

        def read(connection: apsw.Connection) -> Page[Deleted]:
            with connection:
                total = connection.execute(SQL["count_deleted"], span).get
                found: list[Any] = connection.execute(SQL["list_deleted"], (*span, limit, offset)).fetchall()
            return Page(total=total, items=tuple(Deleted(id=row[0], date=row[1]) for row in found))

        return await self._in_reader(read)

    async def list_groups(self, store_id: int) -> tuple[Group, ...]:
        return tuple(rows.group_from_row(row) for row in self._rows("list_groups", store_id))

    async def list_changes(self, store_id: int, after: int, limit: int) -> tuple[Change, ...]:
        def read(connection: apsw.Connection) -> tuple[Change, ...]:
            found = connection.execute(SQL["list_changes"], (store_id, after, limit))
            return tuple(rows.change_from_row(row) for row in found)

        return await self._in_reader(read)

    async def read_feed(self, store_id: int, after: int, limit: int) -> FeedPage:
        def read(connection: apsw.Connection) -> FeedPage:
            with connection:
                page = read_feed(connection, store_id, after, limit)
            return page  # noqa: RET504 -- mypy holds that what is in the block may not be reached

        return await self._in_reader(read)

    async def wait_for_change(self, store_id: int, after: int, seconds: float) -> bool:
        return await self._commits.waiters.wait(store_id, lambda: self._last_seq(store_id) > after, seconds)

    def _last_seq(self, store_id: int) -> int:
        row = self._row("count_customers", store_id)
        return int(row[1]) if row else 0

    async def get_erasure(self, store_id: int, customer_id: int) -> Erasure | None:
        row = self._row("get_erasure", store_id, customer_id)
        return erasure_from_row(row) if row else None

    async def prune_history(self, before: int, most: int) -> int:
        count: int = await self._commits.submit(lambda batch: prune_some(batch, before, most), alone=True)
        return count

    async def list_unpurged(self) -> tuple[tuple[int, int], ...]:
        return tuple((store_id, customer_id) for store_id, customer_id in self._rows("list_unpurged"))

    async def purge(self, erased: Collection[tuple[int, int]], traces: Collection[str] | None, at: int) -> None:
        await self._purge.clean_index(erased)
        await self._purge.cut_log()
        if traces is None or await self._in_reader(lambda _: self._purge.find_leftovers(traces)):
            await self._purge.rewrite()
        await self._purge.note(erased, at)

    async def list_entity_changes(
        self, store_id: int, entity: Entity, entity_id: int, before: int | None, limit: int
    ) -> tuple[Change, ...]:
        def read(connection: apsw.Connection) -> tuple[Change, ...]:
            with connection:
                found = list_entity_changes(connection.execute, store_id, entity, entity_id, before, limit)
            return tuple(found)

        return await self._in_reader(read)

    async def list_customer_versions(
        self, store_id: int, customer_id: int, before: int | None, limit: int
    ) -> tuple[CustomerVersion, ...]:
        def read(connection: apsw.Connection) -> tuple[CustomerVersion, ...]:
            with connection:
                found = list_customer_versions(connection.execute, store_id, customer_id, before, limit)
            return tuple(found)

        return await self._in_reader(read)

    async def add_store(self, store: Store) -> None:
        languages = rows.encode_list(store.languages)
        texts = (store.name, store.url, store.timezone, languages, store.default_language)
        try:
            await self._administer("add_store", (store.id, *texts, store.suspended, store.created))
        except apsw.ConstraintError:
            raise StoreExists(f"Store {store.id} exists already") from None

    async def list_stores(self) -> tuple[Store, ...]:
        return tuple(rows.store_from_row(row) for row in self._rows("list_stores"))

    async def set_suspended(self, store_id: int, suspended: bool) -> None:
        if await self._administer("set_suspended", (suspended, store_id)) is None:
            raise StoreNotFound(f"Store {store_id} not found")

    async def add_token(self, token: Token) -> Token:
        if await self.get_store(token.store_id) is None:
            raise StoreNotFound(f"Store {token.store_id} not found")
        scopes = rows.encode_list(sorted(token.scopes))
        columns = (token.store_id, token.digest, token.public, token.label, scopes, token.created)
        token_id = await self._administer("add_token", columns)
        return replace(token, id=token_id[0] if token_id else 0)

    async def list_tokens(self, store_id: int | None) -> tuple[Token, ...]:
        return tuple(rows.token_from_row(row) for row in self._rows("list_tokens", store_id))

    async def revoke_token(self, token_id: int, at: int) -> bool:
        return await self._administer("revoke_token", (at, token_id)) is not None

    async def _administer(self, statement: str, columns: tuple[Any, ...]) -> rows.Row | None:
        row: rows.Row | None = await self._commits.submit(lambda batch: batch.execute(SQL[statement], columns))
        return row

    def _row(self, statement: str, *values: Any) -> rows.Row | None:
        found = self._rows(statement, *values)
        return found[0] if found else None

    def _rows(self, statement: str, *values: Any) -> list[rows.Row]:
        """All at once: a statement that is not read to its end would hold on to its view of the database."""
        try:
            found: list[rows.Row] = self._reader.execute(SQL[statement], values).fetchall()
        except apsw.Error as error:
            raise _unreadable(error) from error
        return found

    async def _in_reader(self, read: Callable[[apsw.Connection], Answer]) -> Answer:
        def run() -> Answer:
            try:
                return read(self._connection())
            except apsw.Error as error:
                raise _unreadable(error) from error

        return await asyncio.get_running_loop().run_in_executor(self._searchers, run)

    def _connection(self) -> apsw.Connection:
        """The reading connection of this thread."""
        if not hasattr(self._of_thread, "connection"):
            self._of_thread.connection = self._open_reader()
            self._search_connections.append(self._of_thread.connection)
        connection: apsw.Connection = self._of_thread.connection
        return connection


def _unreadable(error: apsw.Error) -> ServiceUnavailable:
    log.error("the database can't be read", extra={"cause": repr(error)})
    return ServiceUnavailable("The storage can't be read at the moment")
