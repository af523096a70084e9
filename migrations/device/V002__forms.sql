-- A record may have no visit: desk work. SQLite cannot drop a NOT NULL, and foreign keys cannot be switched off inside
-- the one transaction of all steps, so record and answer are both made anew and the constraint holds throughout.
DROP TRIGGER signed_record_stays;
DROP TRIGGER signed_answer_stays;

CREATE TABLE record_new (
    --- 运维记录: draft, then signed, then never changed.
    id           TEXT    NOT NULL PRIMARY KEY,
    -- Absent for desk work, which claims no presence.
    visit        TEXT    REFERENCES visit (id),
    point        TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    person_name  TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    -- Definition and rulebook as they were when the draft was begun: it is shown and judged with these for ever.
    definition   TEXT    NOT NULL,
    rulebook     TEXT    NOT NULL,
    -- `draft` or `signed`.
    state        TEXT    NOT NULL,
    begun_at     TEXT    NOT NULL,
    signed_at    TEXT,
    -- Of a signed record: the verdicts, the register's instruments and bottles as they were then, and when the form's
    -- items had last been done (absent for records of the first version, whose forms had no items).
    verdicts     TEXT,
    instruments  TEXT,
    bottles      TEXT,
    last_done    TEXT,
    -- What a search looks through, lower case.
    words        TEXT    NOT NULL,
    -- The entry that bears witness to it.
    log          TEXT,
    seq          INTEGER
) STRICT;
INSERT INTO record_new (id, visit, point, person, person_name, form, form_version, definition, rulebook, state,
                        begun_at, signed_at, verdicts, instruments, bottles, words, log, seq)
SELECT id, visit, point, person, person_name, form, form_version, definition, rulebook, state,
       begun_at, signed_at, verdicts, instruments, bottles, words, log, seq FROM record;

CREATE TABLE answer_new (
    --- One answer of a record, committed as it is given.
    record          TEXT NOT NULL REFERENCES record_new (id),
    -- `section[/instrument][/@line]/field`.
    key             TEXT NOT NULL,
    -- As it stands in the field, valid or not yet.
    text            TEXT NOT NULL,
    -- Where it came from.
    origin          TEXT NOT NULL,
    -- Of a replaced value: what stood there, where that came from, and why it was replaced.
    original        TEXT,
    original_origin TEXT,
    reason          TEXT,
    PRIMARY KEY (record, key)
) STRICT;
INSERT INTO answer_new (record, key, text, origin, original, original_origin, reason)
SELECT record, key, text, origin, original, original_origin, reason FROM answer;

DROP TABLE answer;
DROP TABLE record;
ALTER TABLE record_new RENAME TO record;
ALTER TABLE answer_new RENAME TO answer;
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);
-- A person has one draft of a form in a visit, or at a point.
CREATE UNIQUE INDEX record_draft ON record (person, COALESCE(visit, ''), point, form) WHERE state = 'draft';
CREATE TRIGGER signed_record_stays BEFORE UPDATE ON record WHEN OLD.state = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;
CREATE TRIGGER signed_answer_stays BEFORE UPDATE ON answer
WHEN (SELECT state FROM record WHERE id = OLD.record) = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;

-- The name of a document that a field asks for; photos have none. `source` may be `document` from now on, and
-- `file.kind` as well.
ALTER TABLE photo ADD COLUMN name TEXT;

CREATE TABLE item_done (
    --- When an inspected item or a consumable was last done at a point, by any tablet: what is due in the next record.
    point   TEXT NOT NULL,
    form    TEXT NOT NULL,
    -- The item's name, the same in every version of the form.
    item    TEXT NOT NULL,
    -- Date of Asia/Shanghai on which its record was signed.
    done_on TEXT NOT NULL,
    record  TEXT NOT NULL,
    PRIMARY KEY (point, form, item)
) STRICT;

CREATE TABLE bottle_recorded (
    --- A gas bottle or standard solution that a signed record of a replacement names, from any tablet. A row of the
    --- register with its number comes before it.
    point     TEXT NOT NULL,
    id        TEXT NOT NULL,
    record    TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    row       TEXT NOT NULL,
    PRIMARY KEY (point, id)
) STRICT;

CREATE TABLE definition (
    --- A form or a rulebook that came from the server or from a file, beside those that ship.
    -- Order in which they were taken over: an overlay names a form before it.
    number   INTEGER NOT NULL PRIMARY KEY,
    -- `form` or `rulebook`.
    kind     TEXT    NOT NULL,
    file     TEXT    NOT NULL,
    -- As it came, TOML.
    text     TEXT    NOT NULL,
    -- `server`, whose definitions go when the tablet changes hands, or `file`.
    source   TEXT    NOT NULL,
    taken_at TEXT    NOT NULL
) STRICT;
