"""``customary token``: make, list and revoke the tokens that apps call the API with."""

import asyncio
import secrets
import string
import sys
import time
from typing import Annotated

from cyclopts import App, Parameter
from msgspec.structs import replace

from customary.cli import listing
from customary.cli.database import DEFAULT, Database, opened
from customary.cli.record_numbers import StoreNumber, TokenNumber
from customary.errors import OperatorError, StoreNotFound
from customary.model.keys import token_digest
from customary.model.store import SCOPES, Token

tokens = App(name="token", help="Access tokens: add, list, revoke.")

ALPHABET = string.ascii_letters + string.digits
RANDOM_CHARACTERS = 32


@tokens.command
def add(
    *, store: StoreNumber, scopes: str = "", label: str = "", public: bool = False, database: Database = DEFAULT
) -> None:
    """Make a token and print it. It is shown this once: only its digest is kept.

    Parameters
    ----------
    store
        Number of the store that the token opens.
    scopes
        What the token may do, separated by commas, such as `read_customers,update_customers`; `all` for everything.
    label
        A word for the list, such as the name of the app that will use it.
    public
        Make a public_ token, which opens nothing on customers and needs no scopes.
    """
    token = Token(
        id=0,
        store_id=store,
        digest=b"",
        public=public,
        label=label,
        scopes=parse_scopes(scopes, optional=public),
        created=int(time.time()),
    )
    if not label.isprintable():
        raise OperatorError("A label has no control characters")
    sys.stdout.write(asyncio.run(_add(token, database)) + "\n")


@tokens.command(name="list")
def show(
    *,
    store: StoreNumber | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
    database: Database = DEFAULT,
) -> None:
    """List tokens, the revoked ones too. The tokens themselves are not kept, so they can't be shown.

    Parameters
    ----------
    store
        Number of the store; every store unless given.
    json
        Print JSON instead of a table.
    """
    rows: list[dict[str, listing.Value]] = [
        {
            "id": token.id,
            "storeId": token.store_id,
            "label": token.label,
            "public": token.public,
            "scopes": _list_scopes(token, shorten=not json),
            "created": listing.show_time(token.created),
            "revoked": listing.show_time(token.revoked),
        }
        for token in asyncio.run(_list(store, database))
    ]
    listing.print_list(rows, as_json=json, when_empty="There is no token yet; make one with: customary token add")


@tokens.command
def revoke(token_id: TokenNumber, /, *, database: Database = DEFAULT) -> None:
    """Make a token useless, for good.

    Parameters
    ----------
    token_id
        Number of the token in the list.
    """
    if not asyncio.run(_revoke(token_id, database)):
        raise OperatorError(f"There is no token {token_id}, or it is revoked already")


def make_secret(*, public: bool) -> str:
    prefix = "public_" if public else "secret_"
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))


def parse_scopes(text: str, *, optional: bool = False) -> frozenset[str]:
    """Raises OperatorError for an unknown scope, and for none at all unless they are ``optional``."""
    known = f"there are {', '.join(SCOPES)}, and all for every one"
    names = frozenset(name.strip() for name in text.split(",")) - {""}
    if not names and not optional:
        raise OperatorError(f"--scopes is missing: {known}")
    if names == {"all"}:
        return frozenset(SCOPES)
    for name in sorted(names):
        if name not in SCOPES:
            raise OperatorError(f"{name!r} is no scope: {known}")
    return names


def _list_scopes(token: Token, *, shorten: bool) -> list[str]:
    """In the contract's order; ``all`` in the place of every one when the list is to be short."""
    if shorten and token.scopes == frozenset(SCOPES):
        return ["all"]
    return [scope for scope in SCOPES if scope in token.scopes]


async def _add(token: Token, database: str) -> str:
    secret = make_secret(public=token.public)
    async with opened(database) as storage:
        try:
            stored = await storage.add_token(replace(token, digest=token_digest(secret)))
        except StoreNotFound as error:
            raise OperatorError(f"There is no store {token.store_id}") from error
    sys.stderr.write(f"Token {stored.id} of store {stored.store_id}; copy it now, it is not shown again:\n")
    return secret


async def _list(store_id: int | None, database: str) -> tuple[Token, ...]:
    async with opened(database) as storage:
        return await storage.list_tokens(store_id)


async def _revoke(token_id: int, database: str) -> bool:
    async with opened(database) as storage:
        return await storage.revoke_token(token_id, int(time.time()))
