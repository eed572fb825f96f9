"""The floors of the house: which part of the package may import which, read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "customary"

WORDS = {"model", "errors"}
BELOW: dict[str, set[str]] = {
    "model": set(),
    "errors": set(),
    "contract": set(),
    "logs": set(),
    "event_loop": set(),
    "settings": {"errors"},
    "listening": {"errors"},
    "certificates": {"errors"},
    "sole_server": {"errors"},
    "rules": WORDS,
    "storage": WORDS,
    "operations": {"rules", "storage", *WORDS},
    "network": {"errors"},
    "api": {"network", "operations", "rules", "storage", "logs", *WORDS},
}
ROOF = {"__init__", "__main__", "cli", "app", "claim", "worker", "workers", "demo", "testing", "pytest_plugin"}
OWNERS = {
    "apsw": {"storage"},
    "asyncpg": {"storage"},
    "cyclopts": {"cli"},
    "rich": {"cli"},
    "httptools": {"network"},
    "cryptography": {"certificates"},
}
READS_ITS_TABLES = "countries.py"  # of the ISO names, from files of an installed package, once
IMPURE = {"asyncio", "os", "pathlib", "random", "secrets", "socket", "subprocess", "threading", "time"}


class Import(NamedTuple):
    """One import: the file and line that has it, the part that the file belongs to, and the module imported."""

    place: str
    part: str
    module: str


def read_imports() -> Iterator[Import]:
    for path in sorted(PACKAGE.rglob("*.py")):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for module in named_modules(node):
                yield Import(f"{path.relative_to(PACKAGE.parent)}:{getattr(node, 'lineno', 0)}", part, module)


def named_modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name the whole path"
        module = node.module or ""
        yield from (f"{module}.{alias.name}" for alias in node.names) if module == "customary" else (module,)


IMPORTS = list(read_imports())
OWN_PARTS = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name != "__pycache__"} - {"py.typed"}


def imported_part(module: str) -> str | None:
    """The part of the package that ``module`` belongs to; None for foreign ones and for ``customary.__version__``."""
    root, _, rest = module.partition(".")
    part = rest.partition(".")[0]
    return part if root == "customary" and part in OWN_PARTS else None


def test_every_part_has_its_floor() -> None:
    assert BELOW.keys() | ROOF >= OWN_PARTS


@pytest.mark.parametrize("part", sorted(BELOW))
def test_imports_go_down_only(part: str) -> None:
    allowed = BELOW[part] | {part, None}
    wrong = [each for each in IMPORTS if each.part == part and imported_part(each.module) not in allowed]
    assert not wrong


@pytest.mark.parametrize("part", ["operations", "api"])
def test_a_storage_is_known_by_its_protocol(part: str) -> None:
    wrong = [
        each
        for each in IMPORTS
        if each.part == part and imported_part(each.module) == "storage" and each.module != "customary.storage.protocol"
    ]
    assert not wrong


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_a_library_has_one_home(library: str) -> None:
    wrong = [each for each in IMPORTS if each.module.partition(".")[0] == library and each.part not in OWNERS[library]]
    assert not wrong


def test_rules_have_no_clock_and_no_io() -> None:
    pure = [each for each in IMPORTS if each.part in {"rules", "model"} and READS_ITS_TABLES not in each.place]
    assert [each for each in pure if each.module.partition(".")[0] in IMPURE] == []
