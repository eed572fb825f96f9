"""What an update would do, as it is answered: nothing of it is stored."""

from collections.abc import Sequence

from msgspec import Struct

from customary.errors import HttpError
from customary.model.customer import Customer
from customary.rules.answers import ErrorAnswer
from customary.rules.dropped import DroppedAnswer, count_dropped, find_dropped
from customary.rules.history import FieldChange, compare_customers


class RefusalAnswer(ErrorAnswer, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An error that the update would be answered with, and its status."""

    status: int


class PreviewAnswer(Struct, frozen=True, kw_only=True):
    """``changes`` are those that the history would tell of; ``errors`` in the order in which the update meets them."""

    changes: tuple[FieldChange, ...]
    dropped: DroppedAnswer
    errors: tuple[RefusalAnswer, ...]


class ProvisionalIds:
    """Ids of elements that are never stored: -1, -2 and so on, which no stored one has."""

    def __init__(self) -> None:
        self._address_id = 0
        self._contact_id = 0

    def new_address_id(self) -> int:
        self._address_id -= 1
        return self._address_id

    def new_contact_id(self) -> int:
        self._contact_id -= 1
        return self._contact_id


def answer_preview(before: Customer, after: Customer, errors: Sequence[HttpError]) -> PreviewAnswer:
    return PreviewAnswer(
        changes=compare_customers(before, after),
        dropped=count_dropped(find_dropped(before, after)),
        errors=tuple(_answer_refusal(error) for error in errors),
    )


def _answer_refusal(error: HttpError) -> RefusalAnswer:
    return RefusalAnswer(
        status=error.status, error_code=error.code, error_message=error.message, args=dict(error.details)
    )
