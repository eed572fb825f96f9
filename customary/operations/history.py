"""The history of a customer: its changes, newest first, and what it was at any of them."""

from msgspec import json

from customary.errors import ChangeNotFound, CustomerErased, CustomerNotFound
from customary.model.customer import Customer
from customary.model.history import CustomerVersion
from customary.model.store import GENERAL, Group, Token
from customary.storage.protocol import Reader, Storage


async def list_versions(
    reader: Reader, store_id: int, customer_id: int, before: int | None, limit: int
) -> tuple[CustomerVersion, ...]:
    """Those below ``before``, newest first. Raises CustomerNotFound for one that never was."""
    versions = await reader.list_customer_versions(store_id, customer_id, before, limit)
    if not versions:
        await _check_known(reader, store_id, customer_id)
    return versions


async def read_version(reader: Reader, store_id: int, customer_id: int, seq: int) -> CustomerVersion:
    """Raises CustomerNotFound, ChangeNotFound."""
    versions = await list_versions(reader, store_id, customer_id, seq + 1, 1)
    if not versions or versions[0].change.seq != seq:
        raise ChangeNotFound(f"Customer #{customer_id} has no change {seq}")
    return versions[0]


async def read_customer_then(reader: Reader, store_id: int, customer_id: int, seq: int) -> Customer:
    """As it was right after the change. Raises CustomerNotFound, also where the change was its deletion,
    ChangeNotFound."""
    version = await read_version(reader, store_id, customer_id, seq)
    if version.after is not None:
        return version.after
    if await reader.get_erasure(store_id, customer_id) is not None:
        raise CustomerErased(f"Customer #{customer_id} was erased")
    if version.change.kind == "deleted":
        last = f", before which change {version.change.previous} was its last one" if version.change.previous else ""
        raise CustomerNotFound(f"Customer #{customer_id} was deleted with change {seq}{last}")
    raise ChangeNotFound(f"What customer #{customer_id} was after change {seq} is not kept any more")


async def tokens_by_id(storage: Storage, store_id: int) -> dict[int, Token]:
    """Revoked ones too."""
    return {token.id: token for token in await storage.list_tokens(store_id)}


async def group_name_then(storage: Storage, store_id: int, group_id: int) -> str:
    """The group's name; of one that is gone, its last."""
    if group_id == GENERAL.id:
        return GENERAL.name
    group = await storage.get_group(store_id, group_id)
    if group is None:
        for change in await storage.list_entity_changes(store_id, "group", group_id, None, 1):
            group = json.decode(change.before, type=Group) if change.before else None
    return group.name if group else ""


async def _check_known(reader: Reader, store_id: int, customer_id: int) -> None:
    known = await reader.list_customer_versions(store_id, customer_id, None, 1)
    if not known and await reader.get_customer(store_id, customer_id) is None:
        raise CustomerNotFound(f"Customer #{customer_id} not found")
