"""The order of the play, and what each step must show."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta

from registry.entrypoints.demo.applications import Sample, form_of, kind_of, sample
from registry.entrypoints.demo.journey import applying, officials, schools
from registry.entrypoints.demo.journey.browser import Page, Person, Unexpected
from registry.entrypoints.demo.journey.clockwork import advance, do, now
from registry.entrypoints.demo.journey.world import (
    World,
    case_of,
    course_of,
    entry_of,
    make_world,
    member_account,
    open_round,
    passes_from,
    provider_with,
)
from registry.kernel.years import add_years


def play(base: str, slug: str) -> int:
    """Play the whole life against the system at ``base``; returns 0, or 1 where a step went otherwise."""
    journey = Journey(base, sample(slug))
    try:
        journey.run()
    except Unexpected as error:
        print(f"\n✗ {error}")
        return 1
    finally:
        journey.close()
    print(f"\n走完全程，共 {journey.steps} 步。")
    return 0


class Journey:
    """One run: the people, and what they have made so far."""

    def __init__(self, base: str, given: Sample) -> None:
        self.base, self.sample = base, given
        self.world: World = do(make_world())
        self.steps = 0
        self.people: dict[str, Person] = {}
        self.application_id = self.entry_id = self.contract_id = 0

    def close(self) -> None:
        """Close all browsers."""
        for person in self.people.values():
            person.close()

    def run(self) -> None:
        """Apply, review, notice, list, sign, exit, ban, refuse."""
        self._apply()
        self._late_comer_begins()
        self._review()
        self._upload_after_the_deadline()
        self._notice_and_listing()
        self._contracts()
        self._suspended()
        self._exit()
        self._removed()
        self._banned()

    # -- telling ----------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self.steps += 1
        print(f"{self.steps:>3}  {now().isoformat()}  {text}")

    def _must(self, page: Page, words: str, text: str) -> None:
        if words not in page.text:
            raise Unexpected(f"{text}: “{words}”不在页面 {page.path} 上：{page.errors or page.text[:500]}")
        self._say(text)

    def _refused(self, act: Callable[[], Page], rule_words: str, text: str) -> None:
        """The act must be refused with a sentence that holds ``rule_words``."""
        page = act()
        if page.status < 400 or rule_words not in page.text:
            raise Unexpected(f"{text}: 应当被拒绝（{rule_words}），得到 {page.status}：{page.text[:600]}")
        self._say(f"被拒绝：{text}——{page.refusal(rule_words)}")

    def _person(self, key: str) -> Person:
        if key not in self.people:
            account = self.world.people[key]
            self.people[key] = Person(self.base, account.name)
            self.people[key].sign_in(account.login, account.password)
        return self.people[key]

    # -- the acts ---------------------------------------------------------------------------------------

    def _apply(self) -> None:
        provider = Person(self.base, "申报经办人")
        self.people["provider"] = provider
        known = do(provider_with(self.sample.form["credit_code"]))
        if known is None:
            applying.open_account(provider, f"provider-{self.world.tag}", f"{self.world.tag}-password")
            form = form_of(self.sample.form, kind_of(self.sample.form["credit_code"]))
            self._must(applying.register(provider, form), form.name, f"机构登记：{form.name}")
        else:
            account = do(member_account(self.world.tag, "provider", provider.name, known))
            provider.sign_in(account.login, account.password)
            self._say(f"机构已登记，经办人登录：{self.sample.form['name']}")
        address = applying.start(provider, self.world.round_id)
        self.application_id = officials.number_in(address)
        self._say(f"开始申报：{self.world.round_title}，截止 {self.world.deadline}")
        applying.fill_in(provider, address, self.sample)
        self._say("填写基本信息、课程、教师和承诺")
        applying.upload(provider, address, self.sample)
        self._say(f"上传合并 PDF：{self.sample.pdf_name}（{len(self.sample.pdf) // 1024} kB）")
        page = applying.submit(provider, address)
        self._say(f"提交申报：{page.title}")
        provider.wait_for(address, "初审中")
        self._say("材料核验完成，进入初审")

    def _late_comer_begins(self) -> None:
        """Another provider begins in time and comes with its file after the deadline."""
        late = Person(self.base, "迟到机构经办人")
        self.people["late"] = late
        form = self._other_company("迟到艺术培训有限公司", 1, "450191198808099995")
        applying.open_account(late, f"late-{self.world.tag}", f"{self.world.tag}-password")
        applying.register(late, form_of(form.form, "business_licence"))
        self.late_address = applying.start(late, self.world.round_id)
        self._say("另一家机构在截止前开始申报，尚未上传材料")

    def _other_company(self, name: str, number: int, representative_id: str) -> Sample:
        form = copy.deepcopy(self.sample.form)
        form |= {
            "name": f"演示{self.world.tag}{name}",
            "credit_code": self.world.credit_code(number),
            "legal_representative_id": representative_id,
        }
        return Sample(self.sample.slug, form, self.sample.pdf_name, self.sample.pdf)

    def _review(self) -> None:
        both = self._person("both")
        reviewer, approver = self._person("reviewer"), self._person("approver")
        overruled = officials.overrule_blocks(reviewer, self.application_id, "经人工核对原件，确属误判。")
        self._say(f"初审查看发现，逐项处理（排除 {overruled} 项阻断性发现）")
        officials.recommend(both, self.application_id)
        self._say("兼任初审和复审的人员提出初审意见：建议拟入围")
        account = self.world.people["both"]
        self._refused(
            lambda: both.send(
                f"{officials.address_of(self.application_id)}/decide",
                {"outcome": "shortlist", "reason": "同意。", "password": account.password},
            ),
            "另一人", "同一人再作复审",
        )  # fmt: skip
        page = officials.decide(approver, self.world.people["approver"], self.application_id)
        self._must(page, "拟入围", "另一人复审：同意拟入围")

    def _upload_after_the_deadline(self) -> None:
        advance(self.world.deadline + timedelta(days=1))
        late = self.people["late"]
        self._refused(
            lambda: _late_upload(late, self.late_address, self.sample),
            "截止", "截止日期后上传材料",
        )  # fmt: skip

    def _notice_and_listing(self) -> None:
        approver, account = self._person("approver"), self.world.people["approver"]
        page = officials.publish(
            approver,
            account,
            self.world.round_id,
            self.application_id,
            f"{self.world.round_title}拟入围机构公示",
        )
        notice_id = officials.number_in(page.path)
        public = Person(self.base, "家长")
        self.people["public"] = public
        page = public.open(f"/notices/{notice_id}")
        self._must(page, self.sample.form["name"], f"公示发布，任何人可见：{page.title}")
        self._refused(
            lambda: approver.send(
                f"/bureau/entries/waiting/{self.application_id}",
                {"reason": "确认入库。", "password": account.password},
            ),
            "公示", "公示期内确认入库",
        )  # fmt: skip
        advance(do(passes_from(notice_id)))
        self._say("公示 5 个工作日期满，无异议")
        page = officials.confirm_listing(approver, account, self.application_id)
        self.entry_id = do(entry_of(self.application_id))
        page = public.open(f"/whitelist/{self.entry_id}")
        self._must(page, "在册", f"确认入库，白名单公开：{page.title}")
        if self.sample.form["name"] not in self.people["provider"].open("/provider").text:
            raise Unexpected("机构首页没有显示在册的条目")

    def _contracts(self) -> None:
        school, provider = self._person("school1"), self.people["provider"]
        category, course = self.sample.form["categories"][0], do(course_of(self.entry_id))
        starts = now() + timedelta(days=1)
        too_long = add_years(starts, 2)
        self._refused(
            lambda: schools.draft(school, self.entry_id, starts, too_long, category, course, expect=None),
            "2", f"合同期两年零一天（{starts} 至 {too_long}）",
        )  # fmt: skip
        page = schools.draft(school, self.entry_id, starts, too_long - timedelta(days=1), category, course)
        self.contract_id = schools.contract_number(page)
        self._say(f"学校起草合同：{starts} 至 {too_long - timedelta(days=1)}（两年，含首尾两日）")
        schools.prepare(school, self.contract_id, now(), self.sample.pdf)
        self._say("登记家长意见、收费公示、责任保险、入校人员，上传盖章扫描件")
        schools.offer(school, self.contract_id)
        page = schools.sign(provider, self.contract_id)
        self._must(page, "已签约", "学校确认并送机构，机构确认：已签约")

    def _suspended(self) -> None:
        school, provider = self._person("school2"), self.people["provider"]
        approver, account = self._person("approver"), self.world.people["approver"]
        starts = now() + timedelta(days=1)
        page = schools.draft(
            school, self.entry_id, starts, starts + timedelta(days=200), self.sample.form["categories"][0],
            do(course_of(self.entry_id)),
        )  # fmt: skip
        self.second_contract = schools.contract_number(page)
        schools.prepare(school, self.second_contract, now(), self.sample.pdf)
        schools.offer(school, self.second_contract)
        officials.entry_act(approver, account, self.entry_id, "suspend", "接到举报，核实期间暂停。")
        self._say("第二所学校送出合同；教育局暂停该机构")
        self._refused(
            lambda: provider.send(f"/provider/contracts/{self.second_contract}/sign", {"read": "1"}),
            "暂停", "与暂停的机构签约",
        )  # fmt: skip
        officials.entry_act(approver, account, self.entry_id, "reinstate", "经核实不属实，恢复。")
        self._say("核实后恢复")

    def _exit(self) -> None:
        school, provider = self._person("school1"), self.people["provider"]
        schools.report(school, self.entry_id)
        self._say("学校报告转包，教育局立案")
        case_id = do(case_of(self.entry_id))
        page = provider.open(f"/provider/exits/{case_id}")
        provider.press(page, f"/provider/exits/{case_id}", {"text": "确有其事，我机构已整改，请从轻处理。"})
        self._say("机构在期限内书面陈述申辩")
        officials.decide_exit(
            self._person("reviewer"), self._person("approver"), self.world.people["approver"], case_id
        )
        self._say("初审提出意见，复审决定：退出成立，移出备选库，禁入三年")
        page = self.people["public"].open(f"/whitelist/{self.entry_id}")
        self._must(page, "移出备选库", "公开页面首先说明已移出备选库")
        page = self.people["public"].open("/exits")
        self._must(page, self.sample.form["name"], "退出与禁入公开可查")

    def _removed(self) -> None:
        provider, school = self.people["provider"], self._person("school2")
        self._refused(
            lambda: provider.send(f"/provider/contracts/{self.second_contract}/sign", {"read": "1"}),
            "移", "与已移除的机构签约",
        )  # fmt: skip
        page = school.read(school.client.get(f"/school/contracts/new?entry={self.entry_id}"))
        if "移" not in page.text:
            raise Unexpected("起草页面没有说明机构已移除")
        page = self._person("school1").open(f"/school/contracts/{self.contract_id}")
        self._must(page, "终止", "第一所学校的合同被标记，须由学校终止并交接")

    def _banned(self) -> None:
        round_id = do(
            open_round(
                self.world.admin, self.world.list_id, f"{self.world.round_title}（下一批次）", now(), now() + timedelta(days=9)
            )
        )  # fmt: skip
        provider = self.people["provider"]
        self._refused(lambda: _try_again(provider, round_id, self.sample), "禁入", "被禁入的机构再次申报")
        boss = Person(self.base, "新公司经办人")
        self.people["boss"] = boss
        reborn = self._other_company("新起点体育发展有限公司", 2, self.sample.form["legal_representative_id"])
        applying.open_account(boss, f"boss-{self.world.tag}", f"{self.world.tag}-password")
        applying.register(boss, form_of(reborn.form, "business_licence"))
        self._refused(lambda: _try_again(boss, round_id, reborn), "禁入", "同一法定代表人的新公司申报")


def _try_again(person: Person, round_id: int, given: Sample) -> Page:
    address = applying.start(person, round_id)
    applying.fill_in(person, address, given)
    applying.upload(person, address, given)
    return applying.submit(person, address, expect=None)


def _late_upload(person: Person, address: str, given: Sample) -> Page:
    return person.send(f"{address}/files/0", {}, {"file_0": (given.pdf_name, given.pdf, applying.PDF)})
