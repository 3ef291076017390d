"""Addresses of lists."""

from urllib.parse import parse_qs, urlsplit

from registry.web.components.listing import Column, Listing

NAME, UNTIL = Column("name", "名称", sortable=True), Column("until", "有效期至", sortable=True)


def listing(**changes: object) -> Listing:
    values: dict[str, object] = {
        "path": "/whitelist", "columns": (NAME, UNTIL), "query": (("q", "体育 & 艺术"), ("sort", "name"), ("after", "abc")),
        "sort": "name", "next_cursor": "def", "filters": ("q", "category"),
    }  # fmt: skip
    return Listing(**(values | changes))  # type: ignore[arg-type]


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_next_page_keeps_filter_and_sort() -> None:
    assert query(listing().next_url or "") == {"q": ["体育 & 艺术"], "sort": ["name"], "after": ["def"]}
    assert listing().previous_url is None


def test_sorting_turns_round_and_goes_to_the_first_page() -> None:
    assert query(listing().sort_url(NAME)) == {"q": ["体育 & 艺术"], "sort": ["-name"]}
    assert query(listing().sort_url(UNTIL))["sort"] == ["until"]
    assert listing().direction(NAME) == "ascending"
    assert listing(sort="-name").direction(NAME) == "descending"
    assert listing().direction(UNTIL) == "none"


def test_filters_can_be_taken_off() -> None:
    assert [(key, value) for key, value, _ in listing().active] == [("q", "体育 & 艺术")]
    assert query(listing().clear_url) == {"sort": ["name"]}
    assert listing().other_query == [("sort", "name")]


def test_exports_hold_the_whole_filtered_list() -> None:
    url = listing().export_url("csv")
    assert urlsplit(url).path == "/whitelist.csv"
    assert "after" not in query(url)
    assert query(url)["q"] == ["体育 & 艺术"]
