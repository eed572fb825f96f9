"""``customary serve`` and ``customary demo``: what runs until it is told to stop."""

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from customary.errors import OperatorError
from customary.event_loop import run
from customary.logs import set_up_logging
from customary.settings import Settings

if TYPE_CHECKING:
    from customary.claim import Claim

DEFAULTS = Settings()


def serve(*, settings: Annotated[Settings, Parameter(name="*")] = DEFAULTS) -> int:
    """Run the server until it is told to stop (Ctrl-C or SIGTERM)."""
    for path in (settings.tls_certificate, settings.tls_key):
        if path is not None and not path.is_file():
            raise OperatorError(f"There is no file {path}")
    set_up_logging(settings.log_format, settings.log_level)
    # A server's parts load only when there is something to serve, and not in the parent of those that serve.
    if settings.workers > 1:
        from customary import workers  # noqa: PLC0415 -- only serving needs it

        return run(workers.serve(settings, _announce))
    from customary import app  # noqa: PLC0415 -- only serving needs it

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


def _announce(server: "Claim") -> None:
    _say(f"customary listens on {server.base_url}")
    if server.authority is not None:
        from customary.certificates import trust_guide  # noqa: PLC0415 -- see serve

        _say(trust_guide(server.authority, server.base_url))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
