"""What every storage does, whatever the back end: one class that runs on each of them."""

import asyncio
from itertools import pairwise

import pytest
from msgspec import json
from msgspec.structs import replace

from customary.errors import CustomerNotFound, EmailAlreadyUsed, StoreExists, StoreNotFound
from customary.model.change import Change, Deleted
from customary.model.customer import Customer, Person
from customary.model.search import CustomerSearch
from customary.model.store import Access, Group, Store
from customary.storage import open_storage
from customary.storage.protocol import Storage, Transaction
from tests.storage.records import (
    EVERYTHING,
    NOON,
    ORIGIN,
    OTHER,
    STORE,
    add_customer,
    add_customers,
    add_group,
    after_adding_raise,
    blank,
    change_customer,
    count_customers,
    delete_customer,
    deleted,
    described,
    everything,
    find_token,
    found,
    origin,
    read_customer,
    token,
)


@pytest.mark.usefixtures("stores")
class TestStorage:
    async def test_what_is_not_there(self, storage: Storage) -> None:
        for store_id in (STORE, 9):
            assert await storage.get_customer(store_id, 1) is None
            assert await storage.get_group(store_id, 1) is None
            assert await storage.list_groups(store_id) == ()
            assert await count_customers(storage, store_id) == 0
            assert await found(storage, store_id) == (0, [])
            assert await storage.list_changes(store_id, 0, 10) == ()
            assert await storage.list_entity_changes(store_id, "customer", 1, None, 10) == ()
            assert (await storage.list_deleted_customers(store_id, None, None, 0, 10)).total == 0
            assert await find_token(storage, store_id, b"x") is None
        assert await storage.get_store(9) is None
        assert await storage.find_access(9, b"x") is None
        assert await storage.list_tokens(None) == ()

    async def test_every_field_reads_back(self, storage: Storage, url: str) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        stored = await add_customer(storage, STORE, "Zoë@Exämple.com", customer_group_id=group.id, **EVERYTHING)
        assert {
            name for name in Customer.__struct_fields__ if not getattr(stored, name) and name != "accept_marketing"
        } == {"tax_id_valid", "stats"}  # which orders make
        await storage.close()
        again = await open_storage(url)
        assert await again.get_customer(STORE, stored.id) == stored
        assert (await again.search_customers(STORE, CustomerSearch())).items == (stored,)
        assert await again.write(STORE, ORIGIN, lambda t: t.get_customer(STORE, stored.id)) == stored
        assert await again.get_group(STORE, group.id) == group
        assert await again.get_store(STORE) == Store(id=STORE, name=f"Store {STORE}", created=NOON)
        await again.close()

    async def test_a_work_answers_and_sees_what_was_done_before_it(self, storage: Storage) -> None:
        async def work(transaction: Transaction) -> list[str]:
            first = await transaction.add_customer(blank(transaction, "a@example.com"))
            await transaction.replace_customer(first, replace(first, tax_id="2"))
            seen = await read_customer(transaction, STORE, first.id)
            return [seen.email, seen.tax_id]

        assert await storage.write(STORE, ORIGIN, work) == ["a@example.com", "2"]
        both = await asyncio.gather(
            change_customer(storage, STORE, 1, tax_id="3"),
            storage.write(STORE, ORIGIN, lambda t: t.get_customer(STORE, 1)),
        )
        assert both[1] == both[0]

    async def test_a_work_that_raises_leaves_nothing_behind(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        kept = await add_customer(storage, STORE, "a@example.com")
        before = await everything(storage)

        async def work(transaction: Transaction) -> None:
            await transaction.replace_customer(kept, replace(kept, email="b@example.com", customer_group_id=group.id))
            await transaction.add_customer(blank(transaction, "a@example.com"))
            await transaction.replace_group(group, replace(group, name="Retail"))
            store = await transaction.get_store(STORE)
            assert store is not None
            await transaction.replace_store(store, replace(store, name="Other name"))
            await transaction.delete_customer(kept)
            await transaction.delete_group(group)
            raise CustomerNotFound("nothing is here")

        with pytest.raises(CustomerNotFound, match="nothing is here"):
            await storage.write(STORE, ORIGIN, work)
        assert await everything(storage) == before
        assert (await change_customer(storage, STORE, kept.id, tax_id="1")).version == 3

    async def test_works_that_fail_do_not_touch_those_beside_them(self, storage: Storage) -> None:
        """All wait together, so that they are committed together."""
        emails = [f"{number if number % 3 else 'same'}@example.com" for number in range(60)]
        answers = await asyncio.gather(
            *(add_customer(storage, STORE, email) for email in emails),
            *(change_customer(storage, STORE, 999) for _ in range(10)),
            storage.write(STORE, ORIGIN, after_adding_raise),
            return_exceptions=True,
        )
        kinds = [type(answer) for answer in answers]
        assert (kinds.count(Customer), kinds.count(EmailAlreadyUsed), kinds.count(CustomerNotFound)) == (41, 19, 10)
        assert kinds[-1] is ZeroDivisionError
        assert await count_customers(storage, STORE) == 41
        assert await found(storage, limit=1, sort_by="EMAIL_DESC") == (41, ["same@example.com"])
        assert [change.seq for change in await storage.list_changes(STORE, 0, 100)] == list(range(1, 42))

    async def test_a_work_may_go_on_after_an_e_mail_was_taken(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])

        async def work(transaction: Transaction) -> Customer:
            customer = await read_customer(transaction, STORE, 2)
            with pytest.raises(EmailAlreadyUsed):
                await transaction.replace_customer(customer, replace(customer, email="a@example.com"))
            with pytest.raises(EmailAlreadyUsed):
                await transaction.add_customer(blank(transaction, "a@example.com"))
            return await transaction.replace_customer(customer, replace(customer, tax_id="2"))

        stored = await storage.write(STORE, ORIGIN, work)
        assert (stored.email, stored.tax_id, stored.version) == ("b@example.com", "2", 3)
        assert await storage.get_customer(STORE, 2) == stored
        assert await count_customers(storage, STORE) == 2

    async def test_ids_are_never_used_again(self, storage: Storage, url: str) -> None:
        async def take_and_delete(transaction: Transaction) -> list[int]:
            customer = await transaction.add_customer(blank(transaction, "a@example.com"))
            group = Group(id=transaction.new_group_id(), name="Short-lived")
            await transaction.add_group(group)
            await transaction.delete_customer(customer)
            await transaction.delete_group(group)
            return [customer.id, group.id, transaction.new_address_id(), transaction.new_contact_id()]

        taken = [await storage.write(STORE, ORIGIN, take_and_delete) for _ in range(3)]
        await storage.close()
        again = await open_storage(url)
        taken += [await again.write(STORE, ORIGIN, take_and_delete) for _ in range(3)]
        await again.close()
        for ids in zip(*taken, strict=True):
            assert all(0 < before < after < 2**31 for before, after in pairwise(ids))

    async def test_every_store_counts_its_changes(self, storage: Storage) -> None:
        """Without a gap, in the order of commits, and each change makes the version of what it changed."""
        writes = [
            add_customer(storage, STORE if number % 3 else OTHER, f"{number}@example.com") for number in range(90)
        ]
        stored = await asyncio.gather(*writes)
        for store_id, expected in ((STORE, 60), (OTHER, 30)):
            changes = await storage.list_changes(store_id, 0, 1000)
            assert [change.seq for change in changes] == list(range(1, expected + 1))
            assert [change.entity_id for change in changes] == sorted(change.entity_id for change in changes)
            versions = {change.entity_id: change.seq for change in changes}
            mine = [customer for number, customer in enumerate(stored) if (STORE if number % 3 else OTHER) == store_id]
            assert {customer.id: customer.version for customer in mine} == versions
        assert [change.seq for change in await storage.list_changes(STORE, 58, 1)] == [59]
        assert await storage.list_changes(STORE, 60, 10) == ()

    async def test_a_change_tells_who_when_and_what_was_before(self, storage: Storage) -> None:
        first = await add_customer(storage, STORE, "a@example.com", origin("r1"), **EVERYTHING)
        await change_customer(storage, STORE, first.id, origin("r2", NOON + 5), tax_id="new")
        created, updated = await storage.list_changes(STORE, 0, 10)
        assert created == Change(
            seq=1, entity="customer", entity_id=first.id, kind="created", at=NOON, token_id=7, request_id="r1",
            previous=0, before=None,
        )  # fmt: skip
        assert updated.before is not None
        assert json.decode(updated.before, type=Customer) == first
        assert replace(updated, before=None) == replace(
            created, seq=2, kind="updated", at=NOON + 5, request_id="r2", previous=1
        )

    async def test_time_never_goes_back(self, storage: Storage) -> None:
        await add_customer(storage, STORE, "a@example.com", origin("r1", NOON))
        late = await change_customer(storage, STORE, 1, origin("r2", NOON - 100))
        await delete_customer(storage, STORE, 1, origin("r3", NOON + 1))
        assert late.updated == NOON
        assert [change.at for change in await storage.list_changes(STORE, 0, 10)] == [NOON, NOON, NOON + 1]

    async def test_the_changes_of_one_customer(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["a@example.com", "b@example.com"])  # seq 1 and 2
        await add_customer(storage, OTHER, "a@example.com")
        for _ in range(3):
            await change_customer(storage, STORE, 1)  # 3, 5, 7
            await change_customer(storage, STORE, 2)  # 4, 6, 8
        await delete_customer(storage, STORE, 1)  # 9

        async def seqs(before: int | None, limit: int = 100, customer_id: int = 1) -> list[int]:
            changes = await storage.list_entity_changes(STORE, "customer", customer_id, before, limit)
            return [change.seq for change in changes]

        assert await seqs(None) == [9, 7, 5, 3, 1]
        assert await seqs(None, customer_id=2) == [8, 6, 4, 2]
        assert await seqs(None, limit=2) == [9, 7]
        assert await seqs(7) == [5, 3, 1]
        assert await seqs(7, limit=1) == [5]
        assert await seqs(8) == [7, 5, 3, 1]  # the other one's change
        assert await seqs(100) == [9, 7, 5, 3, 1]
        assert await seqs(1) == []
        assert await seqs(0) == []
        assert len(await storage.list_entity_changes(OTHER, "customer", 1, None, 10)) == 1
        assert await storage.list_entity_changes(OTHER, "customer", 2, None, 10) == ()

    async def test_the_changes_of_a_group_and_of_a_store(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        store = await storage.get_store(STORE)
        assert store is not None
        for name in ("Retail", "Friends"):
            changed = replace(group, name=name, external_reference_id="x")
            await storage.write(STORE, ORIGIN, lambda t, a=group, b=changed: t.replace_group(a, b))
            renamed = replace(store, name=name, languages=("it", "en"), default_language="it", url="u", timezone="t")
            await storage.write(STORE, ORIGIN, lambda t, a=store, b=renamed: t.replace_store(a, b))
            group, store = changed, renamed
        assert await storage.list_groups(STORE) == (group,)
        assert await storage.get_store(STORE) == store
        await storage.write(STORE, ORIGIN, lambda transaction: transaction.delete_group(group))
        of_group = await storage.list_entity_changes(STORE, "group", group.id, None, 10)
        of_store = await storage.list_entity_changes(STORE, "store", STORE, None, 10)
        assert described(of_group) == [
            "6 group 1 deleted",
            "4 group 1 updated",
            "2 group 1 updated",
            "1 group 1 created",
        ]
        assert described(of_store) == [f"5 store {STORE} updated", f"3 store {STORE} updated"]
        assert [json.decode(change.before or b"", type=Group).name for change in of_group[:2]] == ["Friends", "Retail"]
        assert json.decode(of_store[0].before or b"", type=Store).name == "Retail"
        assert await storage.list_entity_changes(OTHER, "store", OTHER, None, 10) == ()

    async def test_an_e_mail_is_there_once_in_a_store(self, storage: Storage) -> None:
        await add_customers(storage, STORE, ["Jo@Example.com", "zoë@exämple.com"])
        await add_customers(storage, OTHER, ["jo@example.com"])
        for email in ("jo@example.com", "ZOË@EXÄMPLE.COM", "zoë@xn--exmple-cua.com"):
            with pytest.raises(EmailAlreadyUsed, match=f"Customer with email {email} already exists"):
                await add_customer(storage, STORE, email)
        with pytest.raises(EmailAlreadyUsed):
            await change_customer(storage, STORE, 2, email="JO@EXAMPLE.COM")
        await change_customer(storage, STORE, 1, email="JO@example.com")  # its own
        await change_customer(storage, STORE, 1, email="free@example.com")
        await change_customer(storage, STORE, 2, email="jo@example.com")
        await delete_customer(storage, STORE, 1)
        await add_customer(storage, STORE, "free@example.com")
        assert await found(storage, sort_by="EMAIL_ASC") == (2, ["free@example.com", "jo@example.com"])

    async def test_stores_are_apart(self, storage: Storage) -> None:
        await storage.add_token(token(STORE, b"digest"))
        await add_group(storage, STORE, "Wholesale")
        mine = await add_customer(storage, STORE, "mine@example.com", customer_group_id=1)
        other_before = await everything(storage, OTHER)
        for customer_id in (mine.id, mine.id + 2**32, mine.id - 2**32, 10**18, -1, 0):
            for _ in range(2):
                assert await storage.get_customer(OTHER, customer_id) is None
                assert await storage.write(OTHER, ORIGIN, lambda t, i=customer_id: t.get_customer(OTHER, i)) is None
        shifted = mine.id + (STORE - OTHER) * 2**32
        assert await storage.get_customer(OTHER, shifted) is None
        assert await find_token(storage, OTHER, b"digest") is None
        assert await storage.get_group(OTHER, 1) is None
        assert await storage.write(OTHER, ORIGIN, lambda transaction: transaction.list_group_members(1, 9)) == []
        assert await found(storage, OTHER, keyword="mine") == (0, [])
        await delete_customer(storage, STORE, mine.id)
        assert (await storage.list_deleted_customers(OTHER, None, None, 0, 10)).total == 0
        assert await everything(storage, OTHER) == other_before

    async def test_the_deleted_list(self, storage: Storage) -> None:
        await add_customers(storage, STORE, [f"{number}@example.com" for number in range(6)])
        for customer_id, at in ((3, 10), (1, 20), (5, 20), (2, 30), (6, 40)):
            await delete_customer(storage, STORE, customer_id, origin("r", NOON + at))
        page = await storage.list_deleted_customers(STORE, None, None, 0, 1)
        assert page.items == (Deleted(id=3, date=NOON + 10),)
        assert await deleted(storage) == (5, [3, 1, 5, 2, 6])
        assert await deleted(storage, since=NOON + 20) == (4, [1, 5, 2, 6])
        assert await deleted(storage, until=NOON + 20) == (3, [3, 1, 5])
        assert await deleted(storage, since=NOON + 20, until=NOON + 30) == (3, [1, 5, 2])
        assert await deleted(storage, since=NOON + 31, until=NOON + 39) == (0, [])
        assert await deleted(storage, offset=1, limit=2) == (5, [1, 5])
        assert await deleted(storage, since=NOON + 20, offset=3, limit=2) == (4, [6])
        assert await deleted(storage, offset=5) == (5, [])

    async def test_a_search_counts_all_and_answers_a_page(self, storage: Storage) -> None:
        emails = [f"{number:02}@example.com" for number in range(25)]
        for number, email in enumerate(emails):
            person = Person(name="Odd" if number % 2 else "even", city="Łódź")
            await add_customer(storage, STORE, email, billing_person=person, tax_exempt=number < 10)
        assert await found(storage, limit=2) == (25, ["00@example.com", "02@example.com"])
        assert await found(storage, limit=2, sort_by="NAME_DESC") == (25, ["23@example.com", "21@example.com"])
        assert await found(storage, offset=23) == (25, ["21@example.com", "23@example.com"])
        assert await found(storage, offset=25) == (25, [])
        assert await found(storage, name="ODD", limit=1) == (12, ["01@example.com"])
        assert await found(storage, name="odd", tax_exempt=True, city="łÓD", limit=1, offset=4) == (
            5,
            ["09@example.com"],
        )
        assert await found(storage, email="07@example.com", use_exact_email_match=True) == (1, ["07@example.com"])
        assert await found(storage, keyword="nobody") == (0, [])

    async def test_a_search_sees_every_write_that_was_answered(self, storage: Storage) -> None:
        for number in range(30):
            await add_customer(storage, STORE, f"{number}@example.com", tax_id=str(number))
            assert (await found(storage, limit=1))[0] == number + 1
            await change_customer(storage, STORE, 1, billing_person=Person(name=f"N{number}"))
            assert await found(storage, name=f"n{number}") == (1, ["0@example.com"])

    async def test_tokens(self, storage: Storage) -> None:
        scopes = frozenset({"update_customers", "read_customers"})
        first = await storage.add_token(token(STORE, b"1" * 32, scopes=scopes, label="CRM"))
        second = await storage.add_token(token(OTHER, b"1" * 32, public=True, id=first.id, scopes=frozenset()))
        assert first == token(STORE, b"1" * 32, scopes=scopes, label="CRM", id=first.id)
        assert 0 < first.id < second.id
        store = await storage.get_store(STORE)
        assert store is not None
        assert await storage.find_access(STORE, b"1" * 32) == Access(store=store, token=first)
        assert await find_token(storage, OTHER, b"1" * 32) == second
        assert await find_token(storage, STORE, b"2" * 32) is None
        assert await storage.list_tokens(None) == (first, second)
        assert await storage.list_tokens(OTHER) == (second,)
        assert [await storage.revoke_token(id_, NOON + 9) for id_ in (first.id, first.id, 99)] == [True, False, False]
        assert await find_token(storage, STORE, b"1" * 32) is None
        assert await storage.list_tokens(STORE) == (replace(first, revoked=NOON + 9),)
        with pytest.raises(StoreNotFound):
            await storage.add_token(token(9, b"3"))

    async def test_stores(self, storage: Storage) -> None:
        full = Store(
            id=2**31 - 1, name="Ñ", url="https://n.example.com", timezone="Europe/Rome", languages=("it", "pt_BR"),
            default_language="pt_BR", created=NOON,
        )  # fmt: skip
        await storage.add_store(full)
        with pytest.raises(StoreExists, match=f"Store {STORE} exists already"):
            await storage.add_store(Store(id=STORE, name="again", created=0))
        assert [store.id for store in await storage.list_stores()] == [STORE, OTHER, full.id]
        assert await storage.get_store(full.id) == full
        for suspended in (True, True, False):
            await storage.set_suspended(full.id, suspended)
            assert await storage.get_store(full.id) == replace(full, suspended=suspended)
        with pytest.raises(StoreNotFound):
            await storage.set_suspended(9, True)
        with pytest.raises(StoreNotFound):
            await add_customer(storage, 9, "a@example.com")
        customer = await add_customer(storage, full.id, "a@example.com")
        assert await storage.get_customer(full.id, customer.id) == customer
        assert await found(storage, full.id) == (1, ["a@example.com"])

    async def test_members_of_a_group(self, storage: Storage) -> None:
        group = await add_group(storage, STORE, "Wholesale")
        await add_customers(storage, STORE, ["a@example.com", "b@example.com", "c@example.com"])
        for customer_id in (3, 1):
            await change_customer(storage, STORE, customer_id, customer_group_id=group.id)
        members = await storage.write(STORE, ORIGIN, lambda transaction: transaction.list_group_members(group.id, 9))
        assert {member.id for member in members} == {1, 3}
        assert await found(storage, customer_group_ids=(group.id,)) == (2, ["a@example.com", "c@example.com"])
        await delete_customer(storage, STORE, 3)
        assert await found(storage, customer_group_ids=(group.id,)) == (1, ["a@example.com"])
        assert await found(storage, customer_group_ids=(0, group.id)) == (2, ["a@example.com", "b@example.com"])
        assert await found(storage, customer_group_ids=(0,)) == (1, ["b@example.com"])
