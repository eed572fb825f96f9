"""Who is calling: the store of the path, the token of the request and its scopes."""

import time

from customary.errors import InsufficientScope, InvalidToken, StoreNotFound, StoreSuspended
from customary.model.store import Token
from customary.storage.protocol import Storage

REMEMBERED_SECONDS = 0.5
"""How long an answer may be used again: a token that is revoked elsewhere stops working within this time."""
MOST_REMEMBERED = 10_000


class Authentication:
    """Checks tokens against the storage and remembers the good ones for a moment, by digest only."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._remembered: dict[tuple[int, bytes], tuple[float, Token]] = {}

    async def check(self, store_id: int, digest: bytes, scope: str, public: bool = False) -> Token:
        """``digest`` is that of the token. An empty scope is had by every token, by a public one only with ``public``.

        Raises StoreNotFound, InvalidToken, StoreSuspended, InsufficientScope, in this order.
        """
        now = time.monotonic()
        until, known = self._remembered.get((store_id, digest), (0.0, None))
        if known is None or until < now:
            known = await self._look_up(store_id, digest)
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[store_id, digest] = (now + REMEMBERED_SECONDS, known)
        if scope and (known.public or scope not in known.scopes):
            raise InsufficientScope(f"The token lacks the scope '{scope}'")
        if known.public and not public:
            raise InsufficientScope("A public token does not do here")
        return known

    async def _look_up(self, store_id: int, digest: bytes) -> Token:
        access = await self._storage.find_access(store_id, digest)
        if access is None:
            raise StoreNotFound()
        if access.token is None:
            raise InvalidToken()
        if access.store.suspended:
            raise StoreSuspended()
        return access.token


def bearer_token(authorization: str | None) -> str | None:
    """The token of an ``Authorization: Bearer …`` header."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
