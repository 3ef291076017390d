"""Teaching of academic subjects in running text, told apart from text that excludes or only mentions it (R1).

A subject counts where it is offered. It does not count where the sentence denies, excludes or forbids
it, where it is a teacher's qualification, or where it is knowledge that a workshop draws on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vetting.text.normalise import compare_key

_SUBJECT = "语文|数学|英语|物理|化学|奥数|奥赛|数理化|道德与法治|思想政治|政史地|理化生"
_LESSER = "生物|历史|地理|政治|外语|日语|俄语|作文|写作|阅读理解|拼音|珠心算"
_GENERAL = (
    # 菲, 韭, 扉, 匪: how poor scans read 非; none of them stands before 学科 otherwise.
    r"(?<![非菲韭扉匪跨多各本])学科(?:类)?(?:的)?(?:培训|辅导|补习|补课|提升|培优|强化|教学辅导)|补课|补习|讲授新课|上新课"
    r"|超前(?:学习|教学|授课)|提前(?:学习|讲授|教学)(?:下学期|下册|新学期|新课|课文|教材)|小升初|(?<!体育)中考(?!体育)|高考|幼小衔接"
)
_TEACHING = r"辅导|培训|补习|培优|提优|提高班|提升班|强化|冲刺|同步|衔接|教学|课程|授课|讲授|班"
_TERM = re.compile(rf"(?P<subject>{_SUBJECT})|(?P<lesser>{_LESSER})|(?P<general>{_GENERAL})")
_SENTENCE = re.compile(r"[^。!?！？]+[。!?！？]?")
_UNIT = re.compile(r"[^;；]+")

_DENY = re.compile(
    r"不(?:含|包含|包括|开展|开设|从事|涉及|提供|进行|组织|安排|教授|讲授|传授|以|设|承担|做|补|允许|得|可|会|准|上|教|搞|办|举办|参与|属于|代替|引入|变相|再|接受|讲|实施|承接|布置|是|存在|违规|借|打着)"
    r"|严禁|禁止|杜绝|拒绝|防止|避免|绝不|决不|从不|坚决不|未(?:开展|开设|从事|涉及|提供|组织|进行|安排|含)|没有|并非|而非|非(?=语文|数学|英语|物理|化学|学科类?培训除)"
    r"|远离|剔除|排除|区别于|有别于|不同于|无(?!论|缝|人机|线|障碍|形|限|数|偿|忧|穷|锡|私|土|氧|声)"
)
_NOT_DENYING = re.compile(r"不(?:得(?:少于|低于|超过)|仅|但|只|光|断|止)|不以.{0,6}为(?:唯一|限)")
_RESTART = re.compile(
    r"[,，、:：](?:而|但|但是|而是|并|并且|还|也|同时|另|另外|此外|主要|专门|仅|只|只是|同步|重点)*(?:是|为|将|会|可)?"
    r"(?:开设|开展|提供|组织|设置|安排|增设|教授|辅导|讲授|承接|推出|涵盖|包括|设有|开办|面向)|而是|还(?:开设|提供|开展|设有)|仅(?:开设|开展|提供)"
)
_EXCEPT = re.compile(
    r"除(?:了|去|开)?(?P<inside>[^。;；]{1,60}?)(?:以外|之外|外)(?P<after>[,，]?(?:还|也|另|同时|并|增设)?)"
)
_DENIED_AFTER = re.compile(
    r"^[^,，。;；]{0,40}?(?:除外|不在[^,，。]{0,8}(?:范围|之列|内)|(?:一律|均|概|都|坚决|从|绝|也)?不(?:予)?(?:开设|开展|涉及|提供|教授|安排|组织|进行|从事|属于|包含|包括)"
    r"|严禁|禁止|被?排除在外|与[^,，。]{0,6}无关)"
)
_DENIED_NEXT = re.compile(
    r"^[^。;；]{0,60}[,，](?:以上|上述)?(?:一律|均|概|都|坚决)不(?:予)?(?:开设|开展|涉及|提供|教授|安排|组织)"
)
_PARENTHESES = re.compile(r"\([^()]*\)")
_QUALIFIED_BEFORE = re.compile(
    r"(?:毕业于|任教学科[:：]?|资格学科[:：]?|专业[:：]?|(?:持有?|具有|具备|取得|获得?)[^,，。;；]{0,14})$"
)
_QUALIFIED_AFTER = re.compile(
    r"^(?:[、和与及]?(?:语文|数学|英语|物理|化学|体育|美术|音乐))*\)?(?:学科)?(?:的)?(?:教师资格|资格|教师证|专业|系(?![列统])|学院|教育专业|教师(?:转岗|兼任)|老师出身)"
)
_CRAFT_AFTER = re.compile(
    r"^(?:家|学家|品|试剂|药品|纤维|药剂|制剂|肥|隔离|防护|治疗|疗法|降温|(?:小|趣味|科学)?实验(?:秀|表演|体验|室安全)|现象|性质|特性|变化|世界|奇观|老师|文化|遗迹|人物|名人|故事|长河|渊源|传统|悠久|标志|环境|位置|多样性|标本|样本|思想|素质|面貌|觉悟|立场|方向|理论学习|时期|地位)"
)
_DRAWN_ON = re.compile(r"(?:结合|融合|融入|运用|应用|渗透|联系|涉及|用到|整合|借助|贯通)[^,，。;；]{0,18}$")
_KNOWLEDGE = re.compile(r"^[^,，。;；]{0,14}(?:知识|原理|思维|素养|元素|方法|概念|等学科)")
_OFFER_NEAR = re.compile(r"培优|同步|补习|提高班|提升班|冲刺|应试|教材|单词|语法|考试|竞赛训练")


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject that is offered: the word, its place in the text given, the sentence around it."""

    term: str
    start: int
    end: int
    sentence: str


def offered_subjects(text: str) -> list[Mention]:
    """Academic subjects that ``text`` offers to teach, in order (R1).

    ``text`` is in comparison form without spaces; places count in it.
    """
    found: list[Mention] = []
    for sentence in _SENTENCE.finditer(text):
        for unit in _UNIT.finditer(sentence.group()):
            base = sentence.start() + unit.start()
            found += [
                Mention(match.group(), base + match.start(), base + match.end(), unit.group())
                for match in _TERM.finditer(unit.group())
                if _offered(unit.group(), match)
            ]
    return found


def terms_of(mentions: list[Mention]) -> list[str]:
    """The subjects named, each once, in order; lesser and general words only where no subject is named."""
    for words in (_SUBJECT, f"{_SUBJECT}|{_LESSER}"):
        subjects = [m.term for m in mentions if re.fullmatch(words, m.term)]
        if subjects:
            return list(dict.fromkeys(subjects))
    return list(dict.fromkeys(m.term for m in mentions))


def plain(text: str) -> str:
    """``text`` in the form that ``offered_subjects`` reads."""
    return compare_key(text)


def _offered(unit: str, match: re.Match[str]) -> bool:
    before, after = unit[: match.start()], unit[match.end() :]
    if _only_mentioned(before, after):
        return False
    if match["lesser"] and not re.match(rf"[^,，。;；、]{{0,6}}(?:{_TEACHING})", after):
        return False
    if (
        match["general"]
        and match.group() in ("中考", "高考", "小升初")
        and not re.search(r"辅导|培训|冲刺|备考|复习|补习|衔接", before[-8:] + after[:10])
    ):
        return False
    return not _denied(before, after)


def _only_mentioned(before: str, after: str) -> bool:
    if _QUALIFIED_AFTER.match(after) or _CRAFT_AFTER.match(after):
        return True
    if _QUALIFIED_BEFORE.search(before) and re.match(r"^[^,，。;；]{0,8}(?:资格|证|专业|教师)", after):
        return True
    if before.endswith("危险"):
        return True
    return bool(_DRAWN_ON.search(before) and _KNOWLEDGE.match(after) and not _OFFER_NEAR.search(after[:20]))


def _denied(before: str, after: str) -> bool:
    opened = before.rfind("(")
    if opened > before.rfind(")"):
        inside, _, outside = after.partition(")")
        if _denied_flat(before[opened + 1 :], inside):
            return True
        before, after = before[:opened], outside
    return _denied_flat(_PARENTHESES.sub("", before), _PARENTHESES.sub("", after))


def _denied_flat(before: str, after: str) -> bool:
    whole = before + "\0" + after
    for exception in _EXCEPT.finditer(whole):
        if "\0" in exception["inside"]:
            return not exception["after"].strip(",，")
    if _DENIED_AFTER.match(after) or _DENIED_NEXT.match(after):
        return True
    masked = _NOT_DENYING.sub(lambda m: "~" * len(m.group()), before)
    denials = list(_DENY.finditer(masked))
    return bool(denials) and _RESTART.search(masked, denials[-1].end()) is None
