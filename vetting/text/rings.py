"""Names that run round a seal: a ring has no beginning, and a slanting seal is cut open anywhere."""

from __future__ import annotations

import re

_HAN = r"[\u4e00-\u9fff]"
_END = r"(?:局|委员会|厅|政府|公司|中心|协会|学会|联合会|俱乐部|学校|学院|院|馆)"
_CUT = re.compile(rf"^((?:(?![省市县区]){_HAN}){{0,8}}{_END})({_HAN}{{2,9}}[省市县区]{_HAN}*)$")
_ENDS = re.compile(rf"{_END}$")


def from_its_place(ring: str) -> str:
    """A ring's text from the place that begins the name: 审批局榕湖市行政 is 榕湖市行政审批局; others as they are."""
    cut = _CUT.match(ring)
    return cut[2] + cut[1] if cut and not _ENDS.search(ring) else ring
