"""The interactive page of the API: Swagger UI from an installed package, so that it needs no other server.

Only the bytes live here. The description of the API that the page shows is served elsewhere, as ``/openapi.json``.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>customary API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. The same description is in <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
});
"""

_CONTENT_TYPES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


def page() -> bytes:
    """HTML for ``/docs``. Its links are relative, so that it also works behind a proxy that adds a path."""
    return _PAGE.encode()


def asset(name: str) -> tuple[bytes, str] | None:
    """The bytes of ``/docs/<name>`` and their content type; None for a name that the page doesn't use."""
    if name == "start.js":
        return _START.encode(), "text/javascript; charset=utf-8"
    content_type = _CONTENT_TYPES.get(name)
    return (_read(name), content_type) if content_type else None


@cache
def _read(name: str) -> bytes:
    return _newest_release().joinpath(name).read_bytes()


def _newest_release() -> Traversable:
    """The folder of Swagger UI in the package, named after its version, such as ``swagger-ui-5.31.0``."""
    return max(files("swagger_ui_bundle").joinpath("vendor").iterdir(), key=lambda folder: _version(folder.name))


def _version(folder: str) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.removeprefix("swagger-ui-").split("."))
