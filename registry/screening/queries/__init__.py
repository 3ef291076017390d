"""Reading lists, their versions, screenings and matches."""

from registry.screening.queries.lists import (
    Change,
    ImportView,
    ListRowView,
    ListStatus,
    get_import,
    history,
    overview,
    rows_of_import,
    search,
    waiting_imports,
)
from registry.screening.queries.matches import (
    Checked,
    MatchView,
    ScreeningView,
    get_screening,
    latest_of_application,
    latest_of_entry,
    screening_of_match,
    screenings_of,
    unjudged,
)
from registry.screening.subjects import KIND_NAMES

LIST_NAMES = {**KIND_NAMES, "other_ban": "其他地区的禁入决定"}

__all__ = [
    "LIST_NAMES", "Change", "Checked", "ImportView", "ListRowView", "ListStatus", "MatchView", "ScreeningView", "get_import", "get_screening", "history",
    "latest_of_application", "latest_of_entry", "overview", "rows_of_import", "screening_of_match", "screenings_of", "search", "unjudged",
    "waiting_imports",
]  # fmt: skip
