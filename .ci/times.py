"""The times of usage logs: how the second implementation of `bill` reads them, and random ones."""

import functools
import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Callable, Iterator
from zoneinfo import ZoneInfo

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = range(2000, 2031)
# The numbers of seconds that give a year from 2000 to 2099.
SECONDS = range(int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()))
TEXT = re.compile(r"([0-9-]{10})(?:[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|z| UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?")
NUMBER = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")


# How a time is read.


@dataclass(frozen=True)
class Clock:
    zone: ZoneInfo = ZoneInfo("UTC")
    # As --time-format names it.
    form: str | None = None

    @functools.cache
    def day(self, cell: str | None) -> date | None:
        """Returns the day of a time, or `None` if it cannot be read."""
        try:
            time = self.read((cell or "").strip())
            return time.astimezone(self.zone).date() if time.tzinfo else time.date()
        # Python has years from 1 to 9999.
        except (ValueError, OverflowError):
            return None

    def read(self, cell: str) -> datetime:
        if self.form in ["seconds", "milliseconds"]:
            return after_epoch(number(cell) // (1000 if self.form == "milliseconds" else 1))
        if self.form:
            return datetime.strptime(cell, self.form)
        if not NUMBER.fullmatch(cell):
            return read_text(cell)
        [seconds] = [value for value in [number(cell), number(cell) // 1000] if value in SECONDS]
        return after_epoch(seconds)


def number(cell: str) -> int:
    """Parses a number, and rounds it down."""
    found = NUMBER.fullmatch(cell)
    if not found:
        raise ValueError(cell)
    return int(found[1]) - (cell.startswith("-") and bool((found[2] or "").strip("0")))


def after_epoch(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def read_text(cell: str) -> datetime:
    found = TEXT.fullmatch(cell)
    if not found:
        raise ValueError(cell)
    day, minute, second, offset = found.groups()
    # A leap second is of the minute that it ends.
    second = "59" if second == "60" else second or "00"
    time = datetime.strptime(f"{day} {minute or '00:00'}:{second}", "%Y-%m-%d %H:%M:%S")
    if offset is None:
        return time
    if offset in ["Z", "z", " UTC"]:
        return time.replace(tzinfo=UTC)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return time.replace(tzinfo=timezone(-length if offset[0] == "-" else length))


PERIODS: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: "{:04}-W{:02}".format(*day.isocalendar()),
    "month": lambda day: day.isoformat()[:7],
    "year": lambda day: day.isoformat()[:4],
}


# Random times.


UNREADABLE = [
    "", " ", "yesterday", "2023-02-29", "2023-02-29T12:00:00Z", "2023-13-01", "2023-07", "07/01/2023", "12:00:00", "2023-07-01T24:00:00Z",
    "2023-07-01T12:60:00Z", "2023-07-01T12:00:61Z", "2023-07-01T12:00:00Z UTC", "2023-07-01Z", "2023-07-01T12:00:00 CET", "20230701", "0", "-1",
    "-0.5", "946684799", "946684799999", "1688169600.", ".5", "1.6881696e9", "1,688,169,600", "1688169600000000", "9" * 30, "nan",
    "01.07.2023", "01.07.2023 12:00 x", "\u0661\u0666\u0668\u0668\u0661\u0666\u0669\u0666\u0660\u0660",
]
PATTERNS = ["%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S %z"]
OFFSETS = [0, 0, 60, 120, -300, 345, -210, 630, 840, -720]


def changes(zone: ZoneInfo) -> Iterator[int]:
    """Finds the seconds at which the clocks of a zone change."""

    def offset(seconds: int) -> timedelta | None:
        return after_epoch(seconds).astimezone(zone).utcoffset()

    step = 7 * 86_400
    for start in range(SECONDS.start, int(datetime(YEARS.stop, 1, 1, tzinfo=UTC).timestamp()), step):
        low, high = start, start + step
        if offset(low) != offset(high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high


def random_times(source: random.Random, zones: list[ZoneInfo], days: list[date], count: int) -> list[str]:
    """Returns times in every form, many of them near the days and near the changes of the zones."""
    starts = [int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) for day in days for zone in zones]
    near = [starts, [seconds for zone in zones for seconds in changes(zone)]]

    def time() -> str:
        kind = source.random()
        if kind < 0.04:
            return source.choice(UNREADABLE)
        if kind < 0.3:
            seconds = source.randrange(int(datetime(YEARS.stop, 1, 1, tzinfo=UTC).timestamp()) - SECONDS.start) + SECONDS.start
        else:
            seconds = source.choice(source.choice(near)) + source.choice([-1, 0, 0, 1, source.randrange(-1800, 1800), source.randrange(-90_000, 90_000)])
        text = random_form(source, seconds, source.choice(zones))
        return source.choice([text] * 8 + [f" {text}", f"{text} "])

    return [time() for _ in range(count)]


def random_form(source: random.Random, seconds: int, zone: ZoneInfo) -> str:
    """Writes a time as some program does. Without an offset, it is what a clock in the zone shows."""
    fraction = source.choice(["", "", "", ".0", ".5", ".123456", ".999999999"])
    kind = source.random()
    if kind < 0.15:
        return f"{seconds}{fraction}"
    if kind < 0.3:
        return f"{seconds * 1000 + source.randrange(1000)}{fraction}"
    if kind < 0.35:
        # In hours that a zone leaves out, too.
        local = after_epoch(seconds).astimezone(zone).replace(tzinfo=UTC) + timedelta(minutes=source.choice([0, 30, -30]))
        return local.strftime(PATTERNS[0]) if source.random() < 0.5 else local.strftime(source.choice(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]))
    minutes = source.choice(OFFSETS)
    time = after_epoch(seconds).astimezone(zone if kind < 0.5 else timezone(timedelta(minutes=minutes)))
    if kind > 0.97:
        return time.strftime(PATTERNS[1])
    clock = source.choice(["23:59:60", "23:59:60", time.strftime("%H:%M:60")]) if source.random() < 0.03 else time.strftime("%H:%M:%S")
    text = time.strftime("%Y-%m-%d") + source.choice(["T", "T", "t", " "]) + clock + fraction
    if kind < 0.5:
        return text
    hours = "{}{:02}".format("-" if minutes < 0 else "+", abs(minutes) // 60)
    if minutes % 60:
        return f"{text}{hours}{source.choice(['', ':'])}{abs(minutes) % 60:02}"
    return text + source.choice([hours, f"{hours}00", f"{hours}:00"] + ["Z", "z", " UTC", "-00:00"] * (minutes == 0))
