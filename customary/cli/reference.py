"""Writes the reference pages of the documentation from the settings and the commands: ``make docs``."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from customary.cli.application import app
from customary.settings import Settings, environment_variable

SETTINGS_INTRODUCTION = """# Settings

Written by `make docs` from `customary/settings.py`; change it there.

`customary serve` takes each of these in three ways. The first one that gives a value counts:

1. a flag of the command line, such as `--log-format json`,
2. an environment variable, such as `CUSTOMARY_LOG_FORMAT=json`,
3. the TOML file named by `--config`, with lines such as `log_format = "json"`.

A name in the file that is not in this table is an error. The commands `store`, `token` and `database` take the setting
`database` in the same three ways, and nothing else of this table.

| name | flag | environment variable | type | default | what it is |
|---|---|---|---|---|---|
"""

COMMANDS_INTRODUCTION = """# Commands

Written by `make docs` from the commands themselves. Each one also explains itself with `--help`. Every command
takes `--config PATH`, a TOML file with [settings](settings.md).

Whatever is wrong with a command is told in one line on standard error, and the exit code is 2.
"""


def pages() -> Mapping[str, str]:
    """File name → text of each page that is generated."""
    return {"settings.md": settings_page(), "cli.md": commands_page()}


def settings_page() -> str:
    return SETTINGS_INTRODUCTION + "".join(_settings_row(setting) for setting in fields(Settings))


def commands_page() -> str:
    with _called_as("customary"):
        generated = app.generate_docs(output_format="markdown")
    _, _, rest = generated.partition("# customary\n")
    return f"{COMMANDS_INTRODUCTION}{rest.rstrip()}\n"


@contextmanager
def _called_as(program: str) -> Iterator[None]:
    """cyclopts takes the name of the running program for the usage lines of single commands."""
    arguments, sys.argv = sys.argv, [program]
    try:
        yield
    finally:
        sys.argv = arguments


def write(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text, encoding="utf-8")


def _settings_row(setting: Field[Any]) -> str:
    default = "none" if setting.default is None else f"`{_as_toml(setting.default)}`"
    least = setting.metadata["least"]
    explanation = setting.metadata["help"] + (f" At least {least}." if least is not None else "")
    flag = f"--{setting.name.replace('_', '-')}"
    kind = _describe(setting.type)
    return f"| {setting.name} | `{flag}` | `{environment_variable(setting)}` | {kind} | {default} | {explanation} |\n"


def _as_toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _describe(kind: object) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    names: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
    return names.get(kind, "path of a file")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
