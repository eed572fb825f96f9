"""Countries and states: the same for every store, and no secret."""

from customary.api.call import Call
from customary.errors import StoreSuspended
from customary.network.message import Answer
from customary.operations.profiles import read_store
from customary.rules.parameters import boolean_parameter
from customary.rules.places import answer_countries, answer_states


async def list_countries(call: Call) -> Answer:
    await _check_store(call)
    return call.answer(answer_countries(boolean_parameter(call.query, "withStates") or False))


async def list_states(call: Call) -> Answer:
    await _check_store(call)
    return call.answer(answer_states(call.query.get("countryCode")))


async def _check_store(call: Call) -> None:
    """What the check of a token does where there is one. Raises StoreNotFound, StoreSuspended."""
    store = await read_store(call.storage, call.store_id)
    if store.suspended:
        raise StoreSuspended()
