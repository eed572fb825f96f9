"""The PostgreSQL storage as operations see it: reads from a pool of connections, writes through the group commit."""

from collections.abc import Collection
from secrets import token_hex
from typing import Any, cast

import asyncpg
from msgspec.structs import replace

from customary.errors import StoreExists, StoreNotFound
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
from customary.storage.postgres.asking import carry_on
from customary.storage.postgres.batch import Job
from customary.storage.postgres.connections import Connections, name_of, open_connections
from customary.storage.postgres.erasure import erasure_from_row, purge
from customary.storage.postgres.feed import read_feed
from customary.storage.postgres.finder import Finder
from customary.storage.postgres.group_commit import GroupCommit
from customary.storage.postgres.history import list_customer_versions, list_entity_changes
from customary.storage.postgres.keyed_requests import PostgresKeyedRequests
from customary.storage.postgres.known import KnownStores
from customary.storage.postgres.listing import list_customers
from customary.storage.postgres.lookup import is_by_update_time, look_up
from customary.storage.postgres.orders import list_orders
from customary.storage.postgres.retention import prune_some
from customary.storage.postgres.schema import migrate
from customary.storage.postgres.sql import SQL
from customary.storage.postgres.tickets import PostgresTickets
from customary.storage.protocol import KeyedRequestStorage, Result, TicketStorage, Work
from customary.storage.sqlite import rows
from customary.storage.unfinished import MARK, refuse_unfinished

STORE_COLUMNS = 8
"""Of a store in ``find_access``; those of the token come behind them."""
EARLIEST, LATEST = -(2**63), 2**63 - 1


class PostgresStorage:
    """Implements ``customary.storage.protocol.Storage`` on one database. Opened with ``open_postgres``."""

    def __init__(self, connections: Connections, works_per_commit: int, *, has_marks: bool) -> None:
        """``has_marks``: as ``KnownStores`` has it."""
        self._connections = connections
        server = token_hex(8)
        self._commits = GroupCommit(connections, works_per_commit, server, KnownStores(useful=has_marks))
        self._finder = Finder()
        self._closed = False
        self.tickets: TicketStorage = PostgresTickets(self._commits, connections, server)
        self.keyed_requests: KeyedRequestStorage = PostgresKeyedRequests(self._commits, connections)

    @property
    def ready(self) -> bool:
        return self._connections.reachable

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._commits.finish()
        await self._connections.close()

    async def write(self, store_id: int, origin: Origin, work: Work[Result], *, heavy: bool = False) -> Result:
        job = Job(origin, cast("Any", work))
        result: Result = await self._commits.submit(store_id, job, alone=heavy)
        return result

    async def get_store(self, store_id: int) -> Store | None:
        row = await self._connections.row("get_store", store_id)
        return rows.store_from_row(tuple(row)) if row else None

    async def get_customer(self, store_id: int, customer_id: int) -> Customer | None:
        if not rows.is_id(customer_id):
            return None
        row = await self._connections.row("get_customer", store_id, customer_id)
        return rows.decode_customer(row[0]) if row else None

    async def get_group(self, store_id: int, group_id: int) -> Group | None:
        if not rows.is_id(group_id):
            return None
        row = await self._connections.row("get_group", store_id, group_id)
        return rows.group_from_row(tuple(row)) if row else None

    async def list_extrafields(self, store_id: int) -> tuple[Extrafield, ...]:
        found = await self._connections.rows("list_extrafields", store_id)
        return tuple(rows.extrafield_from_row(tuple(row)) for row in found)

    async def list_orders(
        self, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
    ) -> Page[Order]:
        async with self._connections.snapshot() as connection:
            return await list_orders(connection, store_id, email, customer_id, offset, limit)

    async def list_purchased_products(self, store_id: int) -> tuple[PurchasedProduct, ...]:
        found = await self._connections.rows("list_purchased_products", store_id)
        return tuple(PurchasedProduct(id=product_id, name=name) for product_id, name in found)

    async def find_access(self, store_id: int, digest: bytes) -> Access | None:
        row = await self._connections.row("find_access", store_id, digest)
        if row is None:
            return None
        store, token = tuple(row[:STORE_COLUMNS]), tuple(row[STORE_COLUMNS:])
        known = rows.token_from_row(token) if token[0] is not None else None
        return Access(store=rows.store_from_row(store), token=known)

    async def search_customers(self, store_id: int, search: CustomerSearch) -> Found:
        found = await look_up(self._connections.ask, store_id, search)
        if found is not None:
            return found
        async with self._connections.snapshot(planned_anew=not is_by_update_time(search)) as connection:
            return await self._finder.search(connection, store_id, search)

    async def list_customers(
        self, store_id: int, search: CustomerSearch, after: int, limit: int, most_read: int
    ) -> Stretch[Customer]:
        async with self._connections.snapshot() as connection:
            return await carry_on(list_customers(store_id, search, after, limit, most_read), connection)

    async def find_customer_ids(self, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        async with self._connections.snapshot() as connection:
            return await self._finder.find_ids(connection, store_id, search)

    async def summarize_customers(self, store_id: int, most_addresses: int) -> CustomerSummary:
        """All of it from one snapshot."""
        async with self._connections.snapshot() as connection:
            size = await connection.fetchrow(SQL["count_customers"], store_id)
            ((repeated, one_time),) = await connection.fetch(SQL["count_repeated"], store_id)
            languages = await connection.fetch(SQL["list_customer_languages"], store_id)
            addresses = await connection.fetch(SQL["list_customer_addresses"], store_id, most_addresses)
        return CustomerSummary(
            total=size[0] if size else 0,
            repeated=repeated,
            one_time=one_time,
            addresses=tuple(cast("tuple[str, str, str]", tuple(row)) for row in addresses),
            languages=tuple(sorted(code for (code,) in languages)),
        )

    async def list_customer_countries(self, store_id: int) -> tuple[str, ...]:
        found = await self._connections.rows("list_customer_countries", store_id)
        return tuple(sorted({code for (lines,) in found for code in lines.split()}))

    async def get_latest_updates(self, store_id: int) -> LatestUpdates | None:
        row = await self._connections.row("get_latest_updates", store_id)
        return LatestUpdates(store_created=row[0], customers=row[1], orders=row[2]) if row else None

    async def list_deleted_customers(
        self, store_id: int, since: int | None, until: int | None, offset: int, limit: int
    ) -> Page[Deleted]:
        span = (store_id, EARLIEST if since is None else since, LATEST if until is None else until)
        async with self._connections.snapshot() as connection:
            total = await connection.fetchval(SQL["count_deleted"], *span)
            found = await connection.fetch(SQL["list_deleted"], *span, limit, offset)
        return Page(total=total, items=tuple(Deleted(id=row[0], date=row[1]) for row in found))

    async def list_groups(self, store_id: int) -> tuple[Group, ...]:
        return tuple(rows.group_from_row(tuple(row)) for row in await self._connections.rows("list_groups", store_id))

    async def list_changes(self, store_id: int, after: int, limit: int) -> tuple[Change, ...]:
        found = await self._connections.rows("list_changes", store_id, after, limit)
        return tuple(rows.change_from_row(tuple(row)) for row in found)

    async def get_erasure(self, store_id: int, customer_id: int) -> Erasure | None:
        row = await self._connections.row("get_erasure", store_id, customer_id) if rows.is_id(customer_id) else None
        return erasure_from_row(tuple(row)) if row else None

    async def prune_history(self, before: int, most: int) -> int:
        return await prune_some(self._connections, before, most)

    async def list_unpurged(self) -> tuple[tuple[int, int], ...]:
        found = await self._connections.rows("list_unpurged")
        return tuple((store_id, customer_id) for store_id, customer_id in found)

    async def purge(self, erased: Collection[tuple[int, int]], _traces: Collection[str] | None, at: int) -> None:
        await purge(self._connections, erased, at)

    async def list_entity_changes(
        self, store_id: int, entity: Entity, entity_id: int, before: int | None, limit: int
    ) -> tuple[Change, ...]:
        async with self._connections.snapshot() as connection:
            return await carry_on(list_entity_changes(store_id, entity, entity_id, before, limit), connection)

    async def list_customer_versions(
        self, store_id: int, customer_id: int, before: int | None, limit: int
    ) -> tuple[CustomerVersion, ...]:
        async with self._connections.snapshot() as connection:
            return await carry_on(list_customer_versions(store_id, customer_id, before, limit), connection)

    async def read_feed(self, store_id: int, after: int, limit: int) -> FeedPage:
        async with self._connections.snapshot() as connection:
            return await carry_on(read_feed(store_id, after, limit), connection)

    async def wait_for_change(self, store_id: int, after: int, seconds: float) -> bool:
        async def is_there() -> bool:
            row = await self._connections.row("count_customers", store_id)
            return row is not None and row[1] > after

        return await self._commits.waiters.wait(store_id, is_there, seconds)

    async def add_store(self, store: Store) -> None:
        texts = (store.name, store.url, store.timezone, rows.encode_list(store.languages), store.default_language)
        try:
            await self._administer("add_store", store.id, *texts, store.suspended, store.created)
        except asyncpg.UniqueViolationError:
            raise StoreExists(f"Store {store.id} exists already") from None

    async def list_stores(self) -> tuple[Store, ...]:
        return tuple(rows.store_from_row(tuple(row)) for row in await self._connections.rows("list_stores"))

    async def set_suspended(self, store_id: int, suspended: bool) -> None:
        if await self._administer("set_suspended", store_id, suspended) is None:
            raise StoreNotFound(f"Store {store_id} not found")

    async def add_token(self, token: Token) -> Token:
        if await self.get_store(token.store_id) is None:
            raise StoreNotFound(f"Store {token.store_id} not found")
        numbered = replace(token, id=(await self._administer("new_token_id"))[0])
        scopes = rows.encode_list(sorted(token.scopes))
        identity = (token.store_id, numbered.id, token.digest)
        await self._administer("add_token", *identity, token.public, token.label, scopes, token.created)
        return numbered

    async def list_tokens(self, store_id: int | None) -> tuple[Token, ...]:
        return tuple(rows.token_from_row(tuple(row)) for row in await self._connections.rows("list_tokens", store_id))

    async def revoke_token(self, token_id: int, at: int) -> bool:
        return await self._administer("revoke_token", at, token_id) is not None

    async def _administer(self, statement: str, *values: Any) -> Any:
        """The first row that a statement returns, once it is durable."""
        async with self._connections.transaction() as connection:
            return await connection.fetchrow(SQL[statement], *values)


async def open_postgres(url: str, *, create: bool, works_per_commit: int, size: int) -> PostgresStorage:
    """``size``: the most connections. Raises OperatorError, DatabaseTooNew."""
    connections = await open_connections(url, size)
    try:
        await migrate(connections, url, create=create)
        if (await connections.row("is_table", MARK))[0]:
            refuse_unfinished(name_of(url))
        is_sharded = (await connections.row("is_sharded"))[0]
    except BaseException:
        await connections.close()
        raise
    return PostgresStorage(connections, works_per_commit, has_marks=not (is_sharded or connections.pooled))
