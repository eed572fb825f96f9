"""Date-times as the wire writes and reads them ↔ UNIX seconds. No clock here: what time it is comes from the caller."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST = -62_135_596_800
LATEST = 253_402_300_799
_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?: (\d\d):(\d\d):(\d\d)"
    r"(?:(?: {0,2}([+-])| {1,2})(\d\d):?(\d\d)| ([A-Za-z][\w+-]*(?:/[\w+-]+){0,2}))?)?",
    re.ASCII,
)
_SECONDS = re.compile(r"-?[0-9]{1,19}")
_UNIVERSAL = frozenset({"UTC", "GMT", "UT", "Z"})
_EPOCH = date(1970, 1, 1)
_SECOND_TEXTS = tuple(f":{second:02} +0000" for second in range(60))


def parse_date(value: str | int) -> int:
    """UNIX seconds of a time in the years 1 to 9999; ValueError for everything else.

    Takes UNIX seconds, ``yyyy-MM-dd``, ``yyyy-MM-dd HH:mm:ss`` and the latter with an offset or a zone name; without
    one it is UTC. An offset without a sign is east of Greenwich: the plus of a query string arrives as a space.
    """
    at = int(value) if isinstance(value, int) or _SECONDS.fullmatch(value) else _parse_form(value)
    if not EARLIEST <= at <= LATEST:
        raise ValueError("a time outside of the years 1 to 9999")
    return at


def _parse_form(text: str) -> int:
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a date")
    year, month, day, hour, minute, second, sign, hours, minutes, zone = found.groups()
    time = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    if zone:
        return _seconds(time) - _zone_offset(time, zone)
    return _seconds(time) - _offset(sign, hours, minutes) if hours else _seconds(time)


def _seconds(time: datetime) -> int:
    return (time.date() - _EPOCH).days * 86_400 + time.hour * 3600 + time.minute * 60 + time.second


def _offset(sign: str | None, hours: str, minutes: str) -> int:
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("not an offset from UTC")
    seconds = int(hours) * 3600 + int(minutes) * 60
    return -seconds if sign == "-" else seconds


def _zone_offset(time: datetime, name: str) -> int:
    """Of a local time that occurs twice the first is meant, as ``fold=0`` has it."""
    if name.upper() in _UNIVERSAL:  # also where no zone data is installed
        return 0
    if not name[0].isupper():  # `localtime`, `posix/…`: files beside the zones
        raise ValueError("not a time zone")
    try:
        offset = time.replace(tzinfo=ZoneInfo(name)).utcoffset() or timedelta()
    except (KeyError, OSError) as error:  # unknown, or the name of a folder of the zone data
        raise ValueError("not a time zone") from error
    return offset // timedelta(seconds=1)


@lru_cache(1024)
def format_date(at: int) -> str:
    """``2024-06-04 21:15:10 +0000``. Raises OverflowError outside of the years 1 to 9999.

    Called several times for every customer that is read, often for one and the same second: 0.06 µs then, else 0.4 µs,
    against 0.9 µs for ``datetime`` and ``time.gmtime``.
    """
    days, seconds = divmod(at, 86_400)
    minutes, second = divmod(seconds, 60)
    return _day_text(days) + _minute_text(minutes) + _SECOND_TEXTS[second]


@lru_cache(4096)
def _day_text(days: int) -> str:
    return f"{_EPOCH + timedelta(days)} "


@lru_cache(1440)
def _minute_text(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"
