"""Entity tags and the conditions made with them, as RFC 9110 has them."""

import pytest

from customary.errors import PreconditionFailed
from customary.model.store import Group
from customary.rules.conditions import check_version, entity_tag, group_version, is_known, read_conditions

TAG = entity_tag(7, b"body")


def may_write(version: int, if_match: str | None = None, if_none_match: str | None = None) -> bool:
    try:
        check_version(read_conditions(if_match, if_none_match, keep_lists=False), version)
    except PreconditionFailed:
        return False
    return True


def test_a_tag_is_of_a_version_and_of_a_body() -> None:
    assert TAG == entity_tag(7, b"body") == '"7-dba80bb2"'
    assert len({TAG, entity_tag(8, b"body"), entity_tag(7, b"Body")}) == 3


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"1-00000000", W/"2-00000000",{TAG}', True),
        (f' "a,b" , {TAG} ', True),
        ("*", True),
        (" * ", True),
        (entity_tag(7, b"Body"), False),
        (entity_tag(8, b"body"), False),
        (TAG.strip('"'), False),
        ('"*"', False),
        (f'"x,{TAG[1:]}', False),
        ("", False),
    ],
)
def test_what_a_client_knows(header: str, known: bool) -> None:
    assert is_known(header, TAG) is known


@pytest.mark.parametrize(
    ("if_match", "passes"),
    [
        (None, True),
        (TAG, True),
        (entity_tag(7, b"what an order changed"), True),
        ("*", True),
        (f'"5-00000000" , {TAG}', True),
        (f"W/{TAG}", False),
        (f'W/"9-00000000", {TAG}', True),
        (entity_tag(8, b"body"), False),
        (entity_tag(77, b"body"), False),
        (TAG.strip('"'), False),
        ('""', False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_what_a_write_may_replace(if_match: str | None, passes: bool) -> None:
    assert may_write(7, if_match=if_match) is passes


@pytest.mark.parametrize(
    ("if_none_match", "passes"),
    [(None, True), ("*", False), (TAG, False), (f"W/{TAG}", False), (entity_tag(8, b"body"), True), ("", True)],
)
def test_what_a_write_may_not_replace(if_none_match: str | None, passes: bool) -> None:
    assert may_write(7, if_none_match=if_none_match) is passes


def test_a_group_has_a_version_of_its_content() -> None:
    versions = {
        group_version(Group(id=1, name="A")),
        group_version(Group(id=1, name="B")),
        group_version(Group(id=2, name="A")),
        group_version(Group(id=1, name="A", external_reference_id="B")),
    }
    assert len(versions) == 4
    assert not any("-" in version for version in versions)
