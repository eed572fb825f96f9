"""Batches: many requests in one, carried out after the answer."""

from uuid import uuid4

from msgspec import json

from customary.api.call import Call
from customary.errors import WrongParameter
from customary.model.ticket import Ticket
from customary.network.message import Answer
from customary.operations import batches
from customary.rules.batch import BatchRequestBody, answer_batch, read_batch
from customary.rules.idempotency import read_key
from customary.rules.parameters import boolean_parameter, text_parameter

_body = json.Decoder(tuple[BatchRequestBody, ...])


async def create_batch(call: Call) -> Answer:
    query = call.query
    stop = boolean_parameter(query, "stopOnFirstFailure")
    parallel = boolean_parameter(query, "allowParallelMode")
    key, same_seconds = text_parameter(query, "deduplicationKey"), batches.SAME_KEY_SECONDS
    if key is None and (header := call.header("idempotency-key")) is not None:  # it writes no other way
        key, same_seconds = f"Idempotency-Key: {read_key(header)}", batches.KEPT_SECONDS
    requests = read_batch(call.decode(_body, "Batch"), call.store_id)
    if call.token is None:
        raise WrongParameter("A batch needs a token")
    ticket = Ticket(
        store_id=call.store_id,
        ticket=str(uuid4()),
        token_id=call.token.id,
        token_digest=call.token.digest,
        deduplication_key=key,
        stop_on_first_failure=stop is not False,
        parallel=parallel or False,
        total=len(requests),
        created=call.origin.at,
    )
    name = await batches.create_batch(call.storage, ticket, requests, same_seconds)
    if name == ticket.ticket:
        call.services.new_tickets.put_nowait((call.store_id, name))
    return call.answer({"ticket": name})


async def get_batch(call: Call) -> Answer:
    query = call.query
    name = text_parameter(query, "ticket")
    if name is None:
        raise WrongParameter("Wrong parameter 'ticket' value: expected the ticket of a batch")
    escaped = boolean_parameter(query, "escapedJson") or False
    ticket, responses, ids = await batches.read_batch(call.storage, call.store_id, name)
    return call.answer(answer_batch(ticket, responses, ids, escaped))
