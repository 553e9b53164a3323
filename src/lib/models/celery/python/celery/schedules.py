"""When the tasks of beat are due: every so many seconds, or by `crontab`."""

from datetime import timedelta

from ._engine import tell
from ._missing import missing

__all__ = ("ParseException", "crontab", "schedule")


class ParseException(Exception):
    """`crontab` was given a pattern that nobody can read."""


class schedule:
    """Every `run_every` seconds (or a timedelta)."""

    def __init__(self, run_every=None, relative=False, nowfun=None, app=None):
        if relative or nowfun is not None:
            raise missing("schedule(relative=..., nowfun=...)")
        every = run_every.total_seconds() if isinstance(run_every, timedelta) else run_every
        self.run_every = timedelta(seconds=every or 0)

    @property
    def seconds(self):
        """How often, in seconds."""
        return max(self.run_every.total_seconds(), 0)

    def _for_engine(self):
        return {"seconds": self.seconds}

    def __eq__(self, other):
        return isinstance(other, schedule) and self.run_every == other.run_every

    def __hash__(self):
        return hash(self.run_every)


class crontab:
    """Each minute that fits all five fields; what is absent fits always. Times are UTC.

    >>> crontab(hour=4, minute=30, day_of_week="mon,fri")
    <crontab: 30 4 mon,fri * * (m/h/d/dM/MY)>

    minute 0-59, hour 0-23, day_of_week 0 (Sunday) to 6 or a name, day_of_month 1-31,
    month_of_year 1-12: a number, a pattern (`*/5`, `8-18`, `1,3`) or an iterable of numbers.
    Raises ParseException or ValueError for a pattern that makes no sense.
    """

    def __init__(
        self, minute="*", hour="*", day_of_week="*", day_of_month="*", month_of_year="*", **options
    ):
        if options:
            raise missing(f"crontab({next(iter(options))}=...)")
        given = {
            "minute": minute,
            "hour": hour,
            "dayOfWeek": day_of_week,
            "dayOfMonth": day_of_month,
            "monthOfYear": month_of_year,
        }
        self._fields = {name: _field(value) for name, value in given.items()}
        self._orig = tuple(given.values())
        values = tell("crontab", fields=self._fields)
        self.minute, self.hour, self.day_of_week, self.day_of_month, self.month_of_year = (
            set(values[name]) for name in given
        )

    def _for_engine(self):
        return {"crontab": self._fields}

    def __eq__(self, other):
        return isinstance(other, crontab) and self._fields == other._fields

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return "<crontab: {} {} {} {} {} (m/h/d/dM/MY)>".format(*self._orig)


def _field(value):
    if isinstance(value, (int, str)):
        return value
    try:
        return list(value)
    except TypeError:
        raise TypeError(
            "Argument cronspec needs to be of any of the following types: int, str, or an "
            f"iterable type. {type(value)!r} was given."
        ) from None


def maybe_schedule(value):
    """A schedule from what a line of beat's schedule may say."""
    if isinstance(value, (int, float, timedelta)):
        return schedule(value)
    if not hasattr(value, "_for_engine"):
        raise missing(f"a schedule such as {value!r}")
    return value
