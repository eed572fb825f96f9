"""Customer groups. General (id 0) is always there and can be neither changed nor deleted."""

from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from customary.errors import GroupNotFound, WrongParameter
from customary.model.body import GroupBody
from customary.model.change import Origin
from customary.model.customer import Customer
from customary.model.keys import search_key
from customary.model.search import Page
from customary.model.store import GENERAL, Group
from customary.rules.conditions import NO_CONDITIONS, Conditions, check_version, group_version
from customary.rules.problems import Problems, refusal, take_text
from customary.storage.protocol import Reader, Storage, Transaction

ROOT = "CustomerMembership"
PAGE = 500
"""Members that are held in memory at a time."""


async def list_groups(
    storage: Storage, store_id: int, keyword: str | None, ids: tuple[int, ...] | None, offset: int, limit: int
) -> Page[Group]:
    """General first, the others by id."""
    groups = (GENERAL, *await storage.list_groups(store_id))
    if keyword is not None:
        groups = tuple(group for group in groups if search_key(keyword) in search_key(group.name))
    if ids is not None:
        groups = tuple(group for group in groups if group.id in ids)
    return Page(total=len(groups), items=groups[offset : offset + limit])


async def group_names(storage: Storage, store_id: int, customers: Iterable[Customer]) -> dict[int, str]:
    """The names of the groups that these customers are in, by id; more may be there."""
    ids = {customer.customer_group_id for customer in customers} - {GENERAL.id}
    if len(ids) <= 1:
        groups = [await storage.get_group(store_id, group_id) for group_id in ids]
    else:
        groups = list(await storage.list_groups(store_id))
    return {group.id: group.name for group in (GENERAL, *groups) if group}


async def read_group(reader: Reader, store_id: int, group_id: int) -> Group:
    """Raises GroupNotFound."""
    group = GENERAL if group_id == GENERAL.id else await reader.get_group(store_id, group_id)
    if group is None:
        raise GroupNotFound(f"Customer group #{group_id} not found")
    return group


async def create_group(
    storage: Storage, store_id: int, origin: Origin, body: GroupBody, problems: Problems | None = None
) -> int:
    """The new group's id. Raises InvalidBody, with ``problems`` that were found in the body before."""
    absent = {f"{ROOT}.name": "is absent"} if body.name is UNSET else {}
    changed = _apply(Group(id=0, name=""), body, absent | (problems or {}))

    async def work(transaction: Transaction) -> int:
        group = replace(changed, id=transaction.new_group_id())
        await transaction.add_group(group)
        return group.id

    return await storage.write(store_id, origin, work)


async def update_group(
    storage: Storage,
    store_id: int,
    origin: Origin,
    group_id: int,
    body: GroupBody,
    problems: Problems | None = None,
    conditions: Conditions = NO_CONDITIONS,
) -> None:
    """Raises GroupNotFound, PreconditionFailed, InvalidBody (with ``problems`` too), WrongParameter for General."""
    _refuse_general(group_id)

    async def work(transaction: Transaction) -> None:
        group = await read_group(transaction, store_id, group_id)
        check_version(conditions, group_version(group))
        await transaction.replace_group(group, _apply(group, body, problems))

    await storage.write(store_id, origin, work)


async def delete_group(
    storage: Storage, store_id: int, origin: Origin, group_id: int, conditions: Conditions = NO_CONDITIONS
) -> None:
    """Its members move to General, which is a change of each.

    Raises GroupNotFound, PreconditionFailed, WrongParameter for General.
    """
    _refuse_general(group_id)

    async def work(transaction: Transaction) -> None:
        group = await read_group(transaction, store_id, group_id)
        check_version(conditions, group_version(group))
        while members := await transaction.list_group_members(group_id, PAGE):
            for member in members:
                moved = replace(member, customer_group_id=GENERAL.id, updated=transaction.at)
                await transaction.replace_customer(member, moved)
        await transaction.delete_group(group)

    await storage.write(store_id, origin, work, heavy=True)


def _apply(group: Group, body: GroupBody, problems: Problems | None) -> Group:
    """``problems`` are those that were found in the body before."""
    found = dict(problems or ())
    if body.name is not UNSET:
        group = replace(group, name=take_text(body.name, f"{ROOT}.name", found))
        if not group.name:
            found.setdefault(f"{ROOT}.name", "must not be empty")
    if body.external_reference_id is not UNSET:
        reference = take_text(body.external_reference_id, f"{ROOT}.externalReferenceId", found)
        group = replace(group, external_reference_id=reference)
    if found:
        raise refusal(found, GroupBody)
    return group


def _refuse_general(group_id: int) -> None:
    if group_id == GENERAL.id:
        raise WrongParameter("Customer group #0 is always there: it can be neither changed nor deleted")
