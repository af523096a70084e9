CREATE TABLE key_copy (
    --- Recovery copies: the key of a tablet's database, sealed to the operator's recipient. None is replaced.
    device      TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    -- To whom: an age recipient.
    recipient   TEXT    NOT NULL,
    sealed      BLOB    NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (device, sha256)
) STRICT;

CREATE TABLE later_act (
    -- 更正, 复核, 作废, 申诉: what was done with a record or a visit later, drawn from `record_corrected`, `countersigned`,
    -- `voided` and `appealed`. It may come before what it is about, from another log.
    device   TEXT    NOT NULL,
    log      TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    -- The record's id; a visit's where all of it is void.
    subject  TEXT    NOT NULL,
    -- Whose tablet said so: it is about records and visits of that operator only.
    operator TEXT    NOT NULL,
    -- As the header names it.
    kind     TEXT    NOT NULL,
    -- When it was made, as well as it is known, and how well; settled with the rest of its log.
    made_ms  INTEGER,
    proof    TEXT,
    PRIMARY KEY (device, log, seq)
) STRICT;
CREATE INDEX later_act_subject ON later_act (subject);

-- What newer tablets had sent already.
INSERT INTO redraw (device, log, seq)
SELECT device, log, seq FROM entry
WHERE kind IN ('record_corrected', 'countersigned', 'voided', 'appealed', 'confirmed', 'paused', 'resumed')
ON CONFLICT DO NOTHING;

CREATE VIEW void_visit AS
    -- Visits that count no more, nor do their records; by which entries.
    SELECT visit.id AS visit, later_act.device, later_act.log, later_act.seq FROM visit
    JOIN later_act ON later_act.subject = visit.id
        AND later_act.kind = 'voided' AND later_act.operator = visit.operator;

CREATE VIEW void_record AS
    -- Records that count no more: voided themselves, or with their visit.
    SELECT record.id AS record FROM record
    JOIN later_act ON later_act.subject IN (record.id, record.visit)
        AND later_act.kind = 'voided' AND later_act.operator = record.operator;

-- The day of a visit is that of its last signed record (design.md §4), no longer that of its sign-in. `proof`, here and of
-- records, may be `receipt` too: a receipt's time plus the boot clock.
UPDATE visit SET day = COALESCE((
    SELECT record.day FROM record
    JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
    WHERE record.visit = visit.id AND record.operator = visit.operator
    ORDER BY entry.rowid DESC LIMIT 1), day);

-- 平板: when it was last here (noted once a minute at most), and by whom and why it was struck off.
ALTER TABLE device ADD COLUMN contact_ms INTEGER;
ALTER TABLE device ADD COLUMN revoked_by TEXT;
ALTER TABLE device ADD COLUMN revoked_why TEXT;

CREATE TABLE review (
    -- 审核: what people said of versions of records, each as the server signed it. None is changed or deleted.
    -- UUIDv7: sorts by time.
    id     TEXT NOT NULL PRIMARY KEY,
    record TEXT NOT NULL,
    -- The signed statement, as JSON.
    row    TEXT NOT NULL
) STRICT;
CREATE INDEX review_record ON review (record);
-- Where a record stands with its reviewers, drawn from its entries and its reviews: not_reviewed, corrected, returned,
-- appealed or accepted.
ALTER TABLE record ADD COLUMN review TEXT NOT NULL DEFAULT 'not_reviewed';
CREATE INDEX record_review ON record (review, signed_ms);

CREATE TABLE fault_step (
    -- 故障: which entries are about which fault, drawn from `fault_step`. What a fault is, is folded from them.
    device   TEXT    NOT NULL,
    log      TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    fault    TEXT    NOT NULL,
    -- Whose tablet said so: only steps of one operator at one point are one fault.
    operator TEXT    NOT NULL,
    point    TEXT    NOT NULL,
    -- 1 of a step that may end a fault: back in service, withdrawn.
    ends     INTEGER NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
CREATE INDEX fault_step_fault ON fault_step (fault);
INSERT INTO redraw (device, log, seq) SELECT device, log, seq FROM entry WHERE kind = 'fault_step'
ON CONFLICT DO NOTHING;

CREATE VIEW fault AS
    SELECT fault_step.fault AS id, fault_step.operator, fault_step.point, MAX(fault_step.ends) AS is_ended,
        MAX(entry.received_ms) AS heard_ms, MAX(entry.rowid) AS newest
    FROM fault_step JOIN entry USING (device, log, seq)
    GROUP BY fault_step.fault, fault_step.operator, fault_step.point;

CREATE TABLE confirmation (
    -- 排污单位确认: what representatives answered to what they were shown, on tablets and in the portal.
    -- SHA-256 of what was signed: the entry's header, this server's statement.
    id        TEXT    NOT NULL PRIMARY KEY,
    visit     TEXT    NOT NULL,
    operator  TEXT    NOT NULL,
    -- The entry of a tablet's log.
    device    TEXT,
    log       TEXT,
    seq       INTEGER,
    -- This server's word, as it was signed: JSON of a `Signed<PortalConfirmation>`.
    statement TEXT,
    -- When, as well as it is known, and how well.
    made_ms   INTEGER NOT NULL,
    proof     TEXT    NOT NULL,
    CHECK ((device IS NULL) <> (statement IS NULL))
) STRICT;
CREATE INDEX confirmation_visit ON confirmation (visit);

CREATE TABLE confirmation_standing (
    -- Where the confirmation of a visit stands: drawn anew with each entry of it and each answer.
    visit   TEXT    NOT NULL PRIMARY KEY,
    -- As `State::name` says.
    state   TEXT    NOT NULL,
    -- Until the end of which day it is to be given, Asia/Shanghai.
    day     TEXT    NOT NULL,
    is_late INTEGER NOT NULL
) STRICT;
CREATE INDEX confirmation_standing_state ON confirmation_standing (state, day);

CREATE TABLE confirmation_link (
    -- A way into the portal for one answer about one visit, given to a person's phone number.
    token_hash TEXT    NOT NULL PRIMARY KEY,
    visit      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    -- The login that made it.
    made_by    TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms    INTEGER
) STRICT;

CREATE TABLE plan (
    -- 运维计划 (V5): who does what at a point, how often, from when.
    id    TEXT NOT NULL PRIMARY KEY,
    row   TEXT NOT NULL CHECK (json_valid(row)),
    point TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.point') STORED
) STRICT;
CREATE INDEX plan_point ON plan (point);

CREATE TABLE halt (
    -- Work rests or goes on at a point or an instrument, drawn from `paused` and `resumed`.
    -- The hash of the entry.
    entry    TEXT NOT NULL PRIMARY KEY,
    -- Whose tablet said so.
    operator TEXT NOT NULL,
    point    TEXT NOT NULL,
    row      TEXT NOT NULL CHECK (json_valid(row))
) STRICT;
CREATE INDEX halt_point ON halt (point);
