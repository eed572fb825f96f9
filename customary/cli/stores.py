"""``customary store``: add, list, suspend and resume stores."""

import asyncio
import sys
import time
from typing import Annotated
from zoneinfo import available_timezones

from cyclopts import App, Parameter

from customary.cli import listing
from customary.cli.database import DEFAULT, Database, opened
from customary.cli.record_numbers import StoreNumber
from customary.errors import OperatorError, StoreNotFound
from customary.model.store import Store
from customary.rules.parameters import MOST_INT32
from customary.rules.profile_update import is_language

stores = App(name="store", help="Stores: add, list, suspend, resume.")


@stores.command
def add(
    store_id: int,
    /,
    *,
    name: str,
    languages: str = "en",
    default_language: str | None = None,
    url: str = "",
    timezone: str = "UTC",
    database: Database = DEFAULT,
) -> None:
    """Add a store, and the database when it is missing.

    Parameters
    ----------
    store_id
        Number of the store, as it appears in the paths of the API.
    name
        What the store is called.
    languages
        Enabled languages, separated by commas, such as `en,it,pt_BR`.
    default_language
        One of the languages; the first one unless given.
    url
        Address of the shop, for its profile.
    timezone
        Time zone of the shop, for its profile, such as `Europe/Rome`.
    """
    codes = tuple(code.strip() for code in languages.split(","))
    store = Store(
        id=store_id,
        name=name.strip(),
        url=url,
        timezone=timezone,
        languages=codes,
        default_language=default_language or codes[0],
        created=int(time.time()),
    )
    _check(store)
    asyncio.run(_add(store, database))
    sys.stderr.write(f"Store {store.id} is there; next, a token: customary token add --store {store.id} --scopes all\n")


@stores.command(name="list")
def show(*, json: Annotated[bool, Parameter(negative="")] = False, database: Database = DEFAULT) -> None:
    """List the stores.

    Parameters
    ----------
    json
        Print JSON instead of a table.
    """
    rows: list[dict[str, listing.Value]] = [
        {
            "id": store.id,
            "name": store.name,
            "languages": list(store.languages),
            "defaultLanguage": store.default_language,
            "timezone": store.timezone,
            "suspended": store.suspended,
            "created": listing.show_time(store.created),
        }
        for store in asyncio.run(_list(database))
    ]
    listing.print_list(rows, as_json=json, when_empty="There is no store yet; add one with: customary store add")


@stores.command
def suspend(store_id: StoreNumber, /, *, database: Database = DEFAULT) -> None:
    """Answer every call for a store with 402 until it is resumed.

    Parameters
    ----------
    store_id
        Number of the store.
    """
    asyncio.run(_set_suspended(store_id, True, database))


@stores.command
def resume(store_id: StoreNumber, /, *, database: Database = DEFAULT) -> None:
    """Serve a suspended store again.

    Parameters
    ----------
    store_id
        Number of the store.
    """
    asyncio.run(_set_suspended(store_id, False, database))


async def _add(store: Store, database: str) -> None:
    async with opened(database, create=True) as storage:
        await storage.add_store(store)


async def _list(database: str) -> tuple[Store, ...]:
    async with opened(database) as storage:
        return await storage.list_stores()


async def _set_suspended(store_id: int, suspended: bool, database: str) -> None:
    async with opened(database) as storage:
        try:
            await storage.set_suspended(store_id, suspended)
        except StoreNotFound as error:
            raise OperatorError(f"There is no store {store_id}") from error


def _check(store: Store) -> None:
    if not 1 <= store.id <= MOST_INT32:
        raise OperatorError(f"The number of a store is between 1 and {MOST_INT32}, not {store.id}")
    if not store.name or not store.name.isprintable() or not store.url.isprintable():
        raise OperatorError("The name of a store is a text without control characters, and so is its address")
    for code in (*store.languages, store.default_language):
        if not is_language(code):
            raise OperatorError(f"{code!r} is no language code such as en or pt_BR")
    if store.default_language not in store.languages:
        raise OperatorError(f"The default language {store.default_language} is not among the languages")
    if store.timezone not in available_timezones():
        raise OperatorError(f"{store.timezone!r} is no time zone such as UTC or Europe/Rome")
