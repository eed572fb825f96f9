"""What is refused in a body's bytes, and how malformed JSON is reported."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.errors import WrongJson
from customary.rules.json_text import check_json_text, malformed_json

MIB = 1 << 20


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        '{"a":"ü😀"}'.encode(),
        b'{"a":"\\ud83d\\ude00\\uD83D\\uDE00"}',
        b'{"a":"\\\\u0000 \\\\ud800 \\n\\u0041"}',
        b"[" * 64 + b"]" * 64,
        b'{"a":' * 64 + b"1" + b"}" * 64,
        b"[" + b"[]," * 200 + b"[]]",
        b'["' + b"[{" * 500 + b'"]',
        b'["\\"' + b"[{" * 500 + b'"]',
        b'["a\\\\",' + b'"[",' * 500 + b'""]',
    ],
)
def test_takes(raw: bytes) -> None:
    check_json_text(raw)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{"a":"\xff"}', "not UTF-8 at line 1, column 7"),
        (b'{"a":"\xc3"}', "not UTF-8 at line 1, column 7"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8 at line 1, column 7"),
        (b'{\n "\xc3\xbc": "\xff"}', "not UTF-8 at line 2, column 8"),
        (b'{"a":"\\u0000"}', "NUL character at line 1, column 7"),
        (b'{"\\u0000":1}', "NUL character at line 1, column 3"),
        (b'{"a":"\\\\\\u0000"}', "NUL character at line 1, column 9"),
        (b'{"a":"\\n\n\\u0000"}', "NUL character at line 2, column 1"),
        (b'{"a":"\\ud800"}', "half of a surrogate pair at line 1, column 7"),
        (b'{"\\uD800":1}', "half of a surrogate pair at line 1, column 3"),
        (b'{"a":"\\udc00"}', "half of a surrogate pair at line 1, column 7"),
        (b'{"a":"\\ud800\\u0041"}', "half of a surrogate pair at line 1, column 7"),
        (b'{"a":"\\ud800\\ud800\\udc00"}', "half of a surrogate pair at line 1, column 7"),
        (b'{"a":"\\\\ud800\\udc00"}', "half of a surrogate pair at line 1, column 14"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper than 64 levels"),
        (b'["]]]]","]"' + b",[" * 64 + b"]" * 65, "nested deeper than 64 levels"),
        (b"[" * MIB, "nested deeper than 64 levels"),
        (b"[" * 70 + b'"' + b'\\"' * (MIB // 2), "nested deeper than 64 levels"),
    ],
)
def test_refuses(raw: bytes, problem: str) -> None:
    with pytest.raises(WrongJson) as caught:
        check_json_text(raw)
    assert caught.value.message == f"Wrong JSON format: {problem}"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "unexpected end of the text at line 1, column 1"),
        (b'{"a":', "unexpected end of the text at line 1, column 6"),
        (b'{"a":NaN}', "invalid character at line 1, column 6"),
        (b'{"a":1,}', "trailing comma in object at line 1, column 8"),
        (b'{\n"a" 1}', "expected ':' at line 2, column 5"),
        ('{"ü":x}'.encode(), "invalid character at line 1, column 6"),
        (b"\xef\xbb\xbf{}", "invalid character at line 1, column 1"),
    ],
)
def test_malformed(raw: bytes, problem: str) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(raw)
    assert malformed_json(raw, caught.value).message == f"Wrong JSON format: {problem}"


def _depth(tree: object) -> int:
    if isinstance(tree, dict):
        return 1 + max(map(_depth, tree.values()), default=0)
    return 1 + max(map(_depth, tree), default=0) if isinstance(tree, list) else 0


texts = st.text(st.sampled_from('[]{}"\\aü\x00\ud800\udc00'))
trees = st.recursive(texts, lambda below: st.lists(below) | st.dictionaries(texts, below), max_leaves=10)


def _strings(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [*tree, *(text for value in tree.values() for text in _strings(value))]
    return [text for item in tree for text in _strings(item)] if isinstance(tree, list) else [str(tree)]


@settings(deadline=None)
@given(trees, st.integers(0, 70))
def test_agrees_with_a_walk_over_the_tree(tree: object, levels: int) -> None:
    for _ in range(levels):
        tree = [tree]
    raw = json.dumps(tree).encode()
    decoded = json.loads(raw)  # joins halves of pairs that happen to stand together
    joined = "".join(_strings(decoded))
    bad = _depth(decoded) > 64 or "\x00" in joined or any("\ud800" <= char <= "\udfff" for char in joined)
    if bad:
        with pytest.raises(WrongJson):
            check_json_text(raw)
    else:
        check_json_text(raw)


@settings(deadline=None)
@given(st.binary())
def test_raises_nothing_but_wrong_json(raw: bytes) -> None:
    with suppress(WrongJson):
        check_json_text(raw)
        try:
            msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise malformed_json(raw, error) from error
