"""What each type of document is told by: its title and the labels that only it has.

Patterns match the comparison form of a row (Simplified, plain brackets, no spaces). A title stands
alone in its row; a mark may stand anywhere. No layout, place or issuing office is assumed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAIL = r"(?:\((?:副本|正本|法人|复印件|原件|样本|示例|试行|式样|\d+[-/]\d+|[一二三四五六七八九十\d]+)\))*"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of document. ``title`` must fill its row, ``marks`` add to the evidence, each once.

    ``many_pages`` says that it may go on over pages without a title of its own; ``several`` that an
    application usually holds more than one; ``prose`` that it is running text.
    """

    type: str
    title: re.Pattern[str]
    marks: tuple[re.Pattern[str], ...]
    many_pages: bool = False
    prose: bool = False
    item: int = 0


def _kind(
    type_: str,
    title: str,
    marks: tuple[str, ...],
    *,
    many_pages: bool = False,
    prose: bool = False,
    item: int = 0,
) -> Kind:
    return Kind(
        type_,
        re.compile(rf"(?:{title}){_TAIL}"),
        tuple(re.compile(m) for m in marks),
        many_pages=many_pages,
        prose=prose,
        item=item,
    )


KINDS: tuple[Kind, ...] = (
    _kind(
        "application_form",
        r".{0,30}(?:申请表|申报表|申请书|申报书|报名表|登记表)",
        (
            "申报类别|申请类别|申报项目",
            "(?:联系人|联系电话)",
            "拟派教师|拟服务|拟开设",
            "审核意见|审批意见",
            "机构意见|申报单位意见",
            "机构(?:名称|类型)",
            "曾用名",
        ),
        many_pages=True,
        item=1,
    ),
    _kind(
        "business_licence",
        r"(?:个体工商户|企业法人)?营业执照",
        (
            "^营业执照",
            "经营范围",
            "营业期限|合伙期限|经营期限",
            "注册资本",
            "成立日期|注册日期",
            "类型",
            "住所|经营场所",
            "国家企业信用信息公示系统",
            "市场监督管理",
            "登记机关",
        ),
        item=2,
    ),
    _kind(
        "private_nonenterprise_certificate",
        r"民办非企业单位.{0,6}登记证书?",
        ("民办非企业单位", "开办资金", "业务主管单位", "业务范围|宗旨", "民政部?", "有效期限"),
        item=2,
    ),
    _kind(
        "social_organization_certificate",
        r"社会团体(?:法人)?登记证书?|社会服务机构登记证书|基金会法人登记证书",
        ("社会团体", "注册资金|注册资本", "业务主管单位", "业务范围|宗旨", "活动地域", "民政部?"),
        item=2,
    ),
    _kind(
        "name_change_notice",
        r".{0,18}(?:变更(?:登记)?(?:核准|预先核准)?(?:登记)?通知书|准予变更(?:登记)?(?:决定|通知)书|变更(?:登记)?(?:证明|证明书|情况说明|情况)|名称变更.{0,6})",
        (
            "(?:准予|核准).{0,6}变更",
            "变更前|原名称|原企业名称|曾用名",
            "变更后|现名称|现变更为|变更为",
            "变更事项|变更内容|变更项目",
            "名称变更",
        ),
        item=2,
    ),
    _kind(
        "resident_id",
        r"[^:;,。]{0,14}身份证(?:明)?(?:复印件|正反面|扫描件|影印件|正反面复印件|复印件正反面)?|(?:中华人民共和国)?居民身份证",
        (
            "公民身份号码",
            "身份号码",
            "居民身份证",
            "签发机关",
            "^有效期限",
            "^(?:姓名)?性别.{1,3}民族|民族",
            "^出生|^住址",
            "公安局",
        ),
        item=4,
    ),
    _kind(
        "authorization_letter",
        r".{0,12}(?:授权委托书|委托授权书|授权书|委托书)",
        (
            "(?:受托|被授权|代理|受委托)人",
            "委托(?:人|单位)|授权(?:人|单位)",
            "(?:代理|委托|授权)(?:权限|事项|期限|范围)",
            "(?:特|兹|现).{0,40}(?:授权|委托)",
        ),
        prose=True,
        item=4,
    ),
    _kind(
        "teacher_roster",
        r".{0,20}(?:教师|教练|师资|人员|教职工|从业人员|任课教师)(?:基本)?(?:情况|信息)?(?:名册|花名册|名单|一览表|登记表|信息表|汇总表|情况表|统计表|表)",
        (
            "^序号.{0,4}姓名",
            "任教(?:项目|课程|科目|学科)",
            "证件(?:类型|名称)|证书(?:类型|名称|种类)",
            "证件编号|证书编号|证件号",
            "以上人员",
        ),
        many_pages=True,
        item=5,
    ),
    _kind(
        "teacher_qualification",
        r"(?:中华人民共和国)?教师资格证书?",
        (
            "资格种类|教师资格种类",
            "任教学科",
            "具备.{0,16}教师资格",
            "证书(?:号码|编号)",
            "认定机[构关]|发证机关|认定日期",
            "出生年月",
            "持证人|教师资格条例",
        ),
        item=5,
    ),
    _kind(
        "skill_certificate",
        r"(?:国家|特种)?(?:职业技能等级|职业资格|专业技能|职业技能|职业技能鉴定|专业技术资格|专业能力|(?:岗位|职业|专业)?培训(?:合格|结业)?|技能等级|专业人员职业资格|职业培训合格)证书?",
        (
            "职业名称|职业\\(?工种|工种|专业名称",
            "(?:职业)?技能等级|等级级别|级别",
            "评价机构|鉴定机构|发证机构|鉴定中心",
            "CERTIFICATEOF|OCCUPATION|VOCATIONAL",
            "证件类型",
            "理论.{0,6}成绩|评定成绩",
        ),
        item=5,
    ),
    _kind(
        "sports_instructor_certificate",
        r"(?:国家级?|[一二三]级)?社会体育指导员.{0,8}证书?",
        ("社会体育指导员", "技术等级|指导员等级", "指导项目|项目", "批准日期", "体育局|体育总局"),
        item=5,
    ),
    _kind(
        "heritage_inheritor_certificate",
        r".{0,20}(?:非物质文化遗产|非遗|民间艺术家|民间艺人|民间文艺|工艺美术大师).{0,16}(?:证书?|牌匾)?|.{0,16}传承人.{0,4}(?:证书?)?",
        (
            "非物质文化遗产",
            "代表性传承人|传承人",
            "项目名称|传承项目|项目类别",
            "文化(?:和旅游|广电|体育)?.{0,8}(?:局|厅|部)",
        ),
        item=5,
    ),
    _kind(
        "annual_inspection",
        r"(?!.*(?:应当|每年|报送|年报\(年检\)记录))[^;,。]{0,24}(?:年度(?:报告|检查)[^;,。]{0,16}|年检[^;,。]{0,10}|年报[^;,。]{0,12}|抽查[^;,。]{0,10})",
        (
            "20\\d\\d年?度",
            "年(?:报|检).{0,6}记录|年度检查",
            "结论|年检结果|检查结论|年检结论",
            "经营异常名录|严重违法失信",
            "按时报送|公示\\(?年检|公示日期",
            "限期整改|行政处罚记录",
            "登记机关",
        ),
        many_pages=True,
        item=6,
    ),
    _kind(
        "service_plan",
        r".{0,40}(?:工作方案|服务方案|实施方案|课程方案|教学方案|服务计划|工作计划|课程计划|活动方案|方案|宣传册|简介|机构介绍|经验材料|典型材料|情况介绍)",
        (
            "机构概况|机构简介|单位概况|基本情况",
            "培养目标|服务目标|工作目标|指导思想",
            "服务项目|服务内容|课程设置|课程内容|开设课程",
            "师资队伍|师资力量|教师队伍",
            "课程特色|教学特色",
            "安全保障|安全管理|应急预案",
            "社会成效|办学成果|服务成效|取得成绩",
            "(?:每周|课时|每班不超过)",
        ),
        many_pages=True,
        prose=True,
        item=7,
    ),
    _kind(
        "commitment",
        r".{0,20}(?:承诺书|承诺函|保证书|诚信承诺|信用承诺)",
        (
            "郑重承诺|特此承诺|承诺如下",
            "承诺(?:单位|人|机构)",
            "真实.{0,3}合法|真实、?准确|法律责任",
            "黑名单|严重违法失信",
            "分包|转包",
        ),
        many_pages=True,
        prose=True,
        item=8,
    ),
    _kind(
        "school_licence",
        r"(?:中华人民共和国)?(?:民办学校)?办学许可证",
        ("办学许可证?", "办学内容|办学类型", "举办者|主办者|校长", "许可证?(?:编?号|有效期)", "教民"),
        item=2,
    ),
    _kind(
        "no_criminal_record_certificate",
        r".{0,12}无(?:违法)?犯罪(?:记录)?(?:证明|查询).{0,6}|.{0,10}(?:违法)?犯罪记录(?:查询|证明).{0,10}",
        ("未发现.{0,10}犯罪记录|无(?:违法)?犯罪记录", "派出所|公安局", "经查询?|查询结果", "兹证明"),
        item=5,
    ),
    _kind(
        "labour_contract",
        r".{0,20}(?:劳动合同|聘用合同|劳务合同|聘用协议|劳动协议)书?",
        ("甲方", "乙方", "合同期限|聘用期限", "劳动报酬|工资", "工作内容|工作岗位"),
        many_pages=True,
        prose=True,
        item=5,
    ),
)

BY_TYPE = {kind.type: kind for kind in KINDS}
SUBJECT_CERTIFICATES = (
    "business_licence",
    "private_nonenterprise_certificate",
    "social_organization_certificate",
)
TEACHER_CERTIFICATES = (
    "teacher_qualification",
    "skill_certificate",
    "sports_instructor_certificate",
    "heritage_inheritor_certificate",
)
