"""A company name in its parts: 行政区划 字号 行业 组织形式 (place, brand, trade, organisational form).

The order is that of the rules on company names: the place leads or stands in brackets, the organisational form ends the
name, the trade stands before it, the brand is what is left. All text is a ``name_key``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetting.matching.places import is_short, known, leading_places

BRANCH = "分公司"
FORMS = (
    "特殊普通合伙企业", "股份有限责任公司", "有限责任公司", "集团股份有限公司", "股份有限公司", "集团有限公司", "有限公司",
    "股份公司", "集团公司", "总公司", "公司", "普通合伙企业", "有限合伙企业", "合伙企业", "个人独资企业",
    "专业合作社", "合作社", "教育培训学校", "培训学校", "职业学校", "技工学校", "学校", "学院", "书院", "幼儿园", "培训中心",
    "服务中心", "活动中心", "托管中心", "发展中心", "研究中心", "中心", "俱乐部", "工作室", "工作坊", "研究院", "研究所", "研究会",
    "联合会", "促进会", "基金会", "协会", "学会", "商会", "事务所", "培训部", "经营部", "服务部", "培训班", "托管班", "画室", "书屋",
    "书店", "画院", "棋院", "琴行", "琴社", "画廊", "道馆", "武馆", "少年宫", "文化宫", "体育馆", "图书馆", "艺术团", "舞蹈团",
    "合唱团", "商行", "商店", "企业", "基地", "馆", "社", "店", "部", "厂", "坊", "园", "吧", "班", "营",
)  # fmt: skip
NOTES = ("特殊普通合伙", "个人独资企业", "个体工商户", "普通合伙", "有限合伙", "个人独资", "个体户", "个体")
_TRADES = (
    "教育 科技 文化 艺术 美术 体育 音乐 舞蹈 书法 书画 绘画 武术 棋艺 围棋 象棋 戏剧 口才 语言 英语 外语 编程 机器人 科学 "
    "科普 科创 创客 劳动 实践 研学 旅行 旅游 文旅 户外 拓展 体适能 少儿 儿童 青少年 幼儿 课后 托管 托育 家政 餐饮 服务 咨询 "
    "信息 技术 网络 软件 智能 电子 传播 传媒 广告 影视 演艺 培训 职业 技能 辅导 学习 成长 心理 健康 运动 健身 足球 篮球 羽毛球 "
    "乒乓球 游泳 跆拳道 轮滑 击剑 发展 产业 投资 管理 策划 创意 设计 开发 推广 交流 活动 会展 商贸 贸易 实业 工程 新材料 "
    "生物 环保 文体 乐器 古筝 钢琴 国学 国际 早教 美育 素质 综合 手工 陶艺 茶艺 烘焙 摄影 播音 主持 表演 声乐 器乐"
)
TRADES = frozenset(_TRADES.split())
_LONGEST_TRADE = max(map(len, TRADES))
_BRACKETED = re.compile(r"\(([^()]*)\)")
_NOTE = re.compile(rf"\((?:{'|'.join(NOTES)})\)")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The parts of a name, ``""`` where it has none."""

    place: str
    brand: str
    trade: str
    form: str
    note: str
    branch: str

    @property
    def parts(self) -> dict[str, str]:
        """The parts by name, in the order in which they are read."""
        return {
            "place": self.place,
            "brand": self.brand,
            "trade": self.trade,
            "form": self.form,
            "note": self.note,
            "branch": self.branch,
        }


def split_note(name: str) -> tuple[str, str]:
    """A name without its legal-form note in brackets （个人独资）, and the note."""
    found = _NOTE.search(name)
    return (name, "") if found is None else (name[: found.start()] + name[found.end() :], found[0][1:-1])


def split_branch(name: str) -> tuple[str, str]:
    """A name without what names the branch: ``("甲有限公司", "江南分公司")``; no branch is ``""``."""
    bare = name.removesuffix(")")
    if not bare.endswith(BRANCH):
        return name, ""
    for form in FORMS:
        at = name.find(form)
        if form.endswith("公司") and at > 0 and name[at - 1] != "分" and at + len(form) < len(name):
            return name[: at + len(form)], name[at + len(form) :]
    return name, ""


def _split_trade(text: str) -> tuple[str, str]:
    """Brand and trade: words of the trade are taken from the end."""
    at = len(text)
    while at > 1:
        for length in range(min(_LONGEST_TRADE, at), 1, -1):
            if text[at - length : at] in TRADES:
                at -= length
                break
        else:
            break
    return text[:at], text[at:]


def parse(name: str) -> CompanyName:
    """The parts of a company's name.

    Never fails: what is no place, trade or form is brand. A place in brackets is the place when none leads.
    """
    rest, branch = split_branch(name)
    rest, note = split_note(rest)
    form = next((f for f in FORMS if rest.endswith(f) and len(rest) > len(f)), "")
    rest = rest[: len(rest) - len(form)] if form else rest
    leading = leading_places(rest)
    place = "".join(leading)
    rest = rest[len(place) :]
    for found in _BRACKETED.finditer(rest):
        if known(found[1]):
            place += f"({found[1]})"
            rest = rest[: found.start()] + rest[found.end() :]
            break
    brand, trade = _split_trade(rest)
    if leading and rest == trade and is_short(leading[-1]):
        # 永福艺术培训有限公司: what could be a place is the brand where nothing else is.
        brand, place = leading[-1] + brand, place.replace(leading[-1], "", 1)
    return CompanyName(place, brand, trade, form, note, branch)
