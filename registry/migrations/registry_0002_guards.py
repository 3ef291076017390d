"""What can never be true is impossible in the database: guards that column constraints cannot say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2022-06-01T00:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "Guards: live applications, entry overlaps, append-only events, signing under an active entry"

GUARDS = (
    """
    ALTER TABLE membership
        ADD CONSTRAINT membership_bureau_fkey FOREIGN KEY (bureau) REFERENCES bureau (id) ON DELETE RESTRICT,
        ADD CONSTRAINT membership_provider_fkey FOREIGN KEY (provider) REFERENCES provider (id) ON DELETE RESTRICT,
        ADD CONSTRAINT membership_school_fkey FOREIGN KEY (school) REFERENCES school (id) ON DELETE RESTRICT
    """,
    """
    CREATE UNIQUE INDEX application_one_live ON application (provider, round)
        WHERE state NOT IN ('withdrawn', 'rejected')
    """,
    """
    CREATE UNIQUE INDEX renewal_one_open ON renewal (provider, list, kind) WHERE state = 'handed_in'
    """,
    """
    CREATE UNIQUE INDEX contract_variation_one_open ON contract_variation (contract) WHERE state = 'offered'
    """,
    """
    CREATE INDEX round_question_shown ON round_question (round, state, id)
    """,
    """
    CREATE INDEX registration_document_latest ON registration_document (provider, kind, id)
    """,
    """
    CREATE UNIQUE INDEX exit_case_one_open ON exit_case (entry) WHERE state IN ('open', 'proposed')
    """,
    """
    CREATE UNIQUE INDEX suspension_one_per_cause ON suspension (entry, cause, coalesce(reference_id, 0))
        WHERE ended_on IS NULL
    """,
    """
    CREATE INDEX entry_search_terms ON entry USING gin (search_terms)
    """,
    """
    CREATE INDEX entry_by_name ON entry (list, pinyin_key, id)
    """,
    """
    CREATE INDEX entry_by_name_anywhere ON entry (pinyin_key, id)
    """,
    """
    CREATE INDEX entry_latest ON entry (listed_on, id)
    """,
    """
    CREATE INDEX entry_by_price ON entry (coalesce(lowest_price_cents, 2147483647), id)
    """,
    """
    CREATE INDEX entry_subjects ON entry USING gin (subjects)
    """,
    """
    CREATE INDEX entry_withdrawn ON entry (withdrawn_on) WHERE withdrawn_on IS NOT NULL
    """,
    """
    CREATE INDEX entry_ends ON entry (ends_on)
    """,
    """
    CREATE INDEX suspension_started ON suspension (started_on)
    """,
    """
    CREATE INDEX suspension_ended ON suspension (ended_on) WHERE ended_on IS NOT NULL
    """,
    """
    CREATE FUNCTION text_parts(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
        (SELECT coalesce(array_agg(DISTINCT part), '{}') FROM generate_series(1, length(given)) AS at,
         LATERAL (VALUES (substr(given, at, 1)), (substr(given, at, 2))) AS parts (part))
    """,
    """
    CREATE INDEX school_name_parts ON school USING gin (text_parts(name))
    """,
    """
    CREATE INDEX school_by_name ON school (name, id)
    """,
    """
    CREATE INDEX contract_of_school ON contract (school, starts_on, id) WHERE state IN ('signed', 'terminated')
    """,
    """
    CREATE INDEX contract_running ON contract (entry, ends_on) WHERE state = 'signed'
    """,
    """
    CREATE UNIQUE INDEX evaluation_one_live ON evaluation (contract, term_starts_on) WHERE state <> 'void'
    """,
    """
    CREATE INDEX evaluation_due ON evaluation (due_on, id) WHERE state = 'due'
    """,
    """
    CREATE UNIQUE INDEX entry_rating_once ON entry_rating (entry)
    """,
    """
    CREATE UNIQUE INDEX complaint_once ON complaint (entry, receipt_secret_hash)
    """,
    """
    CREATE INDEX complaint_queue ON complaint (bureau, state, id)
    """,
    """
    CREATE UNIQUE INDEX exit_report_complaint ON exit_report (complaint) WHERE complaint IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX exit_report_evaluation ON exit_report (evaluation) WHERE evaluation IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX roster_person_once ON roster_person (entry, id_index) WHERE state IN ('proposed', 'active')
    """,
    """
    CREATE INDEX notification_key ON notification (key)
    """,
    """
    CREATE INDEX event_subject ON event (subject, subject_id, id)
    """,
    """
    CREATE INDEX application_queue ON application (round, state, submitted_at, id)
    """,
    """
    CREATE INDEX finding_current ON finding (application, run)
    """,
    """
    CREATE INDEX ban_in_force ON ban (credit_code, last_day) WHERE overturned_on IS NULL
    """,
    """
    CREATE INDEX screening_of_provider ON screening (provider, list, id)
    """,
    """
    CREATE INDEX screening_of_application ON screening (application, id)
    """,
    """
    CREATE INDEX list_import_latest ON list_import (bureau, list_kind, id) WHERE state = 'applied'
    """,
    """
    CREATE INDEX listing_current ON listing (bureau, list_kind, id) WHERE gone_import IS NULL
    """,
    """
    CREATE INDEX listing_added ON listing (first_import, id)
    """,
    """
    CREATE INDEX listing_gone ON listing (gone_import, id) WHERE gone_import IS NOT NULL
    """,
    """
    CREATE INDEX stored_file_owner ON stored_file (owner, owner_id)
    """,
    """
    CREATE INDEX stored_file_uuid ON stored_file (split_part(split_part(object_key, '/', 3), '.', 1))
    """,
    """
    CREATE INDEX application_file_current ON application_file (application, item, position)
        WHERE removed_at IS NULL AND replaced_at IS NULL
    """,
    """
    ALTER TABLE entry ADD CONSTRAINT entry_no_overlap EXCLUDE USING gist (
        int8range(provider, provider, '[]') WITH &&,
        int4range(list, list, '[]') WITH &&,
        daterange(listed_on, least(withdrawn_on, removed_on, ends_on), '[]') WITH &&
    )
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% rows are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER chain_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chain_seal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER review_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_act
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER registration_document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON registration_document
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER original_check_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON original_check
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER list_snapshot_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON list_snapshot
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER choice_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON choice
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER choice_candidate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON choice_candidate
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER notice_window_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_window
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER calendar_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER calendar_day_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_day
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    ALTER TABLE entry ADD CONSTRAINT entry_import_fkey FOREIGN KEY (import_id)
        REFERENCES data_import (id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE contract ADD CONSTRAINT contract_import_fkey FOREIGN KEY (import_id)
        REFERENCES data_import (id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE ban ADD CONSTRAINT ban_import_fkey FOREIGN KEY (import_id)
        REFERENCES data_import (id) ON DELETE RESTRICT
    """,
    """
    CREATE INDEX data_import_of_bureau ON data_import (bureau, id)
    """,
    """
    CREATE FUNCTION contract_needs_active_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE found record;
    BEGIN
        IF NEW.state = 'signed' AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM 'signed') THEN
            SELECT state, listed_on, ends_on INTO found FROM entry WHERE id = NEW.entry FOR UPDATE;
            IF found.state <> 'listed' OR NEW.signed_on NOT BETWEEN found.listed_on AND found.ends_on
                OR NEW.starts_on NOT BETWEEN found.listed_on AND found.ends_on THEN
                RAISE EXCEPTION 'R22: a contract is signed only under an active entry' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER contract_signing BEFORE INSERT OR UPDATE ON contract
        FOR EACH ROW EXECUTE FUNCTION contract_needs_active_entry()
    """,
    """
    CREATE FUNCTION contract_fits_its_policy() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE years int := (NEW.policy::jsonb -> 'contract' ->> 'max_years')::int;
    BEGIN
        -- 29 February and N years is 28 February where there is no 29th, as dates add.
        IF NEW.state = 'signed' AND NEW.ends_on >= (NEW.starts_on + make_interval(years => years))::date THEN
            RAISE EXCEPTION 'R23: a contract is no longer than its policy allows' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER contract_term BEFORE INSERT OR UPDATE OF state, starts_on, ends_on, policy ON contract
        FOR EACH ROW EXECUTE FUNCTION contract_fits_its_policy()
    """,
    """
    CREATE UNIQUE INDEX entry_of_application ON entry (application)
    """,
    """
    CREATE FUNCTION entry_needs_passed_notice() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM notice_item i JOIN notice n ON n.id = i.notice WHERE i.application = NEW.application
                AND i.taken_off_on IS NULL HAVING count(*) > 0 AND bool_and(n.passes_from <= NEW.listed_on)) THEN
            RAISE EXCEPTION 'R15: listed only from the day its notice has passed' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM objection o JOIN notice_item i ON i.id = o.item
                WHERE i.application = NEW.application AND o.state IN ('open', 'proposed')) THEN
            RAISE EXCEPTION 'R17: not listed over an open objection' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM application a WHERE a.id = NEW.application AND a.recommended_by <> a.decided_by) THEN
            RAISE EXCEPTION 'R13: listed only by two different people' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER entry_listing BEFORE INSERT OR UPDATE OF application ON entry
        FOR EACH ROW WHEN (NEW.application IS NOT NULL) EXECUTE FUNCTION entry_needs_passed_notice()
    """,
    """
    CREATE FUNCTION objection_needs_no_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM entry e JOIN notice_item i ON i.application = e.application WHERE i.id = NEW.item) THEN
            RAISE EXCEPTION 'R17: no objection once listed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER objection_in_time BEFORE INSERT ON objection
        FOR EACH ROW EXECUTE FUNCTION objection_needs_no_entry()
    """,
    """
    CREATE FUNCTION application_is_not_barred() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- The reach of a ban without the zeros that fill its code up; a policy may recognise more.
        IF EXISTS (SELECT 1 FROM ban x JOIN provider p ON p.credit_code = x.credit_code
                JOIN round r ON r.id = NEW.round JOIN registry_list l ON l.id = r.list JOIN bureau b ON b.id = l.bureau
                WHERE p.id = NEW.provider AND x.decided_on <= NEW.submitted_on AND x.last_day >= NEW.submitted_on
                AND (x.overturned_on IS NULL OR x.overturned_on > NEW.submitted_on)
                -- What came on paper counts from its postmark; a ban is judged on the day it is entered.
                AND NOT EXISTS (SELECT 1 FROM paper_intake k WHERE k.application = NEW.id)
                AND b.division LIKE regexp_replace(x.reach, '(00)+$', '') || '%') THEN
            RAISE EXCEPTION 'R28: nothing is accepted from whom a ban bars' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER application_submission BEFORE UPDATE OF state ON application
        FOR EACH ROW WHEN (NEW.state = 'submitted' AND OLD.state = 'draft') EXECUTE FUNCTION application_is_not_barred()
    """,
    """
    CREATE FUNCTION notice_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.snapshot <> OLD.snapshot OR NEW.sha256 <> OLD.sha256 OR NEW.published_on <> OLD.published_on
            OR NEW.working_days <> OLD.working_days OR (NOT OLD.provisional AND NEW.last_day <> OLD.last_day
                AND NOT EXISTS (SELECT 1 FROM notice_window w WHERE w.notice = NEW.id AND w.cause = 'corrected'
                    AND w.last_day = NEW.last_day)) THEN
            RAISE EXCEPTION 'R15: a published notice is frozen' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER notice_frozen BEFORE UPDATE ON notice FOR EACH ROW EXECUTE FUNCTION notice_is_frozen()
    """,
)


async def _guards() -> None:
    engine = engine_finder()
    assert engine is not None
    for statement in GUARDS:
        await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registry", description=DESCRIPTION)
    manager.add_raw(_guards)
    return manager
