"""Identity cards, teachers' certificates, rosters, clearances and contracts in several designs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.factories.specimens.facts import Person, Provider, Teacher, iso, spelled
from tests.factories.specimens.paper import Paper, portrait, rows, seal, signature

KINDS = {
    "teacher_qualification": "教师资格证书",
    "skill_certificate": "职业技能等级证书",
    "sports_instructor_certificate": "社会体育指导员证书",
    "heritage_inheritor_certificate": "非遗代表性传承人证书",
}


def _front(person: Person, address: str, ethnicity: str) -> str:
    b = person.born
    return f"""<div style="width:86mm;height:54mm;border:.3mm solid #889;border-radius:3mm;background:#eef4f6;padding:5mm;position:relative;font-size:8.5pt;line-height:1.6" class="sans">
<span style="color:#38c">姓名</span> &nbsp;<span style="font-size:10pt">{person.name}</span><br><span style="color:#38c">性别</span> &nbsp;{person.sex} &nbsp; <span style="color:#38c">民族</span> &nbsp;{ethnicity}<br>
<span style="color:#38c">出生</span> &nbsp;{b.year} <span style="color:#38c">年</span> {b.month} <span style="color:#38c">月</span> {b.day} <span style="color:#38c">日</span><br>
<div style="display:flex;width:54mm"><span style="color:#38c;white-space:nowrap">住址</span>&nbsp;&nbsp;<span>{address}</span></div>
<div class="abs" style="right:6mm;top:7mm;width:21mm">{portrait(len(person.name))}</div>
<div class="abs" style="left:5mm;bottom:4mm"><span style="color:#38c">公民身份号码</span> &nbsp;<b style="font-size:10.5pt">{person.number}</b></div></div>"""


def _back(office: str, term: str) -> str:
    return f"""<div style="width:86mm;height:54mm;border:.3mm solid #889;border-radius:3mm;background:#f3eef0;padding:5mm;position:relative" class="sans">
<div class="c" style="font-size:13pt;margin-left:14mm;letter-spacing:1mm">中华人民共和国</div><div class="c" style="font-size:18pt;margin-left:14mm;letter-spacing:2mm">居民身份证</div>
<div class="abs" style="left:6mm;top:6mm;width:14mm;height:14mm;border-radius:50%;background:#c33"></div>
<div class="abs" style="left:18mm;bottom:11mm;font-size:8.5pt"><span style="color:#38c">签发机关</span> &nbsp;{office}</div>
<div class="abs" style="left:18mm;bottom:5mm;font-size:8.5pt"><span style="color:#38c">有效期限</span> &nbsp;{term}</div></div>"""


def card(
    person: Person,
    place: str,
    since: date,
    until: date | str,
    *,
    shape: str = "under",
    role: str = "legal_representative",
    heading: str = "法定代表人身份证复印件",
    ethnicity: str = "汉",
) -> Paper:
    """An identity card: both sides under each other, beside each other, or on two pages."""
    address = f"{place}青岩路{int(person.number[12:14]) + 3}号{int(person.number[10:12])}栋{person.number[13]}0{person.number[14]}室"
    office = f"{place}公安局"
    term = f"{spelled(since, 'dot')}-{spelled(until, 'dot') if isinstance(until, date) else '长期'}"
    front, back = _front(person, address, ethnicity), _back(office, term)
    title = f'<p class="c" style="font-size:14pt">{heading}</p>'
    landscape = shape == "beside"
    if shape == "beside":
        sheets = [
            f'{title}<div style="display:flex;gap:20mm;margin-top:40mm;margin-left:26mm">{front}{back}</div>'
        ]
    elif shape == "pages":
        sheets = [
            f'{title}<div style="margin:50mm 0 0 40mm">{front}</div>',
            f'<div style="margin:60mm 0 0 40mm">{back}</div>',
        ]
    else:
        sheets = [
            f'{title}<div style="margin:30mm 0 0 40mm">{front}</div><div style="margin:16mm 0 0 40mm">{back}</div>'
        ]
    fields = {
        "name": person.name, "sex": person.sex, "ethnicity": ethnicity, "birth_date": iso(person.born), "address": address,
        "id_number": person.number, "issuer": office, "valid_from": iso(since), "valid_until": iso(until), "role": role,
    }  # fmt: skip
    return Paper("resident_id", 4, sheets, fields, landscape=landscape, title="身份证")


def _base(t: Teacher, issuer: str, **more: Any) -> dict[str, Any]:
    return {
        "name": t.person.name, "id_number": t.person.number, "certificate_number": t.number,
        "issue_date": iso(t.issued), "valid_until": iso(t.until), "issuer": issuer, **more,
    }  # fmt: skip


def qualification(t: Teacher, place: str, *, design: str = "booklet") -> Paper:
    """A teacher's qualification: a booklet with labels, or the text of the newer sheet."""
    issuer = f"{place}教育局"
    kind = t.level or "小学教师资格"
    if design == "booklet":
        body = f"""<h1 style="margin-top:20mm">教师资格证书</h1><div style="display:flex;gap:8mm"><div style="width:32mm;margin-top:8mm">{
            portrait(1)
        }</div><div style="flex:1">
{
            rows(
                ("姓名", t.person.name),
                ("性别", t.person.sex),
                ("出生年月", f"{t.person.born.year}年{t.person.born.month}月"),
                ("民族", "汉"),
                ("身份证号码", t.person.number),
                ("资格种类", kind),
                ("任教学科", t.subject),
                ("证书号码", t.number),
                label="30mm",
            )
        }</div></div>
<p class="r" style="margin-top:20mm">认定机构：{issuer}</p><p class="r">{spelled(t.issued, "han")}</p>{
            seal(issuer, 136, 164, size=38)
        }"""
        sheet, wide = body, False
    else:
        sheet = f"""<div class="abs" style="inset:8mm;border:1mm solid #b94"></div><h1 style="font-size:30pt;margin-top:12mm">教师资格证书</h1>
<div style="display:flex;gap:14mm;padding:0 14mm"><div style="width:30mm">{portrait(2)}</div><div style="flex:1">
<p>持证人{t.person.name}，{t.person.sex}，身份证号码{t.person.number}，经审查符合《教师资格条例》规定，具备{kind}，任教学科为{t.subject}。</p>
<p class="l" style="margin-top:8mm">证书编号：{t.number}</p></div></div>
<div class="abs" style="right:40mm;bottom:34mm">认定机关：{issuer}</div><div class="abs" style="right:40mm;bottom:24mm">认定日期：{spelled(t.issued, "short")}</div>{seal(issuer, 214, 148, size=36)}"""
        wide = True
    return Paper("teacher_qualification", 5, [sheet], _base(t, issuer, qualification=kind, subject=t.subject), landscape=wide,
                 title=f"教师资格证_{t.person.name}")  # fmt: skip


def skill(
    t: Teacher, *, title: str = "职业技能等级证书", english: bool = True, issuer: str = "岭西职业技能鉴定中心"
) -> Paper:
    """A skill certificate, bilingual or not."""

    def label(zh: str, en: str) -> str:
        return f'{zh}<br><span style="font-size:7pt">{en}</span>' if english else zh

    pairs = [(label("姓　　名", "Name"), t.person.name), (label("证件号码", "ID No."), t.person.number),
             (label("职业名称", "Occupation"), t.subject), (label("技能等级", "Skill Level"), t.level),
             (label("证书编号", "Certificate No."), t.number), (label("发证日期", "Date of Issue"), spelled(t.issued, ""))]  # fmt: skip
    if t.until:
        pairs.append((label("有效期至", "Valid until"), spelled(t.until, "")))
    table = "".join(f'<tr><td style="width:36mm;line-height:1.1">{a}</td><td>{b}</td></tr>' for a, b in pairs)
    body = f"""<div class="abs" style="inset:12mm;border:.8mm solid #2a6"></div><h1 style="margin-top:22mm;font-size:26pt">{title}</h1>
{'<p class="c" style="font-size:9pt">CERTIFICATE OF VOCATIONAL SKILL LEVEL</p>' if english else ""}
<div style="display:flex;gap:10mm;margin:10mm 6mm"><div style="flex:1"><table class="plain">{table}</table></div><div style="width:32mm">{portrait(0)}</div></div>
<div class="abs" style="right:44mm;bottom:64mm">{issuer}</div>{seal(issuer, 122, 196, size=40)}"""
    return Paper("skill_certificate", 5, [body], _base(t, issuer, occupation=t.subject, level=t.level),
                 title=f"技能证书_{t.person.name}")  # fmt: skip


def instructor(t: Teacher, place: str, *, prose: bool = False) -> Paper:
    """A sports instructor's certificate with labels, or as a sentence."""
    issuer = f"{place}体育局"
    if prose:
        inner = f"""<p style="margin-top:14mm;font-size:15pt">{t.person.name}，身份证号{t.person.number}，经审核符合《社会体育指导员管理办法》的规定，批准授予{t.level}称号。指导项目：{t.subject}。</p>
<p class="l" style="margin-top:10mm">证书编号：{t.number}</p><p class="r" style="margin-top:18mm">{issuer}</p><p class="r">{spelled(t.issued, "short")}</p>"""
    else:
        inner = rows(("姓名", t.person.name), ("性别", t.person.sex), ("身份证号", t.person.number), ("技术等级", t.level), ("指导项目", t.subject),
                     ("证书编号", t.number), ("批准日期", spelled(t.issued, "dash")), ("批准单位", issuer), label="30mm", size="14pt")  # fmt: skip
    body = f'<h1 style="margin-top:26mm;font-size:26pt;color:#a11">社会体育指导员证书</h1>{inner}{seal(issuer, 132, 150 if prose else 180, size=38)}'
    return Paper("sports_instructor_certificate", 5, [body], _base(t, issuer, level=t.level, sport=t.subject),
                 title=f"社会体育指导员_{t.person.name}")  # fmt: skip


def heritage(t: Teacher, place: str) -> Paper:
    """A certificate that names an inheritor of intangible heritage."""
    issuer = f"{place}文化广电和旅游局"
    body = f"""<div class="abs" style="inset:14mm;border:1.5mm double #b73"></div><h1 style="margin-top:34mm;font-size:24pt">市级非物质文化遗产<br>代表性传承人证书</h1>
<p class="l" style="font-size:15pt">{t.person.name}同志（身份证号：{t.person.number}）：</p>
<p style="font-size:15pt">经审定，命名您为市级非物质文化遗产项目“{t.subject}”代表性传承人。特发此证。</p><p class="l" style="margin-top:8mm">证书编号：{t.number}</p>
<p class="r" style="margin-top:20mm">{issuer}</p><p class="r">{spelled(t.issued, "han")}</p>{seal(issuer, 126, 188, size=42)}"""
    fields = _base(t, issuer, project=t.subject)
    return Paper("heritage_inheritor_certificate", 5, [body], fields, title=f"非遗传承人_{t.person.name}")


_COLUMNS = {
    "no": ("序号", "9mm"), "name": ("姓名", "17mm"), "sex": ("性别", "10mm"), "id": ("身份证号码", "44mm"), "school": ("学历", "13mm"),
    "course": ("任教课程", "22mm"), "kind": ("持有证书", "38mm"), "number": ("证书编号", "42mm"), "until": ("有效期至", "24mm"),
    "phone": ("联系电话", "26mm"),
}  # fmt: skip


def roster(
    p: Provider,
    order: Sequence[str],
    *,
    title: str = "拟派教师花名册",
    landscape: bool = True,
    per_sheet: int = 40,
    sealed: bool = True,
) -> Paper:
    """The roster with its columns in any order, over as many sheets as it takes; the heading is on the first only."""
    head = (
        "<tr>" + "".join(f'<th style="width:{_COLUMNS[c][1]}">{_COLUMNS[c][0]}</th>' for c in order) + "</tr>"
    )
    lines = [_row(t, number, order) for number, t in enumerate(p.teachers, start=1)]
    blocks = [lines[i : i + per_sheet] for i in range(0, len(lines), per_sheet)] or [[]]
    sheets = []
    for number, block in enumerate(blocks):
        top = f'<h1>{title}</h1><p class="l">填报单位（盖章）：{p.name}</p>' if number == 0 else ""
        foot = f'<p class="l">共{len(lines)}人。</p>' if number == len(blocks) - 1 else ""
        stamp = (
            seal(p.name, 40, 120 if landscape else 200, size=38)
            if sealed and number == len(blocks) - 1
            else ""
        )
        # Widths hold on every sheet: the table goes on in the same columns.
        columns = (
            "<colgroup>" + "".join(f'<col style="width:{_COLUMNS[c][1]}">' for c in order) + "</colgroup>"
        )
        sheets.append(
            f'{top}<table style="font-size:9.5pt;table-layout:fixed;line-height:1.3">{columns}{head if number == 0 else ""}{"".join(block)}</table>{foot}{stamp}'
        )
    truth = [
        {"name": t.person.name, "id_number": t.person.number, "certificate_type": KINDS[t.kind], "certificate_number": t.number,
         "valid_until": iso(t.until) if "until" in order else None}
        for t in p.teachers
    ]  # fmt: skip
    return Paper(
        "teacher_roster",
        5,
        sheets,
        {"name": p.name, "teachers": truth},
        landscape=landscape,
        title="教师名册",
    )


def _row(t: Teacher, number: int, order: Sequence[str]) -> str:
    values = {
        "no": str(number), "name": t.person.name, "sex": t.person.sex, "id": t.person.number, "school": "本科", "course": t.subject,
        "kind": KINDS[t.kind], "number": t.number, "until": spelled(t.until, "dot") if t.until else "/", "phone": f"1990000{1000 + number}",
    }  # fmt: skip
    return "<tr>" + "".join(f'<td class="c">{values[c]}</td>' for c in order) + "</tr>"


def clearance(t: Teacher, place: str) -> Paper:
    """A certificate of no criminal record."""
    issuer = f"{place}公安局城东派出所"
    body = f"""<h1 style="margin-top:20mm">无犯罪记录证明</h1><p class="r">编号：GA2026{t.number[-6:]}</p>
<p>经查询，{t.person.name}，{t.person.sex}，身份证号码：{t.person.number}，截至查询之日未发现有犯罪记录。</p><p>特此证明。</p>
<p class="r" style="margin-top:20mm">{issuer}</p><p class="r">{spelled(date(2026, 4, 20), "short")}</p>{seal(issuer, 136, 120, size=38)}"""
    return Paper("no_criminal_record_certificate", 5, [body], {
        "name": t.person.name, "id_number": t.person.number, "issue_date": "2026-04-20",
    }, title=f"无犯罪记录证明_{t.person.name}")  # fmt: skip


def contract(t: Teacher, p: Provider) -> Paper:
    """A labour contract of two sheets."""
    first = f"""<h1 style="margin-top:10mm">劳动合同书</h1><p class="l">甲方（用人单位）：{p.name}</p><p class="l">乙方（劳动者）：{t.person.name}</p><p class="l">身份证号码：{t.person.number}</p>
<h2>一、合同期限</h2><p>本合同为固定期限劳动合同，自2025年9月1日起至2028年8月31日止。</p><h2>二、工作内容和工作地点</h2><p>乙方从事{t.subject}教学工作，工作地点为{p.place}。</p>
<h2>三、工作时间和休息休假</h2><p>实行标准工时制，每周工作不超过四十小时。</p><p class="c abs" style="bottom:12mm;left:0;right:0">第1页</p>"""
    second = f"""<h2>四、劳动报酬</h2><p>甲方按月以货币形式支付乙方工资，每月不低于当地最低工资标准。</p><h2>五、社会保险</h2><p>双方依法参加社会保险，按期缴纳各项费用。</p>
<p class="l" style="margin-top:16mm">甲方（盖章）：{p.name}　　　　乙方（签字）：{signature(t.person.name, height=9)}</p><p class="l">签订日期：2025年8月28日</p>
{seal(p.name, 60, 96, size=38)}<p class="c abs" style="bottom:12mm;left:0;right:0">第2页</p>"""
    return Paper("labour_contract", 5, [first, second], {"name": p.name, "employee": t.person.name, "id_number": t.person.number},
                 title=f"劳动合同_{t.person.name}")  # fmt: skip
