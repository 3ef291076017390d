"""Draw the lifecycles from their tables: writes docs/lifecycles.md; ``--check`` fails where it is not current."""

from __future__ import annotations

import sys
from pathlib import Path

from registry.applications.lifecycle import APPLICATION
from registry.contracts.lifecycle import CONTRACT, VARIATION
from registry.evaluations.lifecycle import COMPLAINT, EVALUATION
from registry.exits.lifecycle import EXIT_CASE
from registry.kernel.lifecycle import Lifecycle
from registry.notices.lifecycle import OBJECTION
from registry.onboarding.lifecycle import DATA_IMPORT
from registry.rounds.lifecycle import QUESTION, ROUND
from registry.screening.lifecycle import IMPORT
from registry.whitelist.lifecycle import ENTRY, RENEWAL, ROSTER_PERSON, YEARLY_REVIEW

TARGET = Path(__file__).parent.parent / "docs" / "lifecycles.md"
LIFECYCLES = (
    ("Round 遴选批次", ROUND), ("Question 批次提问", QUESTION), ("Application 申报", APPLICATION), ("Objection 异议", OBJECTION),
    ("Entry 在册条目", ENTRY), ("Renewal 换发证照", RENEWAL), ("Roster 教师名册", ROSTER_PERSON), ("Yearly review 年度审查", YEARLY_REVIEW),
    ("Contract 合同", CONTRACT), ("Variation 合同变更", VARIATION), ("Evaluation 评价", EVALUATION), ("Complaint 投诉", COMPLAINT),
    ("Exit case 退出案件", EXIT_CASE), ("List import 名单导入", IMPORT), ("Import of existing records 已有资料导入", DATA_IMPORT),
)  # fmt: skip


def drawing(title: str, lifecycle: Lifecycle) -> str:
    """One lifecycle as a Mermaid diagram and a table of who may do what."""
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state}: {state} {lifecycle.names[state]}" for state in lifecycle.states]
    lines.append(f"    [*] --> {next(iter(lifecycle.states))}")
    for (state, action), target in lifecycle.moves.items():
        lines.append(f"    {state} --> {target}: {action}")
    lines += ["```", "", "| action | 动作 | from | to | who |", "|---|---|---|---|---|"]
    for action, roles in lifecycle.may.items():
        sources = [s for (s, a) in lifecycle.moves if a == action]
        targets = sorted({t for (_, a), t in lifecycle.moves.items() if a == action})
        who = ", ".join(sorted(str(role) for role in roles))
        lines.append(
            f"| {action} | {lifecycle.names[action]} | {', '.join(sources)} | {', '.join(targets)} | {who} |"
        )
    return "\n".join([*lines, ""])


def document() -> str:
    """The whole file."""
    head = "# Lifecycles\n\nDrawn from the tables in each room's `lifecycle.py` by `python tools/lifecycles.py`.\n"
    return "\n".join([head, *(drawing(title, lifecycle) for title, lifecycle in LIFECYCLES)])


def main() -> int:
    """Write or check the file; returns the exit status."""
    text = document()
    if "--check" in sys.argv[1:]:
        current = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
        if current != text:
            print("docs/lifecycles.md is not current: run python tools/lifecycles.py")
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
