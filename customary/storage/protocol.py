"""What operations may ask of a storage, whatever the back end. No SQL, no rules.

A store's writes are serialised: a ``Work`` sees every change that was made before it, and none that is made after.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, TypeVar

from customary.model.change import Change, Deleted, Entity, Kind, Origin
from customary.model.customer import Customer
from customary.model.erasure import Erasure
from customary.model.extrafield import Extrafield
from customary.model.feed import FeedPage
from customary.model.history import CustomerVersion
from customary.model.keyed_request import KeptAnswer, KeyedRequest, KeyedResult
from customary.model.order import Order, PurchasedProduct
from customary.model.search import CustomerSearch, Found, Page, Stretch
from customary.model.store import Access, Group, Store, Token
from customary.model.summary import CustomerSummary, LatestUpdates
from customary.model.ticket import Receipt, Ticket, TicketRequest, TicketResponse

Result = TypeVar("Result")


class Reader(Protocol):
    """Reads of one store. Outside of a transaction each sees all that was committed before it."""

    async def get_store(self, store_id: int) -> Store | None: ...

    async def get_customer(self, store_id: int, customer_id: int) -> Customer | None: ...

    async def get_group(self, store_id: int, group_id: int) -> Group | None: ...

    async def list_extrafields(self, store_id: int) -> tuple[Extrafield, ...]:
        """In the order in which they were made."""

    async def get_erasure(self, store_id: int, customer_id: int) -> Erasure | None:
        """None of a customer that was not erased."""

    async def list_customer_versions(
        self, store_id: int, customer_id: int, before: int | None, limit: int
    ) -> tuple[CustomerVersion, ...]:
        """The customer's changes with ``seq`` lower than ``before``, newest first; all of them from one moment.

        Also of a customer that was deleted; none when it never was.
        """


class Transaction(Reader, Protocol):
    """One unit of work on one store: all of it is stored, or nothing. Every change appends a row to the change log."""

    @property
    def at(self) -> int:
        """When this is, in UNIX seconds: never earlier than any change that the store has already."""

    def new_customer_id(self) -> int:
        """A number that no customer of the store ever had. Raises StorageFull when they are used up."""

    def new_address_id(self) -> int: ...

    def new_contact_id(self) -> int: ...

    def new_group_id(self) -> int: ...

    def new_extrafield_id(self) -> int: ...

    def new_order_number(self) -> int: ...

    async def find_customer(self, email: str) -> Customer | None:
        """By its e-mail, whatever its case."""

    async def find_customer_by_reference(self, reference: str) -> Customer | None:
        """By its external reference id, to the letter."""

    async def add_customer(self, customer: Customer) -> Customer:
        """Raises EmailAlreadyUsed, ReferenceAlreadyUsed. Returns the customer with its version, and with the figures of
        its orders."""

    async def restore_customer(self, customer: Customer) -> Customer:
        """One that was deleted, under its id: its history goes on, and its deletion is not listed any more.

        Otherwise as adding one; the figures are those of its orders, also of those that were moved when it went.
        """

    async def replace_customer(self, before: Customer, after: Customer, kind: Kind = "updated") -> Customer:
        """``before`` is what this transaction read, and its figures stay.

        Returns ``after`` with its version. Raises EmailAlreadyUsed, ReferenceAlreadyUsed.
        """

    async def delete_customer(self, customer: Customer) -> None: ...

    async def list_customer_orders(self, customer_id: int) -> list[Order]:
        """The oldest first."""

    async def find_merged(self, customer_id: int) -> list[int]:
        """The customers that were merged into it, as far as its history goes back."""

    async def erase_customer(self, customer_id: int, traces: Collection[str]) -> Erasure:
        """One that is deleted: its changes lose their states, its orders the person, and kept answers that hold one of
        the texts are forgotten. A change of the kind ``erased`` tells of it.
        """

    async def find_customers(self, search: CustomerSearch, after: int, limit: int) -> list[Customer]:
        """The first that match of those with an id above ``after``, by id; the search's order and page play no part."""

    async def list_group_members(self, group_id: int, limit: int) -> list[Customer]:
        """Some of them, whichever are at hand; none when there are none."""

    async def add_group(self, group: Group) -> None: ...

    async def replace_group(self, before: Group, after: Group) -> None: ...

    async def delete_group(self, group: Group) -> None: ...

    async def list_extrafield_holders(self, key: str, limit: int) -> list[Customer]:
        """Some of the customers that have a value of it; none when there are none."""

    async def add_extrafield(self, extrafield: Extrafield) -> None: ...

    async def replace_extrafield(self, before: Extrafield, after: Extrafield) -> None:
        """The key stays."""

    async def delete_extrafield(self, extrafield: Extrafield) -> None:
        """Values that customers have of it must be gone."""

    async def find_order(self, order: int | str) -> Order | None:
        """By its number, or by its id."""

    async def add_order(self, order: Order) -> None:
        """The figures of its customer follow: they are no change of the customer, nor is an order in the log."""

    async def delete_order(self, order: Order) -> None:
        """As adding one."""

    async def move_orders(self, source_id: int, target: Customer) -> int:
        """How many: all of one who goes to another as it was stored, whose figures follow. When the one comes back
        with ``restore_customer``, its orders come back to it."""

    async def replace_store(self, before: Store, after: Store) -> None: ...

    async def add_receipt(self, receipt: Receipt) -> None:
        """No change of the store's: it is not in the change log."""

    async def add_keyed_result(self, request: KeyedRequest, result: KeyedResult, kept_since: int) -> None:
        """With the request itself, in place of one with its token and key that was created before ``kept_since``.

        No change of the store's. Raises KeyTaken when there is another request with this key since then, or its answer,
        or this result already.
        """

    async def forget_answers(self) -> None:
        """Of all keyed requests of the store: those with results or with an answer that has texts lose them."""


Work = Callable[[Transaction], Awaitable[Result]]


class TicketStorage(Protocol):
    """Batches of requests. What is answered here is durable."""

    async def add(self, ticket: Ticket, requests: tuple[TicketRequest, ...], same_since: int) -> str:
        """The ticket's name; of one with the same token and deduplication key that was made after ``same_since``, its
        name, and nothing is added."""

    async def get(self, store_id: int, ticket: str) -> Ticket | None: ...

    async def list_requests(self, store_id: int, ticket: str) -> tuple[TicketRequest, ...]:
        """In the order of the batch."""

    async def list_responses(self, store_id: int, ticket: str) -> tuple[TicketResponse, ...]:
        """Those that there are so far, in the order of the batch."""

    async def list_statuses(self, store_id: int, ticket: str) -> dict[int, int]:
        """Position → status of the answered ones."""

    async def list_unfinished(self) -> tuple[tuple[int, str], ...]:
        """Store and name of those of all stores that no other server has taken, the oldest first."""

    async def take(self, store_id: int, ticket: str, seconds: float) -> bool:
        """Whether it is this server's for so long. Only then its answers, receipts and end are stored here."""

    async def hold(self, store_id: int, ticket: str, seconds: float) -> bool:
        """Whether it is still this server's, and for so long from now on."""

    async def give_back(self, store_id: int, ticket: str) -> None:
        """Another server may take it at once."""

    async def list_begun(self, store_id: int, ticket: str) -> tuple[int, ...]:
        """The positions of those that have written something and have no answer, in order."""

    async def list_receipts(self, store_id: int, ticket: str, position: int) -> tuple[Receipt, ...]:
        """What a request has written already, in order."""

    async def add_response(self, store_id: int, ticket: str, position: int, status: int, body: bytes) -> None:
        """The request's receipts go. Does nothing when it has an answer, or the ticket is not this server's."""

    async def finish(self, store_id: int, ticket: str, at: int) -> None:
        """What was asked is forgotten, and what was answered stays."""

    async def remove_old(self, finished_before: int) -> int:
        """How many there were."""


class KeyedRequestStorage(Protocol):
    """Requests that their clients named. What they write is added in its transaction."""

    async def find(self, store_id: int, token_id: int, key: str) -> KeyedRequest | None: ...

    async def keep_answer(self, store_id: int, request: KeyedRequest, answer: KeptAnswer, kept_since: int) -> None:
        """In place of its results; with the request itself, where it is not there. Does nothing when it is forgotten,
        has an answer, or is another one; one that was created before ``kept_since`` makes room."""

    async def remove_old(self, created_before: int) -> int:
        """How many there were."""


class Storage(Reader, Protocol):
    """One database. Opened with the storage package's ``open_storage``."""

    async def write(self, store_id: int, origin: Origin, work: Work[Result], *, heavy: bool = False) -> Result:
        """Runs ``work`` in a transaction and returns its result after the commit is durable.

        ``work`` may be run more than once, each time from the start: it does nothing outside of its transaction.
        What ``work`` raises is raised here and leaves nothing behind; works of other callers are not touched.
        One that changes very many rows is ``heavy``: it has its transaction for itself and may run in another thread,
        so that reads are answered meanwhile. Other writes may have to wait until it is done.
        Raises StoreNotFound, StorageFull, StorageFailed.
        """

    async def search_customers(self, store_id: int, search: CustomerSearch) -> Found: ...

    async def list_customers(
        self, store_id: int, search: CustomerSearch, after: int, limit: int, most_read: int
    ) -> Stretch[Customer]:
        """As ``Transaction.find_customers``, but no more than ``most_read`` customers are looked at, so that it costs
        the same wherever it begins and however few match."""

    async def find_customer_ids(self, store_id: int, search: CustomerSearch) -> tuple[int, ...]:
        """Of all that match, in the search's order; its offset and limit play no part."""

    async def summarize_customers(self, store_id: int, most_addresses: int) -> CustomerSummary: ...

    async def list_customer_countries(self, store_id: int) -> tuple[str, ...]:
        """The country codes of all addresses, saved ones and billing, each once."""

    async def get_latest_updates(self, store_id: int) -> LatestUpdates | None:
        """None when there is no such store."""

    async def list_deleted_customers(
        self, store_id: int, since: int | None, until: int | None, offset: int, limit: int
    ) -> Page[Deleted]: ...

    async def list_groups(self, store_id: int) -> tuple[Group, ...]:
        """All stored groups by id; General is not among them."""

    async def list_changes(self, store_id: int, after: int, limit: int) -> tuple[Change, ...]:
        """Changes with ``seq`` greater than ``after``, in commit order."""

    async def read_feed(self, store_id: int, after: int, limit: int) -> FeedPage:
        """Changes with ``seq`` greater than ``after``, each with the state that it made if that is still there.

        Changes, states and ``last`` are of one moment.
        """

    async def wait_for_change(self, store_id: int, after: int, seconds: float) -> bool:
        """Until the store has a change with ``seq`` greater than ``after``, which is True, or the time is over."""

    async def list_entity_changes(
        self, store_id: int, entity: Entity, entity_id: int, before: int | None, limit: int
    ) -> tuple[Change, ...]:
        """One entity's changes with ``seq`` lower than ``before``, newest first."""

    async def prune_history(self, before: int, most: int) -> int:
        """Forgets what was replaced before that time: states, and changes that later ones replaced.

        The newest change of everything and deletions stay, without the state before. Looks at ``most`` changes at
        once; how many it were, 0 when nothing is left to do.
        """

    async def list_unpurged(self) -> tuple[tuple[int, int], ...]:
        """Store and id of erased customers of whom there may be traces in the storage's files."""

    async def purge(self, erased: Collection[tuple[int, int]], traces: Collection[str] | None, at: int) -> None:
        """Takes the last traces of erased customers (store and id) out of the storage's files, and notes the time.

        ``traces`` are texts by which they are found; None where they are not known any more: then much more is
        written anew. May take long; others get their turn. Raises ServiceUnavailable: it has to be tried again.
        """

    async def list_orders(
        self, store_id: int, email: str | None, customer_id: int | None, offset: int, limit: int
    ) -> Page[Order]:
        """The newest first; the e-mail is the one that the order came with, whatever its case."""

    async def list_purchased_products(self, store_id: int) -> tuple[PurchasedProduct, ...]:
        """Products in orders that count, of customers that are there, each once."""

    async def find_access(self, store_id: int, digest: bytes) -> Access | None:
        """None where there is no such store."""

    async def add_store(self, store: Store) -> None:
        """Raises StoreExists."""

    async def list_stores(self) -> tuple[Store, ...]: ...

    async def set_suspended(self, store_id: int, suspended: bool) -> None:
        """Raises StoreNotFound."""

    async def add_token(self, token: Token) -> Token:
        """``token.id`` is ignored: the answer has its own. Raises StoreNotFound."""

    async def list_tokens(self, store_id: int | None) -> tuple[Token, ...]:
        """Revoked ones too, in the order they were made."""

    async def revoke_token(self, token_id: int, at: int) -> bool:
        """False when there is no such token or it is revoked already."""

    @property
    def tickets(self) -> TicketStorage: ...

    @property
    def keyed_requests(self) -> KeyedRequestStorage: ...

    @property
    def ready(self) -> bool:
        """False once the storage failed for good."""

    async def close(self) -> None:
        """Stores what waits and takes nothing more. Again does nothing."""
