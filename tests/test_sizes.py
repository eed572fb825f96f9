"""Limits that keep every file and function readable at a glance, and names that say what is in a module."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "customary").rglob("*.py"))
CHECKED = SOURCES + sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
PARAMETERS = 8
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def count_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    parameters = function.args
    named = parameters.posonlyargs + parameters.args + parameters.kwonlyargs
    return len([each for each in named if each.arg not in {"self", "cls"}])


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in CHECKED}
    assert {path: length for path, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{function.name}": (function.end_lineno or function.lineno) - function.lineno + 1
        for path in CHECKED
        for function in functions(path)
    }
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FUNCTION} == {}


def test_functions_have_few_parameters() -> None:
    counts = {
        f"{path.relative_to(ROOT)}:{function.name}": count_parameters(function)
        for path in SOURCES
        for function in functions(path)
    }
    assert {name: count for name, count in counts.items() if count > PARAMETERS} == {}


def test_modules_are_named_after_what_they_hold() -> None:
    names = {path: path.stem for path in SOURCES} | {path.parent: path.parent.name for path in SOURCES}
    forbidden = NAMES_THAT_SAY_NOTHING | (sys.stdlib_module_names - {"__main__"})
    assert [str(path.relative_to(ROOT)) for path, name in names.items() if name in forbidden] == []
