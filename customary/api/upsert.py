"""Many customers in one call, each made or changed, whichever it takes."""

from msgspec import Raw, json

from customary.api.call import Call, describe_error
from customary.errors import HttpError
from customary.model.update import NOTHING
from customary.model.upsert import UpsertBody, UpsertCustomerBody, Upserted
from customary.network.message import Answer
from customary.operations import upsert
from customary.rules.dropped import count_dropped
from customary.rules.upsert import UpsertedAnswer, answer_upsert, read_upsert

_body = json.Decoder(UpsertBody)
_item = json.Decoder(UpsertCustomerBody)


async def upsert_customers(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Upsert")
    by, raw_items = read_upsert(body, problems)
    items = [_read_item(call, raw) for raw in raw_items]
    outcomes = await upsert.upsert_customers(
        call.storage, call.store_id, call.origin, by, items, call.services.passwords, call.wants("keep_lists")
    )
    return call.answer(answer_upsert([_answer_item(call, outcome) for outcome in outcomes]))


def _read_item(call: Call, raw: Raw) -> upsert.Item | HttpError:
    try:
        return call.decode_fitting(_item, "Customer", bytes(raw))
    except HttpError as error:
        return error


def _answer_item(call: Call, outcome: Upserted | HttpError) -> UpsertedAnswer:
    if isinstance(outcome, HttpError):
        return UpsertedAnswer(result="failed", error=describe_error(outcome, call.request_id))
    dropped = None if outcome.dropped == NOTHING else count_dropped(outcome.dropped)
    return UpsertedAnswer(id=outcome.id, result="created" if outcome.created else "updated", dropped=dropped)
