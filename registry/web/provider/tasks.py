"""The task list of an application: each section with its state and what it still lacks."""

from __future__ import annotations

from typing import Any

from registry.applications.completeness import Missing, Section
from registry.applications.queries import ApplicationView, FileRow
from registry.web.components.i18n import N_, Translator
from registry.web.provider.sections import SECTIONS, asked_sections

SHOWN_SENTENCES = 5


def tasks_of(
    found: ApplicationView,
    problems: list[Missing],
    files: list[FileRow],
    form: dict[str, Any],
    words: Translator,
) -> list[dict[str, Any]]:
    """The task list: each section with its state and what it still lacks, the most urgent sentences first."""
    tasks = []
    asked = asked_sections(found)
    for section in SECTIONS:
        lacking = [problem.error for problem in problems if problem.section is section.key]
        sentences = [words.gettext(error.message, **error.params) for error in lacking]
        if len(sentences) > SHOWN_SENTENCES:
            more = len(sentences) - SHOWN_SENTENCES + 1
            sentences = [*sentences[: SHOWN_SENTENCES - 1], words.gettext(N_("另有 %(n)s 项待补充"), n=more)]
        begun = bool(files) if section.key is Section.FILES else section.begun(form)
        open_now = section.key in asked
        tasks.append(
            {
                "title": words.gettext(section.title),
                "hint": words.gettext(section.hint),
                "url": f"/provider/applications/{found.id}/{section.path}" if open_now else "",
                "state": "done" if not lacking else "incomplete" if begun else "not_started",
                "missing": sentences if lacking else [],
            }
        )
    return tasks
