"""The command line as a whole: its commands, where option values come from, and how an error is shown."""

import logging
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, ArgumentCollection, CycloptsError, Parameter
from cyclopts.config import Dict, Env

from customary import __version__
from customary.cli.databases import databases
from customary.cli.server import demo, serve
from customary.cli.stores import stores
from customary.cli.streams import open_missing_streams
from customary.cli.tokens import tokens
from customary.errors import CustomaryError, OperatorError
from customary.settings import ENVIRONMENT_PREFIX, Settings

app = App(
    name="customary",
    version=__version__,
    help="A customer-record server that speaks Ecwid's REST API for customers.",
    help_format="plaintext",
    result_action="return_value",
    print_error=False,
    exit_on_error=False,
    verbose=False,
)
serving = App(name="serve")
serving.default(serve)
for command in (serving, stores, tokens, databases):
    app.command(command)
app.command(demo, name="demo")


@app.meta.default
def launch(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    config: Path | None = None,
) -> int | None:
    """Reads the settings file, then carries out the command.

    Parameters
    ----------
    config
        TOML file with settings, one `name = value` a line. Flags and environment variables go before it.
    """
    file = (read_settings_file(config),) if config else ()
    app.config = file
    serving.config = (Env(ENVIRONMENT_PREFIX, command=False), *file)
    result: int | None = app(words)
    return result


class SettingsFile(Dict):
    """The same values for every command, also where a command has the name of one of them."""

    def __call__(self, app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
        values: dict[str, Any] = self.data
        for command in reversed(commands):
            values = {command: values}
        Dict(values, source=self.source, allow_unknown=True)(app, commands, arguments)


def read_settings_file(path: Path) -> SettingsFile:
    """Raises OperatorError for a file that can't be read, and for a name that is no setting."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperatorError(f"The settings file {path} can't be read: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise OperatorError(f"The settings file {path} is not TOML: {error}") from error
    known = [each.name for each in fields(Settings)]
    for name in values:
        if name not in known:
            raise OperatorError(
                f"The settings file {path} has {name}, which is no setting; there are {', '.join(known)}"
            )
    return SettingsFile(values, source=str(path))


def main(words: Sequence[str] | None = None) -> int:
    """Carries out one command line and returns the exit code: 2 for whatever the caller can mend, told in one line."""
    open_missing_streams()
    logging.getLogger("customary").addHandler(logging.NullHandler())  # a command says by itself what is wrong
    try:
        return app.meta(words) or 0
    except (CycloptsError, CustomaryError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        return 130


def _refuse(reason: str) -> int:
    sys.stderr.write(f"customary: {' '.join(reason.split())}\n")
    return 2
