"""Dates in every form that the contract takes, and back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.rules.dates import EARLIEST, LATEST, format_date, parse_date

AT = 1717535710


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (AT, AT),
        (0, 0),
        (-1, -1),
        ("1717535710", AT),
        ("-1", -1),
        ("2024", 2024),
        ("2024-06-04 21:15:10 +0000", AT),
        ("2024-06-04 21:15:10", AT),
        ("2024-06-04", AT - 21 * 3600 - 15 * 60 - 10),
        ("2024-06-05 01:15:10 +0400", AT),
        ("2024-06-05 01:15:10 +04:00", AT),
        ("2024-06-05 01:15:10+0400", AT),
        ("2024-06-05 01:15:10  0400", AT),
        ("2024-06-05 01:15:10 0400", AT),
        ("2024-06-04 15:45:10 -0530", AT),
        ("2024-06-04 21:15:10 UTC", AT),
        ("2024-06-04 21:15:10 gmt", AT),
        ("2024-06-04 21:15:10 Z", AT),
        ("2024-06-04 23:15:10 Europe/Rome", AT),
        ("2024-06-04 18:15:10 America/Argentina/Buenos_Aires", AT),
        ("2024-06-04 17:15:10 Etc/GMT+4", AT),
        ("1970-01-01", 0),
        ("1969-12-31 23:59:59", -1),
        ("2024-02-29", 1709164800),
        ("0001-01-01", EARLIEST),
        ("9999-12-31 23:59:59", LATEST),
    ],
)
def test_takes(value: str | int, at: int) -> None:
    assert parse_date(value) == at


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "now",
        "1e9",
        "1.5",
        "1_000",
        "+5",
        "١٧١٧٥٣٥٧١٠",
        " 1717535710",
        "2024-6-4",
        "2024-13-01",
        "2023-02-29",
        "2024-06-04T21:15:10Z",
        "2024-06-04 21:15",
        "2024-06-04 24:00:00",
        "2024-06-04 21:15:60",
        "2024-06-04 21:15:100400",
        "2024-06-04 21:15:10 +2400",
        "2024-06-04 21:15:10 +0060",
        "2024-06-04 21:15:10 +04",
        "2024-06-04 21:15:10 Nowhere/Land",
        "2024-06-04 21:15:10 Europe",
        "2024-06-04 21:15:10 localtime",
        "2024-06-04 21:15:10 leapseconds",
        "2024-06-04 21:15:10 ../../etc/passwd",
        "2024-06-04 21:15:10 A" + "b" * 10_000,
        "2024-06-04\n",
        "\uff12\uff10\uff12\uff14-06-04",
        "0000-01-01",
        "0001-01-01 00:00:00 +0001",
        "9999-12-31 23:59:59 -0001",
        "99999999999999999999",
        "9" * 5000,
        EARLIEST - 1,
        LATEST + 1,
        1717535710000,
        2**63,
        10**400,
    ],
)
def test_refuses(value: str | int) -> None:
    with pytest.raises(ValueError, match=r"^(not |a time outside|day |month |hour |second |year )"):
        parse_date(value)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2024-06-04 21:15:10 +0000"),
        (0, "1970-01-01 00:00:00 +0000"),
        (-1, "1969-12-31 23:59:59 +0000"),
        (EARLIEST, "0001-01-01 00:00:00 +0000"),
        (LATEST, "9999-12-31 23:59:59 +0000"),
    ],
)
def test_writes(at: int, text: str) -> None:
    assert format_date(at) == text


@pytest.mark.parametrize("at", [EARLIEST - 1, LATEST + 1, 2**80])
def test_writes_no_time_that_has_no_four_digit_year(at: int) -> None:
    with pytest.raises(OverflowError):
        format_date(at)


@settings(deadline=None)
@given(st.integers(EARLIEST, LATEST))
def test_reads_what_it_writes(at: int) -> None:
    assert parse_date(format_date(at)) == at
    assert parse_date(at) == parse_date(str(at)) == at


@settings(deadline=None)
@given(st.datetimes(), st.integers(-1439, 1439))
def test_agrees_with_datetime(time: datetime, minutes: int) -> None:
    local = time.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    text = f"{local:%H:%M:%S %z}"
    expected = (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    if EARLIEST <= expected <= LATEST:
        assert parse_date(f"{local.date()} {text}") == expected


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*"))
def test_raises_nothing_but_value_error(text: str) -> None:
    try:
        at = parse_date(text)
    except ValueError:
        return
    assert parse_date(format_date(at)) == at
