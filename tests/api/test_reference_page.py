"""The interactive page: it is complete, it needs no other server, and it can show this contract."""

import re
from importlib.resources import files

import pytest
import yaml

from customary.api.reference_page import asset, page

LINK = re.compile(r'(?:src|href)="([^"]+)"')


def test_every_link_of_the_page_is_served() -> None:
    links = LINK.findall(page().decode())
    assert links
    for link in links:
        assert link == "openapi.json" or asset(link.removeprefix("docs/")), link


def test_the_page_names_no_other_server() -> None:
    assert b"//" not in page()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("start.js", "text/javascript; charset=utf-8"),
        ("favicon-32x32.png", "image/png"),
    ],
)
def test_an_asset(name: str, content_type: str) -> None:
    found = asset(name)
    assert found is not None
    assert found[0]
    assert found[1] == content_type


@pytest.mark.parametrize("name", ["", ".", "..", "index.html", "../__init__.py", "swagger-ui.css/", "/etc/passwd"])
def test_nothing_else_is_served(name: str) -> None:
    assert asset(name) is None


def test_the_installed_swagger_ui_can_show_the_version_of_the_contract() -> None:
    contract = yaml.safe_load(files("customary.contract").joinpath("openapi.yaml").read_text("utf-8"))
    bundle = asset("swagger-ui-bundle.js")
    assert bundle is not None
    assert contract["openapi"].startswith("3.1")
    assert b"OAS31" in bundle[0]
