"""``customary serve`` and ``customary demo``: what runs until it is told to stop."""

import asyncio
import importlib.util
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from customary.errors import OperatorError
from customary.logs import set_up_logging
from customary.settings import Settings

if TYPE_CHECKING:
    from customary.app import RunningServer

DEFAULTS = Settings()


def serve(*, settings: Annotated[Settings, Parameter(name="*")] = DEFAULTS) -> int:
    """Run the server until it is told to stop (Ctrl-C or SIGTERM)."""
    from customary import app  # noqa: PLC0415 -- the server's parts load only when there is something to serve

    for path in (settings.tls_certificate, settings.tls_key):
        if path is not None and not path.is_file():
            raise OperatorError(f"There is no file {path}")
    set_up_logging(settings.log_format, settings.log_level)
    return run(app.serve(settings, _announce))


def demo(*, port: int = 8080) -> int:
    """Serve a made-up store from a temporary directory, to try the API at once.

    Prints a call to paste; stops with Ctrl-C and leaves nothing behind.

    Parameters
    ----------
    port
        Port of 127.0.0.1 to listen on.
    """
    from customary import demo as demonstration  # noqa: PLC0415 -- see serve

    return run(demonstration.run(port, _say))


def run(work: Coroutine[Any, Any, int]) -> int:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:  # PyPy and Windows have none
        return None
    import uvloop  # noqa: PLC0415 -- not there on every platform

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _announce(server: "RunningServer") -> None:
    _say(f"customary listens on {server.base_url}")
    if server.authority is not None:
        from customary.certificates import trust_guide  # noqa: PLC0415 -- see serve

        _say(trust_guide(server.authority, server.base_url))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
