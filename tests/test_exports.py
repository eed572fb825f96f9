"""What the package shows of itself: every module says what it holds, and every error has words for the one it hits."""

import ast
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import customary
from customary import errors

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "customary"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.read_text("utf-8").strip())


def error_classes() -> list[type[errors.CustomaryError]]:
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    return [each for each in classes if issubclass(each, errors.CustomaryError)]


def exported_names() -> Iterator[tuple[str, str]]:
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
                yield from ((module, name) for name in ast.literal_eval(node.value))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_holds(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring
    assert docstring[0].isupper() or docstring.startswith(("customary", "``"))


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.__name__)
def test_an_error_has_a_default_message_of_one_line(error: type[errors.CustomaryError]) -> None:
    assert "__doc__" in vars(error)
    assert error.__doc__
    assert "\n" not in error.__doc__
    assert not error.__doc__.endswith(".")


def test_the_tree_of_errors_is_drawn_in_full() -> None:
    drawn = set(re.findall(r"^[│├└─ ]*(\w+Error|[A-Z]\w+)(?= |$)", errors.__doc__ or "", re.MULTILINE))
    assert {error.__name__ for error in error_classes()} <= drawn


@pytest.mark.parametrize(("module", "name"), list(exported_names()))
def test_what_is_exported_is_there(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == customary.__version__
