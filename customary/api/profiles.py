"""The store's profile."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import ProfileBody
from customary.network.message import Answer
from customary.operations import profiles
from customary.rules.answers import answer_profile

_body = json.Decoder(ProfileBody)


async def get_profile(call: Call) -> Answer:
    return call.answer(answer_profile(await profiles.read_store(call.storage, call.store_id)))


async def update_profile(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, "Profile")
    await profiles.update_profile(call.storage, call.store_id, call.origin, body, problems)
    return call.answer({"updateCount": 1})
