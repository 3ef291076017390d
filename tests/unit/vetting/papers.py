"""One example of each type of document, as lines on a page. People, firms and numbers are fictional."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.unit.vetting.made import rows
from vetting.model import Line

NAME = "青檬树（南宁）体育文化有限公司"
CODE = "91450105MA5NKRE41R"
BOSS, BOSS_ID = "卢晓岚", "452122197906250008"
AGENT, AGENT_ID = "岑子墨", "450103199208149998"
SCOPE = "体育竞赛组织；体育健康服务；面向中小学生开展的体育类非学科培训。"
A, B = 0.12, 0.34


def pairs(*cells: tuple[str, str]) -> list[list[tuple[float, str]]]:
    """Rows of a label and its value."""
    return [[(A, label), (B, value)] for label, value in cells]


def application_form() -> list[Line]:
    return rows([
        "# 非学科类第三方机构参与课后服务申请表",
        "申请日期：2022年6月16日",
        *pairs(("机构名称", NAME), ("统一社会信用代码", CODE), ("登记住所", "南宁市岚山区邕南路38号")),
        [(A, "法定代表人"), (B, BOSS), (0.45, f"身份证号：{BOSS_ID}")],
        [(A, "联系人及电话"), (B, AGENT), (0.45, "19900002910")],
        [(A, "申报类别"), (B, "☑体育类"), (0.46, "□文化艺术类"), (0.62, "□综合实践活动类")],
        *pairs(("业务（经营）范围", SCOPE), ("拟派教师", "共3人"), ("近两年年检情况", "2020年度：合格；2021年度：合格")),
        "法定代表人（签字）：",
        "教育行政部门审核意见：",
    ])  # fmt: skip


def business_licence(
    name: str = NAME,
    *,
    code: str = CODE,
    boss: str = BOSS,
    term: str = "2018年03月15日至2028年03月14日",
    issued: str = "2018年03月15日",
    scope: str = SCOPE,
) -> list[Line]:
    return rows([
        "统一社会信用代码",
        code,
        "# 营业执照",
        *pairs(
            ("名称", name),
            ("类型", "有限责任公司(自然人投资或控股)"),
            ("法定代表人", boss),
            ("注册资本", "叁拾万圆整"),
            ("成立日期", "2018年03月15日"),
            ("营业期限", term),
            ("住所", "南宁市岚山区邕南路38号荷风大厦1楼"),
            ("经营范围", scope),
        ),
        "",
        [(0.6, "登记机关")],
        [(0.62, "南宁市岚山区行政审批局")],
        [(0.62, issued)],
    ])  # fmt: skip


def private_nonenterprise_certificate() -> list[Line]:
    return rows([
        "# 民办非企业单位登记证书",
        [(B, "统一社会信用代码：52450105MJ19L7T242")],
        *pairs(
            ("名称", "南宁市岚山区飞羽体育培训中心"),
            ("住所", "南宁市云蕉区采蓝路41号青檬中心4楼"),
            ("法定代表人", "覃承泽"),
            ("开办资金", "叁拾万圆整"),
            ("业务主管单位", "南宁市岚山区教育局"),
            ("业务范围", SCOPE),
            ("有效期限", "自二〇二〇年八月八日至二〇二四年八月七日"),
        ),
        "",
        [(0.6, "南宁市岚山区民政局")],
        [(0.62, "二〇二〇年八月八日")],
    ])  # fmt: skip


def social_organization_certificate() -> list[Line]:
    return rows([
        "# 社会团体法人登记证书",
        [(B, "统一社会信用代码：5145010550HK3E9WXX")],
        *pairs(
            ("名称", "南宁市云蕉区跳绳运动协会"),
            ("住所", "南宁市岚山区望榕路233号2楼"),
            ("法定代表人", "甘子墨"),
            ("注册资金", "贰佰万圆整"),
            ("业务主管单位", "南宁市云蕉区文化体育局"),
            ("业务范围", SCOPE),
            ("有效期限", "自2020年11月20日至2025年11月19日"),
        ),
        "",
        [(0.6, "南宁市云蕉区民政局")],
        [(0.62, "2020年11月20日")],
    ])  # fmt: skip


def name_change_notice(former: str = "南宁市小拇指教育咨询有限公司", now: str = NAME) -> list[Line]:
    return rows([
        "# 准予变更登记通知书",
        f"{now}：",
        "    经审查，你单位提交的名称变更登记申请材料齐全，符合法定形式，准予变更登记。",
        f"原名称：{former}",
        f"现名称：{now}",
        f"统一社会信用代码：{CODE}",
        "",
        [(0.6, "南宁市岚山区行政审批局")],
        [(0.62, "2021年3月5日")],
    ])  # fmt: skip


def card_front(name: str = BOSS, number: str = BOSS_ID) -> list[Line]:
    return rows([
        [(0.28, "姓名"), (0.36, name)],
        [(0.28, "性别"), (0.36, "女"), (0.42, "民族"), (0.48, "汉")],
        [(0.28, "出生"), (0.36, "1979年6月25日")],
        [(0.28, "住址"), (0.36, "广西南宁市云蕉区听荷路139号6栋")],
        [(0.28, "公民身份号码"), (0.44, number)],
    ])  # fmt: skip


def card_back(term: str = "2016.05.18-2036.05.18") -> list[Line]:
    return rows([
        [(0.4, "中华人民共和国")],
        "# 居民身份证",
        [(0.34, "签发机关"), (0.44, "南宁市公安局岚山分局")],
        [(0.34, "有效期限"), (0.44, term)],
    ], top=0.4)  # fmt: skip


def resident_id(name: str = BOSS, number: str = BOSS_ID, term: str = "2016.05.18-2036.05.18") -> list[Line]:
    return card_front(name, number) + card_back(term)


def authorization_letter(agent: str = AGENT, number: str = AGENT_ID) -> list[Line]:
    return rows([
        "# 授权委托书",
        f"    我{BOSS}系{NAME}的法定代表人，",
        f"现授权委托{agent}（身份证号：{number}）为我单位代理人，以我单位名义",
        "办理课后服务备选库申报事宜。代理人在办理过程中签署的一切文件，我单位均予承认。",
        "    委托期限：自2022年6月1日至2022年12月31日。代理人无转委托权。",
        "",
        [(0.5, f"委托单位（盖章）：{NAME}")],
        [(0.5, f"法定代表人（签字）：{BOSS}")],
        [(0.5, "日期：2022年6月1日")],
    ])  # fmt: skip


TEACHERS = (
    ("卢云飞", "452122198005169995", "社会体育指导员证书", "4501201988760", "——"),
    ("陆建宁", "450103199208149998", "专业技能证书", "Y004045000308322", "2024-04-03"),
    ("蒙佳宁", "450103199602260002", "教师资格证书", "20164500932008414", "——"),
)
_COLUMNS = (0.06, 0.1, 0.2, 0.26, 0.52, 0.7, 0.88)


def teacher_roster() -> list[Line]:
    body = [
        list(zip(_COLUMNS, (str(n), t[0], "男", *t[1:]), strict=True))
        for n, t in enumerate(TEACHERS, start=1)
    ]
    head = list(
        zip(_COLUMNS, ("序号", "姓名", "性别", "身份证号码", "证件类型", "证件编号", "有效期至"), strict=True)
    )
    return rows(
        [
            "# 参与课后服务教师名册",
            f"机构名称（盖章）：{NAME}",
            head,
            *body,
            "合计：3人。以上人员均经本机构核验身份。",
        ]
    )


def roster_rows(names: Sequence[str], first: int) -> list[Line]:
    numbers = ("450105198612080003", "452122198309280000", "450106199211230008")
    body = [
        list(
            zip(
                _COLUMNS,
                (str(n), name, "女", number, "教师资格证书", f"2014450063200098{n}", "——"),
                strict=True,
            )
        )
        for n, (name, number) in enumerate(zip(names, numbers, strict=False), start=first)
    ]
    return rows(body)


def teacher_qualification(
    name: str = "蒙佳宁", number: str = "450103199602260002", subject: str = "体育"
) -> list[Line]:
    return rows([
        "# 教师资格证书",
        *pairs(
            ("姓名", name),
            ("性别", "女"),
            ("出生年月", "1996年02月"),
            ("身份证号码", number),
            ("资格种类", "高级中学教师资格"),
            ("任教学科", subject),
            ("证书号码", "20164500932008414"),
            ("发证机关", "南宁市岚山区教育局"),
            ("发证日期", "2016年04月22日"),
        ),
    ])  # fmt: skip


def skill_certificate(
    name: str = "陆建宁", number: str = "450103199208149998", until: str = "2024年04月03日"
) -> list[Line]:
    return rows([
        "# 职业技能等级证书",
        *pairs(
            ("姓名", f"：{name}"),
            ("证件类型", "：居民身份证"),
            ("证件号码", f"：{number}"),
            ("职业名称", "：社会体育指导（羽毛球）"),
            ("职业技能等级", "：三级/高级工"),
            ("证书编号", "：Y004045000308322"),
            ("发证日期", "：2019年04月03日"),
            ("有效期至", f"：{until}"),
        ),
        "",
        [(0.6, "评价机构（盖章）")],
        [(0.6, "桂南职业技能评价中心")],
    ])  # fmt: skip


def sports_instructor_certificate(name: str = "卢云飞", level: str = "二级社会体育指导员") -> list[Line]:
    return rows([
        "# 社会体育指导员证书",
        [(A, f"姓名：{name}"), (0.5, "性别：男")],
        "身份证号：452122198005169995",
        f"技术等级：{level}",
        "指导项目：羽毛球",
        "证书编号：4501201988760",
        "批准日期：2019年04月12日",
        "",
        [(0.6, "南宁市云蕉区体育局")],
    ])  # fmt: skip


def heritage_inheritor_certificate(name: str = "韦秀芳") -> list[Line]:
    return rows([
        "# 非物质文化遗产代表性传承人证书",
        *pairs(
            ("姓名", name),
            ("身份证号", "450103199208149998"),
            ("项目名称", "壮族织锦技艺"),
            ("证书编号", "GX-FY-2018-0231"),
            ("颁发日期", "2018年6月9日"),
        ),
        "",
        [(0.6, "南宁市文化广电和旅游局")],
    ])  # fmt: skip


def annual_inspection(
    years: Sequence[tuple[str, str]] = (("2020年度", "合格"), ("2021年度", "合格")),
) -> list[Line]:
    table = [
        [(0.1, str(n)), (0.2, year), (0.35, f"202{n}-05-24"), (0.55, result), (0.75, "按时报送")]
        for n, (year, result) in enumerate(years, start=1)
    ]
    return rows([
        "# 社会组织年度检查情况表",
        *pairs(("机构名称", NAME), ("统一社会信用代码", CODE), ("登记机关", "南宁市岚山区民政局")),
        "年报（年检）记录",
        [(0.1, "序号"), (0.2, "年度"), (0.35, "年检日期"), (0.55, "结论"), (0.75, "备注")],
        *table,
        "以上信息由登记机关出具，与原件一致。",
        "",
        [(0.6, "南宁市岚山区民政局")],
        [(0.62, "2022年5月30日")],
    ])  # fmt: skip


def service_plan(body: str = "（1）少儿篮球：每周二次，每次60分钟，每班不超过35人。") -> list[Line]:
    return rows([
        f"# {NAME}",
        "# 课后服务工作方案",
        "一、机构概况",
        f"    {NAME}成立于2018年3月15日，面向学生提供体育类课程。",
        "二、培养目标",
        "    坚持立德树人、五育并举，尊重学生兴趣和身心发展规律，课程安排在课后服务时段内。",
        "三、服务项目",
        f"    {body}",
        "    （2）羽毛球：每周一次，主要内容为握拍、发球、步法与对打，期末举行展示活动。",
    ])  # fmt: skip


def plan_end() -> list[Line]:
    return rows([
        "六、安全保障",
        "    制定突发事件应急预案，为参与学生投保公众责任险；器材使用前逐件检查；",
        "高温、雷雨天气自动转为室内课程；建立学生离校交接登记表，确保学生由家长接走。",
        "七、社会成效",
        "    近两年机构学员在区级以上展演、比赛中获得奖项31项，家长满意度97%。",
        [(0.55, NAME)],
        [(0.6, "2022年6月16日")],
    ])  # fmt: skip


def commitment() -> list[Line]:
    return rows([
        "# 承诺书",
        "南宁市教育局：",
        f"    {NAME}（统一社会信用代码：{CODE[:12]}",
        f"{CODE[12:]}）自愿申报参与义务教育学校课后服务，现郑重承诺如下：",
        "    1．所提交的全部申报材料真实、合法、有效，复印件与原件一致。",
        "    2．本机构自身信用状况良好，未被列入任何行业“黑名单”或严重违法失信名单。",
        "    3．不开展语文、数学、英语、物理、化学等学科类培训。",
        "    4．不将课后服务项目分包或转包给其他机构或个人。",
        "",
        [(0.45, "承诺单位（盖章）：")],
        [(0.45, "法定代表人（签字）：")],
        [(0.45, "日　期：2022年6月16日")],
    ])  # fmt: skip


def school_licence() -> list[Line]:
    return rows([
        "# 民办学校办学许可证",
        *pairs(("名称", NAME), ("地址", "台山市台城街道白鹭路1号"), ("校长", BOSS), ("办学内容", "体育类非学科培训")),
        *pairs(("有效期限", "2023年9月1日至2027年8月31日")),
        [(0.6, "台山市教育局")],
        [(0.62, "2023年9月1日")],
    ])  # fmt: skip


def no_criminal_record_certificate() -> list[Line]:
    return rows([
        "# 无犯罪记录证明",
        "兹证明卢云飞，身份证号452122198005169995，经查询，未发现其有犯罪记录。",
        [(0.6, "南宁市公安局岚山分局")],
        [(0.62, "2022年5月30日")],
    ])  # fmt: skip


def labour_contract() -> list[Line]:
    return rows([
        "# 劳动合同书",
        f"甲方（用人单位）：{NAME}",
        "乙方（劳动者）：卢云飞",
        "身份证号：452122198005169995",
        "合同期限：自2021年1月1日至2024年12月31日",
        "工作内容：体育教师",
        "劳动报酬：按月支付",
        [(0.62, "2021年1月1日")],
    ])  # fmt: skip


ALL: dict[str, Callable[[], list[Line]]] = {
    f.__name__: f
    for f in (
        application_form,
        business_licence,
        private_nonenterprise_certificate,
        social_organization_certificate,
        name_change_notice,
        resident_id,
        authorization_letter,
        teacher_roster,
        teacher_qualification,
        skill_certificate,
        sports_instructor_certificate,
        heritage_inheritor_certificate,
        annual_inspection,
        service_plan,
        commitment,
        school_licence,
        no_criminal_record_certificate,
        labour_contract,
    )
}


def squeezed(lines: Sequence[Line], top: float) -> list[Line]:
    """The lines in half of a page, from ``top``."""
    return [
        replace(one, box=(one.box[0], top + one.box[1] / 2, one.box[2], top + one.box[3] / 2))
        for one in lines
    ]
