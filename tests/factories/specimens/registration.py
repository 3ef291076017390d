"""Registration certificates, change notices and school licences in several designs."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.specimens.facts import Provider, iso, spelled
from tests.factories.specimens.paper import Paper, rows, seal


def _term(p: Provider, how: str, shape: str) -> str:
    if p.until == "long-term" and p.since is None:
        return "长期"
    if p.until == "long-term":
        assert p.since is not None
        return f"{spelled(p.since, how)}至长期"
    assert isinstance(p.until, date)
    if p.since is None:
        return f"至{spelled(p.until, how)}"
    return shape.format(spelled(p.since, how), spelled(p.until, how))


def _fields(p: Provider, office: str, **more: Any) -> dict[str, Any]:
    return {
        "name": p.name,
        "credit_code": p.code,
        "legal_representative": p.boss.name,
        "registered_capital": p.capital,
        "registered_address": p.address,
        "business_scope": p.scope,
        "valid_from": iso(p.since),
        "valid_until": iso(p.until),
        "issue_date": iso(p.issued),
        "issuer": office,
        **more,
    }


def licence_landscape(p: Provider, *, how: str = "", term: bool = True) -> Paper:
    """The licence of today: landscape, two columns, the code at the top left."""
    office = f"{p.place}市场监督管理局"
    right = [("注册资本", p.capital), ("成立日期", spelled(p.established, how))]
    right += [("营业期限", _term(p, how, "{}至{}"))] if term else []
    right += [("住所", p.address)]
    body = f"""<div class="abs" style="inset:8mm;border:1.2mm double #b38"></div>
<div class="abs sans" style="left:24mm;top:20mm;font-size:9pt">统一社会信用代码<br><b style="font-size:12pt">{p.code}</b></div>
<h1 style="font-size:40pt;letter-spacing:8mm;margin-top:16mm">营业执照</h1>
<p class="c" style="font-size:14pt;margin-top:-8mm">（副　本）</p>
<div style="display:flex;gap:14mm;margin-top:6mm"><div style="width:130mm">
{rows(("名称", p.name), ("类型", "有限责任公司（自然人独资）"), ("法定代表人", p.boss.name), ("经营范围", p.scope), size="11.5pt")}
</div><div style="flex:1">{rows(*right, size="11.5pt")}</div></div>
<div class="abs" style="right:40mm;bottom:30mm;font-size:13pt">登记机关</div>
<div class="abs" style="right:26mm;bottom:18mm;font-size:13pt">{spelled(p.issued, "spaced")}</div>
<div class="abs" style="left:20mm;bottom:9mm;font-size:7pt">国家企业信用信息公示系统网址：http://www.gsxt.gov.cn</div>
<div class="abs" style="right:20mm;bottom:9mm;font-size:7pt">国家市场监督管理总局监制</div>
{seal(office, 222, 150, size=38)}"""
    fields = _fields(p, office, entity_type="有限责任公司（自然人独资）", established=iso(p.established))
    if not term:
        fields |= {"valid_until": None}
        fields.pop("valid_from")
    return Paper("business_licence", 2, [body], fields, landscape=True, title="营业执照")


def licence_portrait(p: Provider, *, how: str = "han") -> Paper:
    """The older licence: portrait, one column, dates in Chinese numerals."""
    office = f"{p.place}工商行政管理局"
    body = f"""<div class="abs" style="inset:10mm;border:2mm solid #a42"></div>
<h1 style="font-size:38pt;letter-spacing:6mm;margin-top:20mm">营业执照</h1>
<p class="c" style="font-size:13pt">（副本）（1-1）</p><p class="c sans" style="margin:4mm 0 8mm">统一社会信用代码：{
        p.code
    }</p>
<div style="padding:0 8mm">{
        rows(
            ("名称", p.name),
            ("类型", "有限责任公司(自然人投资或控股)"),
            ("住所", p.address),
            ("法定代表人", p.boss.name),
            ("注册资本", p.capital),
            ("成立日期", spelled(p.established, how)),
            ("营业期限", _term(p, how, "自{}至{}")),
            ("经营范围", p.scope),
            label="34mm",
        )
    }</div>
<div class="abs" style="right:52mm;bottom:56mm;font-size:15pt">登 记 机 关</div>
<div class="abs" style="right:34mm;bottom:38mm;font-size:14pt">{spelled(p.issued, how)}</div>
{seal(office, 130, 225, size=40)}"""
    return Paper(
        "business_licence",
        2,
        [body],
        _fields(p, office, entity_type="有限责任公司(自然人投资或控股)", established=iso(p.established)),
        title="营业执照",
    )


def licence_trader(p: Provider) -> Paper:
    """A sole trader's licence: 经营者, 经营场所, no term."""
    office = f"{p.place}市场监督管理局"
    body = f"""<div class="abs" style="inset:10mm;border:1mm solid #789"></div>
<p class="l sans" style="font-size:10pt">统一社会信用代码<br>{p.code}</p>
<h1 style="font-size:36pt;letter-spacing:6mm">营业执照</h1>
{
        rows(
            ("名称", p.name),
            ("类型", "个体工商户"),
            ("经营者", p.boss.name),
            ("组成形式", "个人经营"),
            ("注册日期", spelled(p.established, "")),
            ("经营场所", p.address),
            ("经营范围", p.scope),
            label="30mm",
        )
    }
<div class="abs" style="right:48mm;bottom:62mm">登记机关</div><div class="abs" style="right:34mm;bottom:48mm">{
        spelled(p.issued, "spaced")
    }</div>
{seal(office, 134, 214, size=40)}"""
    fields = _fields(p, office, entity_type="个体工商户", established=iso(p.established), valid_until=None)
    for name in ("valid_from", "registered_capital"):
        fields.pop(name)
    return Paper("business_licence", 2, [body], fields, title="营业执照")


def private_unit(p: Provider, *, how: str = "dot") -> Paper:
    """A private non-enterprise certificate as an open booklet, landscape."""
    office = f"{p.place}行政审批局"
    body = f"""<div class="abs" style="left:8mm;top:8mm;bottom:8mm;width:136mm;border:.6mm solid #963"></div>
<div class="abs" style="right:8mm;top:8mm;bottom:8mm;width:136mm;border:.6mm solid #963"></div>
<div class="abs" style="left:14mm;top:52mm;width:124mm;text-align:center"><h1 style="font-size:25pt">民办非企业单位<br>登记证书</h1>
<p class="c">（副本）</p><p class="c" style="font-size:13pt;margin-top:12mm">统一社会信用代码</p><p class="c sans">{
        p.code
    }</p>
<p class="c" style="font-size:9pt;margin-top:30mm">中华人民共和国民政部制</p></div>
<div class="abs" style="left:160mm;top:18mm;width:122mm">{
        rows(
            ("名称", p.name),
            ("住所", p.address),
            ("法定代表人", p.boss.name),
            ("开办资金", p.capital),
            ("业务主管单位", f"{p.place}教育局"),
            ("业务范围", p.scope),
            ("有效期限", _term(p, how, "{}至{}")),
            label="32mm",
            size="11.5pt",
        )
    }</div>
<div class="abs" style="right:40mm;bottom:34mm">发证机关（盖章）</div><div class="abs" style="right:32mm;bottom:22mm">{
        spelled(p.issued, "short")
    }</div>
{seal(office, 222, 148, size=38)}"""
    fields = _fields(p, office, supervising_body=f"{p.place}教育局")
    return Paper(
        "private_nonenterprise_certificate", 2, [body], fields, landscape=True, title="民办非企业单位登记证书"
    )


def society(p: Provider, *, how: str = "short") -> Paper:
    """A society's certificate, portrait, with a table."""
    office = f"{p.place}民政局"
    cells = (("名　　称", p.name), ("统一社会信用代码", p.code), ("业务范围", p.scope), ("住　　所", p.address),
             ("法定代表人", p.boss.name), ("活动地域", p.place), ("注册资金", p.capital), ("业务主管单位", f"{p.place}教育和体育局"))  # fmt: skip
    table = "".join(f'<tr><td style="width:44mm" class="c">{a}</td><td>{b}</td></tr>' for a, b in cells)
    body = f"""<h1 style="margin-top:14mm;font-size:28pt">社会团体法人登记证书</h1><table style="font-size:12.5pt">{table}</table>
<p class="l" style="margin-top:6mm">有效期限：自{_term(p, how, "{}至{}")}</p>
<div class="abs" style="right:40mm;bottom:52mm">发证机关：{office}</div><div class="abs" style="right:40mm;bottom:42mm">发证日期：{spelled(p.issued, how)}</div>
{seal(office, 128, 210, size=42)}"""
    return Paper(
        "social_organization_certificate",
        2,
        [body],
        _fields(p, office, supervising_body=f"{p.place}教育和体育局"),
        title="社会团体法人登记证书",
    )


def change_letter(p: Provider, former: str, day: date) -> Paper:
    """A notice of a change of name as a letter."""
    office = f"{p.place}市场监督管理局"
    body = f"""<p class="c" style="color:#c11;font-size:24pt;letter-spacing:2mm">{office}</p>
<h1 style="border-top:.8mm solid #c11;padding-top:6mm">名称变更核准通知书</h1><p class="r">（{p.place[:2]}）登记企核变字〔{day.year}〕第0412号</p>
<p class="l">{p.name}：</p><p>你单位提交的变更登记申请材料齐全，符合法定形式，我局决定准予变更登记。原企业名称“{former}”经核准变更为“{p.name}”，统一社会信用代码{p.code}不变。</p>
<p>请于领取本通知书后十日内换领营业执照。</p><p class="r" style="margin-top:24mm">{office}</p><p class="r">{spelled(day, "short")}</p>
{seal(office, 142, 138, size=40)}"""
    return Paper("name_change_notice", 2, [body], {
        "name": p.name, "former_name": former, "credit_code": p.code, "issue_date": iso(day), "issuer": office,
    }, title="名称变更通知书")  # fmt: skip


def change_table(p: Provider, former: str, day: date) -> Paper:
    """A change of registration as a table: item, before, after."""
    office = f"{p.place}民政局"
    body = f"""<h1>准予变更登记决定书</h1><p>经审查，{p.name}申请变更登记，符合规定，准予变更。</p>
<table style="margin-top:6mm"><tr><th style="width:30mm">变更事项</th><th>变更前</th><th>变更后</th></tr>
<tr><td>单位名称</td><td>{former}</td><td>{p.name}</td></tr><tr><td>住所</td><td>{p.place}旧港路2号</td><td>{p.address}</td></tr></table>
<p class="l" style="margin-top:4mm">统一社会信用代码：{p.code}</p><p class="r" style="margin-top:24mm">{office}</p><p class="r">{spelled(day, "han")}</p>
{seal(office, 140, 130, size=40)}"""
    return Paper("name_change_notice", 2, [body], {
        "name": p.name, "former_name": former, "credit_code": p.code, "issue_date": iso(day), "issuer": office,
    }, title="变更登记决定书")  # fmt: skip


def school_licence(p: Provider, until: date) -> Paper:
    """A private school's licence."""
    since = until.replace(year=until.year - 4)
    body = f"""<div class="abs" style="inset:9mm;border:1.4mm double #b80"></div>
<p class="c" style="font-size:18pt;margin-top:10mm">中华人民共和国</p><h1 style="font-size:30pt">民办学校办学许可证</h1>
<p class="r">教民 145098270000218号</p>
{
        rows(
            ("名称", p.name),
            ("地址", p.address),
            ("校长", p.boss.name),
            ("学校类型", "培训机构"),
            ("办学内容", "文化艺术类非学科培训"),
            ("主管部门", f"{p.place}教育局"),
            ("有效期限", f"{spelled(since, '')}至{spelled(until, '')}"),
            label="30mm",
            size="14pt",
        )
    }
<div class="abs" style="right:44mm;bottom:60mm">发证机关：{
        p.place
    }教育局</div><div class="abs" style="right:44mm;bottom:48mm">{spelled(since, "")}</div>
{seal(f"{p.place}教育局", 130, 206, size=40)}"""
    return Paper("school_licence", 2, [body], {
        "name": p.name, "valid_from": iso(since), "valid_until": iso(until), "registered_address": p.address,
    }, title="办学许可证")  # fmt: skip
