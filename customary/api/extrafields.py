"""The extra fields that a store adds to its customers."""

from msgspec import json

from customary.api.call import Call
from customary.model.body import ExtrafieldBody
from customary.network.message import Answer
from customary.operations import extrafields
from customary.rules.answers import answer_extrafield
from customary.rules.extrafields import ROOT

_body = json.Decoder(ExtrafieldBody)


async def list_extrafields(call: Call) -> Answer:
    found = await extrafields.list_extrafields(call.storage, call.store_id)
    return call.answer({"items": [answer_extrafield(extrafield) for extrafield in found]})


async def create_extrafield(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, ROOT)
    key = await extrafields.create_extrafield(call.storage, call.store_id, call.origin, body, problems)
    return call.answer({"createCount": 1, "key": key})


async def get_extrafield(call: Call) -> Answer:
    extrafield = await extrafields.read_extrafield(call.storage, call.store_id, call.parameters["key"])
    return call.answer(answer_extrafield(extrafield))


async def update_extrafield(call: Call) -> Answer:
    body, problems = call.decode_fitting(_body, ROOT)
    key = call.parameters["key"]
    await extrafields.update_extrafield(call.storage, call.store_id, call.origin, key, body, problems)
    return call.answer({"updateCount": 1})


async def delete_extrafield(call: Call) -> Answer:
    await extrafields.delete_extrafield(call.storage, call.store_id, call.origin, call.parameters["key"])
    return call.answer({"deleteCount": 1})
