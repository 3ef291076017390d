"""What a provider writes itself, or gets about itself: form, power of attorney, inspections, plan, commitment; and stray pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tests.factories.specimens.facts import Person, Provider, iso, spelled
from tests.factories.specimens.paper import Paper, seal, signature

_CATEGORIES = {"sports": "体育类", "arts": "文化艺术类", "comprehensive_practice": "综合实践活动类"}


def application(
    p: Provider, contact: Person, phone: str, *, design: str = "wide", typed: str = "", sealed: bool = True
) -> Paper:
    """The form: four columns, two columns, or lines to fill in."""
    name, day = typed or p.name, spelled(p.handed_in, "short")
    ticks = "　".join(("☑" if code in p.categories else "□") + word for code, word in _CATEGORIES.items())
    stamp = seal(name, 40, 210, size=38) if sealed else ""
    if design == "wide":
        cells = (("单位名称", name, "信用代码", p.code), ("注册地址", p.address, "单位类型", "企业"), ("法定代表人", p.boss.name, "身份证号码", p.boss.number),
                 ("联系人", contact.name, "联系电话", phone))  # fmt: skip
        body = "".join(
            "<tr>"
            + "".join(f'<td style="{"width:24mm" if i % 2 == 0 else ""}">{v}</td>' for i, v in enumerate(r))
            + "</tr>"
            for r in cells
        )
        body += f'<tr><td>申报类别</td><td colspan="3">{ticks}</td></tr><tr><td>经营范围</td><td colspan="3">{p.scope}</td></tr>'
        body += f'<tr><td style="height:46mm">申报单位意见</td><td colspan="3">以上内容属实。<br><br>法定代表人（签字）：{signature(p.boss.name)}<br>填报日期：{day}</td></tr>'
        body += '<tr><td style="height:30mm">审核意见</td><td colspan="3"></td></tr>'
        sheet = f'<h1>校外机构参与中小学课后服务申报表</h1><table style="font-size:11pt;line-height:1.4">{body}</table>{stamp}'
    elif design == "two":
        pairs = (("申请单位", name), ("统一社会信用代码", p.code), ("登记住所", p.address), ("法人代表", p.boss.name), ("法定代表人身份证号", p.boss.number),
                 ("联系人姓名", contact.name), ("手机号码", phone), ("申报类别", ticks), ("业务范围", p.scope))  # fmt: skip
        body = "".join(f'<tr><td style="width:46mm" class="c">{a}</td><td>{b}</td></tr>' for a, b in pairs)
        sheet = f'<h1>课后服务第三方机构备选库申请表</h1><p class="l">填表日期：{day}</p><table>{body}</table><p class="l" style="margin-top:8mm">申报机构（盖章）：</p>{stamp}'
    else:
        pairs = (("机构名称", name), ("统一社会信用代码", p.code), ("机构地址", p.address), ("负责人", p.boss.name), ("身份证号", p.boss.number), ("联系人", contact.name),
                 ("联系电话", phone), ("申报类别", ticks), ("经营范围", p.scope))  # fmt: skip
        body = "".join(f'<p class="l">{a}：<u>　{b}　</u></p>' for a, b in pairs)
        sheet = f'<h1>参加课后服务申请书</h1>{body}<p style="margin-top:6mm">本机构自愿申请参加课后服务，所填内容属实。</p><p class="r" style="margin-top:16mm">申请日期：{day}</p>{stamp}'
    return Paper("application_form", 1, [sheet], {
        "name": name, "credit_code": p.code, "legal_representative": p.boss.name, "legal_representative_id": p.boss.number,
        "registered_address": p.address, "categories": list(p.categories), "contact_name": contact.name, "contact_phone": phone,
        "business_scope": p.scope, "issue_date": iso(p.handed_in),
    }, title="申请表")  # fmt: skip


def authorization(p: Provider, agent: Person, since: date, until: date, *, table: bool = False) -> Paper:
    """A power of attorney as a letter or as a table."""
    if table:
        pairs = (("委托单位", p.name), ("法定代表人", p.boss.name), ("受委托人", agent.name), ("受委托人身份证号", agent.number),
                 ("委托事项", "办理课后服务备选库申报"), ("委托期限", f"{spelled(since, 'dash')}至{spelled(until, 'dash')}"))  # fmt: skip
        body = (
            "<table>"
            + "".join(f'<tr><td style="width:46mm">{a}</td><td>{b}</td></tr>' for a, b in pairs)
            + "</table>"
        )
    else:
        body = f"""<p>本人{p.boss.name}系{p.name}的法定代表人，现委托本单位职工{agent.name}（身份证号码：{agent.number}）为我单位的委托代理人，代表我单位办理课后服务备选库申报的一切事宜，其签署的文件我单位均予认可。</p>
<p>委托期限自{spelled(since, "")}起至{spelled(until, "")}止。</p>"""
    sheet = f"""<h1 style="margin-top:12mm">授权委托书</h1>{body}<p class="r" style="margin-top:20mm">委托单位（公章）：{p.name}</p>
<p class="r">法定代表人（签章）：{signature(p.boss.name)}</p><p class="r">{spelled(since, "short")}</p>{seal(p.name, 128, 130, size=38)}"""
    return Paper("authorization_letter", 4, [sheet], {
        "name": p.name, "legal_representative": p.boss.name, "agent_name": agent.name, "agent_id_number": agent.number,
        "valid_from": iso(since), "valid_until": iso(until), "issue_date": iso(since),
    }, title="授权委托书")  # fmt: skip


_KIND = {
    "合格": "passed",
    "年检合格": "passed",
    "正常": "passed",
    "已公示": "passed",
    "不合格": "failed",
    "未通过": "failed",
    "未年检": "failed",
    "基本合格": "conditional",
}


def inspection(
    p: Provider, results: Mapping[int, str], *, design: str = "columns", day: date = date(2022, 5, 30)
) -> Paper:
    """Inspections: years across, a record on the web, a letter, or a list of reports."""
    office = f"{p.place}民政局" if p.kind != "business_licence" else f"{p.place}市场监督管理局"
    years = sorted(results)
    if design == "columns":
        head = "".join(f"<th>{y}年度</th>" for y in years)
        cells = "".join(f'<td class="c">{results[y]}</td>' for y in years)
        sheet = f"""<h1>社会组织年检结果证明</h1><p class="l">单位名称：{p.name}</p><p class="l">统一社会信用代码：{p.code}</p>
<table style="margin-top:5mm"><tr><th>年度</th>{head}</tr><tr><td class="c">年检结论</td>{cells}</tr></table>"""
    elif design == "web":
        cells = "".join(f'<tr><td class="c">{n}</td><td class="c">{y}年度报告</td><td class="c">{y + 1}-03-1{n}</td><td class="c">{results[y]}</td></tr>'
                        for n, y in enumerate(years, start=1))  # fmt: skip
        sheet = f"""<div style="background:#27a;color:#fff;padding:3mm 5mm;font-size:14pt" class="sans">国家企业信用信息公示系统</div><h2 class="sans" style="font-size:15pt">{p.name}</h2>
<p class="l sans">统一社会信用代码：{p.code}　登记状态：存续</p><h1 style="font-size:16pt" class="sans">企业年度报告公示信息</h1>
<table class="sans" style="font-size:10.5pt"><tr><th>序号</th><th>报送年度</th><th>公示日期</th><th>状态</th></tr>{cells}</table><p class="l" style="margin-top:8mm">列入经营异常名录信息：无</p>"""
    elif design == "letter":
        said = "，".join(f"{y}年度年检结论为{results[y]}" for y in years)
        sheet = f"<h1>年检情况证明</h1><p>兹证明{p.name}（统一社会信用代码：{p.code}）系在我局登记的单位，{said}。</p><p>特此证明。</p>"
    else:
        cells = "".join(
            f'<tr><td class="c">{y}年</td><td class="c">{results[y]}</td><td class="c">{y + 1}年6月</td></tr>'
            for y in years
        )
        sheet = f"""<h1>民办非企业单位（法人）登记证书年检记录</h1><p class="l">名称：{p.name}</p><p class="l">统一社会信用代码：{p.code}</p>
<table style="margin-top:5mm"><tr><th>检查年度</th><th>检查结论</th><th>检查时间</th></tr>{cells}</table>"""
    foot = (
        f'<p class="r" style="margin-top:24mm">{office}</p><p class="r">{spelled(day, "short")}</p>{seal(office, 138, 130, size=38)}'
        if design != "web"
        else ""
    )
    fields: dict[str, object] = {
        "name": p.name, "credit_code": p.code, "years": {str(y): _KIND[results[y]] for y in years},
    }  # fmt: skip
    if design != "web":
        fields["issue_date"] = iso(day)
    return Paper("annual_inspection", 6, [sheet + foot], fields, title="年检情况")


def plan(
    p: Provider,
    courses: Sequence[str],
    *,
    title: str = "课后服务实施方案",
    more: str = "",
    terms: Sequence[str] = (),
    brochure: bool = False,
) -> Paper:
    """A plan of two sheets; ``terms`` are the academic subjects that it offers, by the truth."""
    listed = "".join(
        f"<p>（{n}）{c}：每周两次，每次一小时，小班教学。</p>" for n, c in enumerate(courses, start=1)
    )
    first = f"""<h1>{p.name}<br>{title}</h1><h2>一、单位概况</h2><p>{p.name}成立于{spelled(p.established, "short")}，长期面向中小学生开展兴趣课程，现有专职教师{max(2, len(p.teachers))}名。</p>
<h2>二、指导思想</h2><p>全面贯彻党的教育方针，落实立德树人根本任务，减轻学生过重作业负担，不占用正常教学时间。</p><h2>三、课程设置</h2>{listed}<p>{more}</p><p class="c abs" style="bottom:12mm;left:0;right:0">1</p>"""
    second = f"""<h2>四、师资力量</h2><p>任课教师均具备相应资格，持证上岗，定期参加教研活动，接受学校和家长评价。</p><h2>五、安全管理</h2><p>建立学生考勤与离校交接制度，配备急救用品，购买公众责任险，每学期组织一次疏散演练。</p>
<h2>六、收费与退费</h2><p>按照主管部门核定的标准收取费用，家长自愿选择，随时可以退出并按未上课时退费。</p>
<p class="r" style="margin-top:20mm">{p.name}</p><p class="r">{spelled(p.handed_in, "short")}</p>{seal(p.name, 136, 130, size=38)}<p class="c abs" style="bottom:12mm;left:0;right:0">2</p>"""
    return Paper("service_plan", 7, [first, second], {
        "name": p.name, "academic": bool(terms), "academic_terms": list(terms), "issue_date": iso(p.handed_in),
    }, title="课后服务方案")  # fmt: skip


def commitment(
    p: Provider,
    *,
    title: str = "信用承诺书",
    signed: bool = True,
    sealed: bool = True,
    typed_name: bool = False,
    how: str = "short",
) -> Paper:
    """A commitment; signature and seal may be missing, the name may be typed where a pen belongs."""
    said = (
        "所提供的材料真实、准确、完整，复印件与原件一致，如有虚假愿承担法律责任。", "近三年内没有违法违规办学行为，未被列入严重违法失信名单和行业黑名单。",
        "严格遵守国家“双减”政策，课后服务期间不讲授语文、数学、英语等学科内容。", "不以任何形式转包、分包课后服务项目，不诱导学生参加校外培训。",
    )  # fmt: skip
    body = "".join(f"<p>{n}、{s}</p>" for n, s in enumerate(said, start=1))
    pen = signature(p.boss.name, colour=(20, 20, 25)) if signed else (p.boss.name if typed_name else "")
    stamp = seal(p.name, 96, 168, size=40) if sealed else ""
    sheet = f"""<h1 style="margin-top:8mm">{title}</h1><p class="l">{p.place}教育局：</p><p>{p.name}（统一社会信用代码：{p.code}）申请参加中小学课后服务，现郑重承诺：</p>{body}
<div style="margin-left:70mm;margin-top:16mm"><p class="l">承诺机构（公章）：{p.name}</p><p class="l" style="margin-top:4mm">法定代表人（签名）：{pen}</p><p class="l" style="margin-top:4mm">日期：{spelled(p.handed_in, how)}</p></div>{stamp}"""
    fields = {
        "name": p.name,
        "credit_code": p.code,
        "signed": signed,
        "sealed": sealed,
        "issue_date": iso(p.handed_in),
    }
    if signed:
        fields["legal_representative"] = p.boss.name
    return Paper("commitment", 8, [sheet], fields, title="承诺书")


def stray(kind: str, p: Provider) -> Paper:
    """A page that no application asks for."""
    match kind:
        case "menu":
            rows = "".join(
                f"<tr><td>{a}</td><td>{b}元</td></tr>"
                for a, b in (("老友粉", 12), ("柠檬鸭", 58), ("炒螺", 32), ("凉拌木瓜", 18), ("绿豆沙", 8))
            )
            sheet = f'<h1>今日菜单</h1><table>{rows}</table><p class="c">欢迎光临　谢绝自带酒水</p>'
        case "food":
            sheet = f"""<h1 style="margin-top:14mm">食品经营许可证</h1><p class="l">经营者名称：{p.name}</p><p class="l">社会信用代码：{p.code}</p><p class="l">法定代表人（负责人）：{p.boss.name}</p>
<p class="l">住所：{p.address}</p><p class="l">经营场所：{p.address}</p><p class="l">主体业态：餐饮服务经营者</p><p class="l">经营项目：热食类食品制售</p><p class="l">许可证编号：JY24509020012345</p><p class="l">有效期至：2021年03月02日</p>
<p class="r">发证机关：{p.place}市场监督管理局</p><p class="r">2016年03月03日</p>{seal(p.place + "市场监督管理局", 140, 150, size=38)}"""
        case "bank":
            sheet = f"""<h1 style="margin-top:14mm">基本存款账户信息</h1><p class="l">账户名称：{p.name}</p><p class="l">账户号码：450500012345678901</p><p class="l">开户银行：岭西银行{p.place}支行</p><p class="l">法定代表人：{p.boss.name}</p>
<p class="l">基本存款账户编号：J6110012345601</p><p class="r">2019年05月10日</p>"""
        case "honour":
            sheet = f"""<div class="abs" style="inset:12mm;border:2mm double #c90"></div><h1 style="margin-top:40mm;font-size:34pt;color:#b00">荣誉证书</h1><p class="l" style="font-size:16pt">{p.name}：</p><p style="font-size:16pt">在二〇二一年全市青少年文体活动中成绩突出，被评为先进单位，特发此证，以资鼓励。</p>
<p class="r" style="margin-top:20mm">{p.place}青少年活动联合会</p><p class="r">二〇二一年十二月</p>"""
        case "lease":
            sheet = f"""<h1>房屋租赁合同</h1><p class="l">甲方（出租方）：{p.place}利民物业有限公司</p><p class="l">乙方（承租方）：{p.name}</p><p>一、甲方将位于{p.address}的房屋出租给乙方使用，建筑面积二百平方米。</p>
<p>二、租赁期限自2019年1月1日起至2024年12月31日止。</p><p>三、租金每月人民币捌仟元，按季支付。</p><p class="l" style="margin-top:20mm">甲方（盖章）：　　　　　　乙方（盖章）：{p.name}</p><p class="l">2018年12月20日</p>{seal(p.name, 110, 130, size=36)}"""
        case _:
            shades = "".join(f'<div class="abs" style="left:{x}mm;top:{y}mm;width:60mm;height:70mm;background:hsl({(x * 7 + y * 3) % 360},35%,{35 + (x + y) % 40}%)"></div>'
                             for x in range(10, 190, 60) for y in range(10, 260, 70))  # fmt: skip
            sheet = (
                shades
                + '<div class="abs" style="left:60mm;top:60mm;width:90mm;height:120mm;border-radius:40%;background:#dcb"></div>'
            )
    return Paper(None, 0, [sheet], title="其他材料")
