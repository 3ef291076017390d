"""Templates, the frame of every page, static files."""

import gzip
import re
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from registry.web.components.context import Flash, NavItem, PageContext, Viewer
from registry.web.components.forms import Form
from registry.web.components.i18n import LOCALES, Locale
from registry.web.components.kit import (
    STATIC_DIR,
    TEMPLATE_FOLDERS,
    make_environment,
    render,
    render_macro,
    static_url,
)
from registry.web.components.showcase import ERROR_STATUSES, PAGES, render_showcase
from registry.web.components.statuses import STATES, state_of

ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC_DIR / "vendor" / "icons.svg").read_text()))
ROOT = Path(__file__).resolve().parents[3]


def templates() -> list[str]:
    return [
        f"{prefix}/{path.relative_to(folder).as_posix()}"
        for prefix, folder in TEMPLATE_FOLDERS.items()
        for path in sorted(folder.rglob("*.j2"))
    ]


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", templates())
def test_every_template_compiles(name: str, locale: Locale) -> None:
    make_environment(locale).get_template(name)


@pytest.mark.parametrize("name", templates())
def test_no_template_carries_script_style_or_another_host(name: str) -> None:
    prefix, _, path = name.partition("/")
    source = (TEMPLATE_FOLDERS[prefix] / path).read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", source)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", source)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    named = {state.icon for states in STATES.values() for state in states.values()}
    for folder in TEMPLATE_FOLDERS.values():
        for path in folder.rglob("*.j2"):
            named |= set(re.findall(r"""icon\(["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    for path in [*(ROOT / "registry" / "web").rglob("*.py"), *(ROOT / "public_site").rglob("*.py")]:
        named |= set(re.findall(r"""icon=["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    assert named <= ICONS, f"add to tools/icons.py: {sorted(named - ICONS)}"


def test_what_a_page_loads_stays_under_150_kb_compressed() -> None:
    html = render("components/error.html.j2", PageContext(), status=404)
    loaded = re.findall(r'(?:href|src)="/static/([\w./-]+\.(?:css|js))', html)
    assert len(loaded) >= 6
    assert sum(len(gzip.compress((STATIC_DIR / name).read_bytes())) for name in loaded) < 150_000


def test_static_addresses_change_with_the_content_and_dead_ones_fail() -> None:
    assert re.fullmatch(r"/static/theme\.css\?v=[0-9a-f]{10}", static_url("theme.css"))
    with pytest.raises(FileNotFoundError):
        static_url("no-such.css")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_the_showcase_renders_and_ids_are_unique(page: str, locale: Locale) -> None:
    html = re.sub(r"<template>.*?</template>", "", render_showcase(page, locale), flags=re.DOTALL)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
    for target in re.findall(r'(?:for|aria-describedby|aria-labelledby)="([^"]+)"', html):
        assert set(target.split()) <= set(ids), target


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", [*ERROR_STATUSES, 418])
def test_error_pages_say_what_happened_and_what_to_do(status: int, locale: Locale) -> None:
    html = render("components/error.html.j2", PageContext(locale=locale, path="/whitelist"), status=status)
    assert f'<html lang="{"en" if locale == "en" else "zh-CN"}">' in html
    assert len(re.findall("<h1", html)) == 1
    assert 'class="btn btn-primary"' in html
    assert str(status) in plain(html)


def test_an_error_page_shows_the_sentence_of_the_rule_and_its_fields() -> None:
    html = render(
        "components/error.html.j2", PageContext(), status=422, message="合同期限超过两年",
        fields=[{"field": "ends_on", "message": "服务期最晚至2024年8月30日"}], reference="abc123",
    )  # fmt: skip
    assert "合同期限超过两年" in html
    assert "服务期最晚至2024年8月30日" in html
    assert "abc123" in html


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    ctx = PageContext(
        viewer=Viewer(evil, "初审", evil),
        flash=(Flash("error", evil),),
        site=evil,
        path="/x",
        query=(("q", evil),),
    )
    typed = Form([("name", evil)])
    typed.errors.add("name", evil)
    html = render("components/error.html.j2", ctx, status=409, message=evil)
    html += render_macro("components/forms.html.j2", "text", ctx, typed, "name", evil, hint=evil)
    html += render_macro("components/forms.html.j2", "textarea", ctx, typed, "name", evil)
    html += render_macro("components/findings.html.j2", "differ", ctx, evil, "ok")
    html += render_macro("components/status.html.j2", "badge", ctx, evil)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_a_translated_value_is_still_escaped() -> None:
    env = make_environment("zh_CN")
    assert env.from_string("{{ _(word) }}").render(word="<b>") == "&lt;b&gt;"
    assert env.from_string("{{ _('第 %(page)s 页', page=word) }}").render(word="<b>") == "第 &lt;b&gt; 页"
    assert env.from_string("{{ _('100% 合格') }}").render() == "100% 合格"


def test_a_forgotten_value_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        render("components/error.html.j2", PageContext())


def test_the_frame_shows_who_where_and_the_demo_day() -> None:
    nav = (
        NavItem("申报审核", "/bureau", 0),
        NavItem("退出案件", "/bureau/exits", 7),
        NavItem("批次", "/bureau/rounds"),
    )
    ctx = PageContext(
        locale="zh_CN",
        path="/bureau/exits/3",
        viewer=Viewer("覃雨桐", "初审"),
        nav=nav,
        demo_day=date(2022, 6, 20),
    )
    html = render("components/error.html.j2", ctx, status=404)
    assert "2022年6月20日(周一)" in html
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', html) == ["/bureau/exits"]
    assert "（7 项待办）" in plain(html)
    assert 'action="/sign-out"' in html
    assert "/sign-in" not in html


def test_the_language_switch_keeps_the_page_and_its_query() -> None:
    ctx = PageContext(locale="en", path="/whitelist", query=(("q", "体育"), ("lang", "en")))
    urls = {tag: (url, chosen) for tag, url, chosen in ctx.language_urls()}
    assert urls["zh-CN"] == ("/whitelist?q=%E4%BD%93%E8%82%B2&lang=zh-CN", False)
    assert urls["en"][1]


def test_a_state_without_a_word_is_seen_at_once() -> None:
    assert state_of("entry", "removed").tone == "red"
    with pytest.raises(LookupError, match="known: not_yet, listed"):
        state_of("entry", "vanished")


def test_lifecycles_have_a_word_for_every_state() -> None:
    from registry.applications.lifecycle import ApplicationState
    from registry.contracts.lifecycle import ContractState
    from registry.exits.lifecycle import ExitState
    from registry.notices.lifecycle import ObjectionState
    from registry.rounds.lifecycle import RoundState
    from registry.whitelist.rules import StatusKind

    words: list[tuple[str, type[StrEnum]]] = [
        ("application", ApplicationState), ("contract", ContractState), ("exit_case", ExitState),
        ("objection", ObjectionState), ("round", RoundState), ("entry", StatusKind),
    ]  # fmt: skip
    for kind, states in words:
        for state in states:
            state_of(kind, state)
