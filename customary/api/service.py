"""What the server tells of itself: health, the contract as a document, and the reference page."""

from functools import cache
from importlib import resources

import yaml
from msgspec import json

from customary.api.call import Call
from customary.api.reference_page import CONTENT_SECURITY_POLICY, asset, page
from customary.errors import NotFound, StorageFailed
from customary.network.message import Answer


async def health_live(call: Call) -> Answer:
    """The process answers."""
    return call.answer({"status": "ok"})


async def health_ready(call: Call) -> Answer:
    """The process can read and write."""
    if not call.storage.ready:
        raise StorageFailed()
    await call.storage.get_store(1)
    return call.answer({"status": "ok"})


async def openapi(_call: Call) -> Answer:
    return Answer(_openapi_document())


async def reference(_call: Call) -> Answer:
    headers = (("content-type", "text/html;charset=UTF-8"), ("content-security-policy", CONTENT_SECURITY_POLICY))
    return Answer(page(), headers=headers)


async def reference_asset(call: Call) -> Answer:
    found = asset(call.parameters["asset"])
    if found is None:
        raise NotFound("There is nothing at this path")
    content, content_type = found
    return Answer(content, headers=(("content-type", content_type), ("cache-control", "max-age=86400")))


@cache
def _openapi_document() -> bytes:
    text = resources.files("customary.contract").joinpath("openapi.yaml").read_text("utf-8")
    return json.encode(yaml.safe_load(text))
