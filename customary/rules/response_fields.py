"""``responseFields``: which fields of an answer the caller wants back, and nothing but them."""

import re
from typing import TypeAlias

from customary.errors import WrongParameter

Selection: TypeAlias = "dict[str, Selection] | None"
"""Wanted name → what is wanted below it; ``None`` wants everything."""

MOST_LEVELS = 64
_PART = re.compile(r"[(),]|[^(),]+")


def parse_response_fields(text: str) -> Selection:
    """``a,b(c,d(e))`` as a selection. Raises WrongParameter.

    A text without any name wants everything, and so do empty brackets: ``a()`` is ``a``. What is named twice is
    merged: ``a(b),a(c)`` is ``a(b,c)``, and ``a(b),a`` is ``a``.
    """
    names: dict[str, Selection] = {}
    parents: list[tuple[dict[str, Selection], str]] = []
    name, closed = "", False
    for part in _PART.findall(text):
        if part == "(":
            parents.append((names, name))
            names = _open(names, name, len(parents))
            name = ""
        elif part == ")":
            _add(names, name)
            names = _close(names, parents)
            name, closed = "", True
        elif part == ",":
            _add(names, name)
            name, closed = "", False
        elif closed and part.strip():
            raise _wrong("expected a comma after a closing bracket")
        else:
            name = part.strip()
    _add(names, name)
    if parents:
        raise _wrong("a closing bracket is missing")
    return names or None


def _open(names: dict[str, Selection], name: str, levels: int) -> dict[str, Selection]:
    if not name:
        raise _wrong("expected a name before an opening bracket")
    if levels == MOST_LEVELS:
        raise _wrong(f"nested deeper than {MOST_LEVELS} levels")
    below = names.setdefault(name, {})
    return {} if below is None else below


def _close(names: dict[str, Selection], parents: list[tuple[dict[str, Selection], str]]) -> dict[str, Selection]:
    if not parents:
        raise _wrong("an opening bracket is missing")
    above, name = parents.pop()
    if not names:
        above[name] = None
    return above


def _add(names: dict[str, Selection], name: str) -> None:
    if name:
        names[name] = None


def _wrong(problem: str) -> WrongParameter:
    return WrongParameter(f"Wrong parameter 'responseFields' value: {problem}")


def select_fields(tree: object, selection: Selection) -> object:
    """The part of a plain tree that is selected, in the tree's own order; the tree itself is left as it is.

    A list stands for its elements. A name that the tree doesn't have is ignored, and so are names below a plain value.
    """
    if selection is None:
        return tree
    if isinstance(tree, dict):
        return {name: select_fields(value, selection[name]) for name, value in tree.items() if name in selection}
    if isinstance(tree, list | tuple):
        return [select_fields(item, selection) for item in tree]
    return tree
