"""What may never be true, asked of the tables and the events in SQL that knows nothing of the rooms' code.

Each query gives the records that break an invariant; an intact registry gives none. Order in time is the order of
a provider's or a bureau's chain: its head is locked until the act's transaction ends.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

_SHANGHAI = ZoneInfo("Asia/Shanghai")

# The state that a subject had when an event ``at`` of the same chain was written.
_STATE_BEFORE = """(SELECT p.to_state FROM event p WHERE p.chain = at.chain AND p.subject = {subject} AND p.subject_id = {id}
    AND p.number < at.number AND p.to_state IS NOT NULL ORDER BY p.number DESC LIMIT 1)"""
_ENTRY_THEN = _STATE_BEFORE.format(subject="'entry'", id="c.entry")
_OBJECTION_THEN = _STATE_BEFORE.format(subject="'objection'", id="o.id")

# Whether a ban's reach covers a bureau: the digits that name a place, without the zeros that fill it up.
_REACHES = "b.division LIKE regexp_replace(x.reach, '(00)+$', '') || '%'"
_NOT_LIFTED_BEFORE = """NOT EXISTS (SELECT 1 FROM event v WHERE v.subject = 'ban' AND v.subject_id = x.id
    AND v.action = 'overturn' AND v.id < at.id)"""

INVARIANTS: dict[str, str] = {
    "a contract is signed under an entry that is active at that moment (R22)": f"""
        SELECT c.id FROM event at JOIN contract c ON c.id = at.subject_id
        WHERE at.subject = 'contract' AND at.action = 'sign' AND at.chain LIKE 'provider:%'
          AND {_ENTRY_THEN} IS DISTINCT FROM 'listed'""",
    "a contract is signed and starts inside the entry's period (R22)": """
        SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry WHERE c.state IN ('signed', 'terminated')
          AND (c.signed_on NOT BETWEEN e.listed_on AND e.ends_on OR c.starts_on NOT BETWEEN e.listed_on AND e.ends_on
               OR c.signed_on > c.starts_on)""",
    "nobody signs with a registration that has lapsed (R10, R22)": """
        SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry JOIN provider p ON p.id = e.provider, demo_clock d
        WHERE c.state = 'signed' AND c.signed_on = d.day AND p.registered_until < d.day
          AND EXISTS (SELECT 1 FROM event v WHERE v.id = (SELECT max(id) FROM event) AND v.subject = 'contract'
                      AND v.action = 'sign' AND v.subject_id = c.id)""",
    "service that began was not begun under an entry that was not active (R22)": """
        SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry
        WHERE c.state IN ('signed', 'terminated') AND c.service_checked_on IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM event v WHERE v.subject = 'contract' AND v.subject_id = c.id
                          AND v.action = 'block_service')
          AND (e.withdrawn_on <= c.starts_on
               OR EXISTS (SELECT 1 FROM removal r WHERE r.entry = e.id AND r.removed_on < c.starts_on
                          AND (r.restored_on IS NULL OR r.restored_on > c.starts_on))
               OR EXISTS (SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.started_on < c.starts_on
                          AND s.cause <> 'registration_lapsed'
                          AND (s.ended_on IS NULL OR s.ended_on > c.starts_on)
                          AND EXISTS (SELECT 1 FROM event k WHERE k.subject = 'entry' AND k.subject_id = e.id
                                      AND k.action IN ('suspend', 'suspend_further') AND k.on_day < c.starts_on
                                      AND (k.data ->> 'suspension')::int = s.id)))
          AND c.signed_on < c.starts_on""",
    "no contract is longer than its policy allows (R23)": """
        SELECT c.id FROM contract c WHERE c.state IN ('signed', 'terminated') AND c.ends_on >=
          (c.starts_on + make_interval(years => (c.policy::jsonb -> 'contract' ->> 'max_years')::int))::date""",
    "nobody is listed without a notice that has passed (R15, R18)": """
        SELECT e.id FROM entry e WHERE e.application IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM notice_item i JOIN notice n ON n.id = i.notice WHERE i.application = e.application
            AND i.taken_off_on IS NULL HAVING count(*) > 0 AND bool_and(n.passes_from <= e.listed_on))""",
    "nobody is listed without two different people (R13)": """
        SELECT e.id FROM entry e WHERE e.application IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM review_act r JOIN review_act d ON d.application = r.application AND d.look = r.look
            AND d.id > r.id AND d.account <> r.account
            WHERE r.application = e.application AND r.kind = 'recommend_shortlist' AND d.kind = 'shortlist')""",
    "an objection is ruled as another person proposed (R17, R13)": """
        SELECT o.id FROM objection o WHERE o.state IN ('upheld', 'dismissed') AND (o.proposed_by = o.ruled_by
            OR o.proposal IS DISTINCT FROM CASE o.state WHEN 'upheld' THEN 'uphold' ELSE 'dismiss' END)""",
    "nobody is listed over an open objection (R17)": f"""
        SELECT e.id FROM event at JOIN entry e ON e.id = at.subject_id
        JOIN notice_item i ON i.application = e.application JOIN objection o ON o.item = i.id
        WHERE at.subject = 'entry' AND at.action = 'list' AND at.chain LIKE 'provider:%'
          AND (o.state IN ('open', 'proposed') OR {_OBJECTION_THEN} IN ('open', 'proposed'))""",
    "nobody objects outside the window (R17)": """
        SELECT o.id FROM objection o JOIN notice_item i ON i.id = o.item JOIN notice n ON n.id = i.notice
        WHERE o.filed_on < n.published_on OR o.filed_on >= n.passes_from AND NOT EXISTS (
            SELECT 1 FROM event v WHERE v.subject = 'notice' AND v.subject_id = n.id AND v.action = 'settle_window')""",
    "nothing is handed in before a round opens or after it closes (R5)": """
        SELECT a.id FROM application a JOIN round r ON r.id = a.round
        WHERE a.submitted_on NOT BETWEEN r.opens_on AND r.deadline
           OR EXISTS (SELECT 1 FROM event v WHERE v.subject = 'application' AND v.subject_id = a.id
                      AND v.action = 'submit' AND v.on_day NOT BETWEEN r.opens_on AND r.deadline)""",
    "no application is accepted from whom a ban bars (R28)": f"""
        SELECT a.id FROM event at JOIN application a ON a.id = at.subject_id JOIN round r ON r.id = a.round
        JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau JOIN provider p ON p.id = a.provider
        JOIN ban x ON x.decided_on <= at.on_day AND x.last_day >= at.on_day AND (x.credit_code = p.credit_code
             OR x.legal_representative_id_index = p.legal_representative_id_index)
        JOIN event y ON y.subject = 'ban' AND y.subject_id = x.id AND y.action = 'decide' AND y.id < at.id
             AND y.chain LIKE 'provider:%'
        WHERE at.subject = 'application' AND at.action IN ('submit', 'resubmit') AND at.chain LIKE 'provider:%'
          AND {_REACHES} AND {_NOT_LIFTED_BEFORE}""",
    "nobody is listed whom a ban bars (R18, R28)": f"""
        SELECT e.id FROM event at JOIN entry e ON e.id = at.subject_id
        JOIN registry_list l ON l.id = e.list JOIN bureau b ON b.id = l.bureau JOIN provider p ON p.id = e.provider
        JOIN ban x ON x.decided_on <= at.on_day AND x.last_day >= at.on_day AND x.credit_code = p.credit_code
        JOIN event y ON y.subject = 'ban' AND y.subject_id = x.id AND y.action = 'decide' AND y.chain = at.chain
             AND y.number < at.number
        WHERE at.subject = 'entry' AND at.action = 'list' AND at.chain LIKE 'provider:%'
          AND {_REACHES} AND {_NOT_LIFTED_BEFORE}""",
    "no two entries of a provider overlap on a list (R19)": """
        SELECT a.id FROM entry a JOIN entry b ON b.list = a.list AND b.provider = a.provider AND b.id > a.id
        WHERE a.listed_on <= least(b.withdrawn_on, b.removed_on, b.ends_on)
          AND b.listed_on <= least(a.withdrawn_on, a.removed_on, a.ends_on)""",
    "an entry is suspended exactly while a cause is open (R20)": """
        SELECT e.id FROM entry e WHERE e.state IN ('listed', 'suspended') AND (e.state = 'suspended') <> EXISTS (
            SELECT 1 FROM suspension s WHERE s.entry = e.id AND s.ended_on IS NULL)""",
    "an entry is removed exactly while a removal holds (R21, R27)": """
        SELECT e.id FROM entry e WHERE (e.state = 'removed') <> EXISTS (
            SELECT 1 FROM removal r WHERE r.entry = e.id AND r.restored_on IS NULL)""",
    "an upheld case has a ban in force, an overturned one a lifted ban (R27)": """
        SELECT x.id FROM exit_case x LEFT JOIN ban b ON b.case_id = x.id
        WHERE x.state IN ('upheld', 'overturning') AND (b.id IS NULL OR b.overturned_on IS NOT NULL)
           OR x.state = 'overturned' AND (b.id IS NULL OR b.overturned_on IS NULL)
           OR x.state IN ('open', 'proposed', 'dismissed') AND b.id IS NOT NULL""",
    "every running contract under a removed entry is flagged, and no other (R27)": """
        SELECT c.id FROM contract c JOIN entry e ON e.id = c.entry WHERE c.state = 'signed'
          AND (e.state = 'removed' AND c.ends_on >= e.removed_on AND c.flagged_on IS NULL
               OR c.flagged_on IS NOT NULL AND NOT EXISTS (
                  SELECT 1 FROM removal r WHERE r.case_id = c.flagged_case_id AND r.restored_on IS NULL))""",
    "a case is decided by two people (R13)": """
        SELECT x.id FROM exit_case x WHERE x.state NOT IN ('open', 'proposed') AND NOT EXISTS (
            SELECT 1 FROM event p JOIN event d ON d.chain = p.chain AND d.subject = 'exit_case' AND d.subject_id = x.id
              AND d.action IN ('uphold', 'dismiss') AND d.account_id <> p.account_id AND d.number > p.number
            WHERE p.subject = 'exit_case' AND p.subject_id = x.id AND p.action = 'propose')""",
    "a decision is set aside, and an appeal refused, by who had no part in it (R13, R27)": """
        SELECT at.subject_id FROM event at WHERE at.subject = 'exit_case' AND at.action IN ('overturn', 'refuse_appeal')
          AND EXISTS (SELECT 1 FROM event p WHERE p.chain = at.chain AND p.subject = 'exit_case'
            AND p.subject_id = at.subject_id AND p.action IN ('propose', 'uphold', 'propose_overturn')
            AND p.account_id = at.account_id AND p.number < at.number)""",
    "one open case for an entry, one live application for a provider and round (R5, R27)": """
        SELECT min(id) FROM exit_case WHERE state IN ('open', 'proposed') GROUP BY entry HAVING count(*) > 1
        UNION ALL SELECT min(id) FROM application WHERE state NOT IN ('withdrawn', 'rejected')
        GROUP BY provider, round HAVING count(*) > 1""",
    "the policy of a round is the one it was published with (R30)": """
        SELECT r.id FROM round r WHERE r.state <> 'draft' AND (r.policy IS NULL OR r.policy_version = '')
          AND EXISTS (SELECT 1 FROM event v WHERE v.subject = 'round' AND v.subject_id = r.id
                      AND v.action = 'publish')""",
}

_SUBJECTS = {
    "application": "provider:%",
    "entry": "provider:%",
    "contract": "provider:%",
    "exit_case": "provider:%",
    "round": "bureau:%",
    "objection": "bureau:%",
    "list_import": "bureau:%",
}


def _replay(subject: str, chain: str) -> str:
    # Every state that an event starts from is the one the event before led to; the last one is stored.
    return f"""
        SELECT t.id FROM {subject} t LEFT JOIN LATERAL (
            SELECT count(*) AS n, bool_or(w.broken) AS broken, (array_agg(w.to_state ORDER BY w.number DESC))[1] AS last
            FROM (SELECT v.number, v.to_state, v.from_state IS NOT NULL AND v.from_state IS DISTINCT FROM
                         lag(v.to_state) OVER (ORDER BY v.number) AS broken
                  FROM event v WHERE v.subject = '{subject}' AND v.subject_id = t.id AND v.chain LIKE '{chain}'
                  AND v.to_state IS NOT NULL) w) f ON true
        WHERE f.n = 0 OR f.broken OR f.last IS DISTINCT FROM t.state"""


for _subject, _chain in _SUBJECTS.items():
    INVARIANTS[f"replaying the events gives the stored state of every {_subject} (R33)"] = _replay(
        _subject, _chain
    )

AFTER_A_SWEEP: dict[str, str] = {
    "every first day that came was judged (R22)": """
        SELECT c.id FROM contract c, demo_clock d
        WHERE c.state = 'signed' AND c.starts_on <= d.day AND c.service_checked_on IS NULL""",
    "no correction is open after its last day (R5)": """
        SELECT a.id FROM application a, demo_clock d WHERE a.state = 'correction' AND a.correction_until < d.day""",
    "every lapsed registration suspends (R20)": """
        SELECT e.id FROM entry e JOIN provider p ON p.id = e.provider, demo_clock d
        WHERE e.state = 'listed' AND e.ends_on >= d.day AND p.registered_until < d.day""",
    "no cured lapse suspends any more (R20)": """
        SELECT e.id FROM entry e JOIN provider p ON p.id = e.provider JOIN suspension s ON s.entry = e.id, demo_clock d
        WHERE e.state = 'suspended' AND s.ended_on IS NULL AND s.cause = 'registration_lapsed'
          AND (p.registered_until IS NULL OR p.registered_until >= d.day)""",
}


def _all(queries: dict[str, str]) -> str:
    return " UNION ALL ".join(
        f"SELECT $q${name}$q$ AS invariant, array_agg(id ORDER BY id) AS ids FROM ({sql}) q (id) HAVING count(*) > 0"
        for name, sql in queries.items()
    )


class Witness:
    """Looks at the database over a connection of its own, remembers every event it saw."""

    def __init__(self, admin_url: str) -> None:
        self._connection = psycopg.connect(admin_url, autocommit=True, row_factory=dict_row)
        self._always = _all(INVARIANTS).encode()
        self._swept = _all(AFTER_A_SWEEP).encode()
        self.forget()

    def forget(self) -> None:
        """Begin anew: the tables were emptied."""
        self._seen = 0
        self._count = 0
        self._heads: dict[str, tuple[int, str]] = {}

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Run one statement, prepared for the next time."""
        return self._connection.execute(sql.encode(), values or None, prepare=True).fetchall()

    def check(self, *, swept: bool = False) -> None:
        """Raise AssertionError naming every broken invariant and its records."""
        broken = self._connection.execute(self._always, prepare=True).fetchall()
        if swept:
            broken += self._connection.execute(self._swept, prepare=True).fetchall()
        assert not broken, broken
        self._check_chains()

    def _check_chains(self) -> None:
        for event in self.rows("SELECT * FROM event WHERE id > %s ORDER BY id", self._seen):
            number, previous = self._heads.get(event["chain"], (0, "0" * 64))
            assert event["number"] == number + 1, (
                f"chain {event['chain']} has a gap or a fork at {event['number']}"
            )
            assert event["previous"] == previous, f"chain {event['chain']} is broken at {event['number']}"
            assert event["hash"] == hash_of(event), f"event {event['id']} does not carry its hash"
            self._heads[event["chain"]] = (event["number"], event["hash"])
            self._seen, self._count = event["id"], self._count + 1

    def check_history(self) -> None:
        """No event that was seen has changed or gone, and the stored heads are the last events."""
        every = self.rows("SELECT * FROM event ORDER BY id")
        assert len(every) == self._count
        assert all(event["hash"] == hash_of(event) for event in every), "an event was changed"
        heads = self.rows("SELECT chain, number, hash FROM chain_head")
        assert {h["chain"]: (h["number"], h["hash"]) for h in heads} == self._heads


def hash_of(event: dict[str, Any]) -> str:
    """The SHA-256 (hex) that an event must carry, over its columns in the order of their meaning (R33)."""
    values = [
        event["chain"], event["number"], event["subject"], event["subject_id"], event["action"],
        event["from_state"], event["to_state"], event["account_id"], event["actor"], event["reason"], event["data"],
        event["on_day"].isoformat(), event["recorded_at"].astimezone(_SHANGHAI).isoformat(), event["previous"],
    ]  # fmt: skip
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
