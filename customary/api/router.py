"""Finds the route of a method and path. A literal segment wins over a parameter; ``{…Id}`` and ``{seq}`` take digits
only."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from customary.api.call import Call
from customary.errors import MethodNotAllowed, NotFound
from customary.network.message import Answer

Handler = Callable[[Call], Awaitable[Answer]]

LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Route:
    """``scope`` is what the token must have, and ``also_scope`` where it must have two; an empty one is any token, None
    no token at all. A public token has no scopes, and does only where ``public`` says so."""

    method: str
    template: str
    handler: Handler
    scope: str | None = None
    public: bool = False
    also_scope: str | None = None


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: str = ""
    below: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """A tree of path segments."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and the parameters of its path, which comes percent-decoded. Raises NotFound, MethodNotAllowed."""
        node = self._root
        parameters: dict[str, str] = {}
        for segment in path.strip("/").split("/"):
            child = node.literals.get(segment)
            if child is None:
                if node.below is None or not segment or not _fits(node.parameter, segment):
                    raise NotFound("There is nothing at this path")
                parameters[node.parameter] = segment
                child = node.below
            node = child
        route = node.routes.get(method)
        if route is None:
            if not node.routes:
                raise NotFound("There is nothing at this path")
            raise MethodNotAllowed(tuple(sorted(node.routes)))
        return route, parameters

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.template.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = segment.strip("{}")
                node.below = node.below or _Node()
                node = node.below
            else:
                node = node.literals.setdefault(segment, _Node())
        node.routes[route.method] = route


def _fits(parameter: str, segment: str) -> bool:
    if not parameter.endswith(("Id", "seq")):
        return True
    return segment.isascii() and segment.isdigit() and len(segment) <= LONGEST_NUMBER
