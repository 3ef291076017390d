"""Working days: national and regional calendars and the windows counted on them (R15, R16, R29)."""

from registry.kernel.working_days.builtin import builtin_calendar, builtin_calendars
from registry.kernel.working_days.calendar import (
    Calendar,
    DayAnswer,
    DayKind,
    DayRow,
    Season,
    complete_national_years,
    version_key,
)
from registry.kernel.working_days.files import CalendarError, LoadedDay, RowProblem, parse_days
from registry.kernel.working_days.windows import (
    MAX_WORKING_DAYS,
    Window,
    WindowDay,
    add_working_days,
    notice_window,
)

__all__ = [
    "MAX_WORKING_DAYS",
    "Calendar",
    "CalendarError",
    "DayAnswer",
    "DayKind",
    "DayRow",
    "LoadedDay",
    "RowProblem",
    "Season",
    "Window",
    "WindowDay",
    "add_working_days",
    "builtin_calendar",
    "builtin_calendars",
    "complete_national_years",
    "notice_window",
    "parse_days",
    "version_key",
]
