CREATE TABLE setting (
    --- Single values of this tablet, each as JSON: enrolment, screen settings, sync cursor, last contact.
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE operator (
    --- 运维机构 (M4). `row` is the register's row as it came, so that members this app does not know are kept.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL
) STRICT;

CREATE TABLE discharger (
    --- 排污单位.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    --- A person of the register.
    id       TEXT NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL,
    name     TEXT NOT NULL,
    row      TEXT NOT NULL
) STRICT;

CREATE TABLE point (
    --- 监测点位: one stack or outfall (M1, M3).
    id         TEXT NOT NULL PRIMARY KEY,
    discharger TEXT NOT NULL,
    -- `gas` or `water`.
    medium     TEXT NOT NULL,
    name       TEXT NOT NULL,
    number     TEXT NOT NULL,
    row        TEXT NOT NULL
) STRICT;

CREATE TABLE instrument (
    --- 仪器 (M1 to M3).
    id    TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
CREATE INDEX instrument_point ON instrument (point);

CREATE TABLE bottle (
    --- 标气瓶.
    id    TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
CREATE INDEX bottle_point ON bottle (point);

CREATE TABLE pin (
    --- How a person of the register opens this tablet.
    person       TEXT    NOT NULL PRIMARY KEY,
    -- Argon2id (PHC); absent until a PIN was set.
    hash         TEXT,
    -- The personal code's hash that set it: a code works once.
    used_code    TEXT,
    -- Wrong tries in a row, and when the last was, on the wall clock and on the boot clock.
    wrong        INTEGER NOT NULL DEFAULT 0,
    wrong_at     TEXT,
    wrong_ms     INTEGER,
    wrong_boot   TEXT
) STRICT;

CREATE TABLE visit (
    --- 运维活动: one technician at one point, from sign-in to sign-out.
    id              TEXT NOT NULL PRIMARY KEY,
    person          TEXT NOT NULL,
    point           TEXT NOT NULL,
    -- The point as it stood at sign-in, and its discharger's name: the register may change under a visit.
    point_row       TEXT NOT NULL,
    discharger_name TEXT NOT NULL,
    -- `open` or `closed`.
    state           TEXT NOT NULL,
    -- UTC, by the best clock.
    signed_in_at    TEXT NOT NULL,
    signed_out_at   TEXT,
    -- The verdict over the fixes of the sign-in.
    presence        TEXT NOT NULL,
    -- The entry that bears witness to the sign-in.
    log             TEXT NOT NULL,
    seq             INTEGER NOT NULL
) STRICT;
-- A technician is in one visit at a time.
CREATE UNIQUE INDEX visit_open ON visit (person) WHERE state = 'open';

CREATE TABLE record (
    --- 运维记录: draft, then signed, then never changed.
    id           TEXT    NOT NULL PRIMARY KEY,
    visit        TEXT    NOT NULL REFERENCES visit (id),
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
    -- Of a signed record: the verdicts, and the register's instruments and bottles as they were then.
    verdicts     TEXT,
    instruments  TEXT,
    bottles      TEXT,
    -- What a search looks through, lower case.
    words        TEXT    NOT NULL,
    -- The entry that bears witness to it.
    log          TEXT,
    seq          INTEGER
) STRICT;
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);

CREATE TABLE answer (
    --- One answer of a record, committed as it is given.
    record          TEXT NOT NULL REFERENCES record (id),
    -- `section/field` or `section/instrument/field`.
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

CREATE TABLE photo (
    --- A photo, journaled before the shutter.
    id         TEXT NOT NULL PRIMARY KEY,
    visit      TEXT,
    record     TEXT,
    slot       TEXT,
    -- `camera` or `imported`.
    source     TEXT NOT NULL,
    person     TEXT NOT NULL,
    -- `begun`, `whole` (checked, not yet in the log), `kept`, `incomplete` (never arrived whole).
    state      TEXT NOT NULL,
    begun_at   TEXT NOT NULL,
    -- From `whole` on.
    sha256     TEXT,
    size_bytes INTEGER,
    media_type TEXT,
    taken_at   TEXT
) STRICT;
CREATE INDEX photo_visit ON photo (visit);
CREATE INDEX photo_record ON photo (record);

CREATE TABLE file (
    --- What the server has to get beside the entries, by content.
    sha256     TEXT    NOT NULL PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    -- `photo` or `signature`: the folder it lies in.
    kind       TEXT    NOT NULL,
    made_at    TEXT    NOT NULL,
    -- The entry that names it; it is sent after that.
    log        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    -- Where a started upload goes on, and how much of it the server holds.
    upload     TEXT,
    sent_bytes INTEGER NOT NULL DEFAULT 0,
    -- When the server confirmed hash and length.
    held_at    TEXT,
    -- Why the server does not take it; a person must look.
    refused    TEXT
) STRICT;

CREATE TABLE log (
    --- An evidence log of this tablet. Recovery opens a new one and never reuses a number (design.md §4).
    id          TEXT    NOT NULL PRIMARY KEY,
    -- Order of opening; the highest is the current one.
    number      INTEGER NOT NULL UNIQUE,
    device      TEXT    NOT NULL,
    -- The last receipt: all entries up to `receipt_seq` are held by the server.
    receipt     TEXT,
    receipt_seq INTEGER NOT NULL DEFAULT 0,
    receipt_at  TEXT,
    -- Why the server takes no more of it: `fork`, or its reason.
    stopped     TEXT
) STRICT;

CREATE TABLE entry (
    --- The evidence, and what still has to reach the server: all after the last receipt's seq.
    log       TEXT    NOT NULL REFERENCES log (id),
    -- Without gaps within its log, never reused: design.md §4.
    seq       INTEGER NOT NULL,
    hash      TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    -- The signed bytes and the body, stored and sent as they are.
    header    TEXT    NOT NULL,
    signature TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    -- What it is about, for lists.
    point     TEXT,
    record    TEXT,
    -- UTC, by the best clock.
    at        TEXT    NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT;
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER signed_record_stays BEFORE UPDATE ON record WHEN OLD.state = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;
CREATE TRIGGER signed_answer_stays BEFORE UPDATE ON answer
WHEN (SELECT state FROM record WHERE id = OLD.record) = 'signed'
BEGIN SELECT RAISE(ABORT, 'a signed record never changes'); END;

CREATE TABLE record_elsewhere (
    --- A signed record of the operator's points, made on another tablet.
    record    TEXT    NOT NULL PRIMARY KEY,
    point     TEXT    NOT NULL,
    form      TEXT    NOT NULL,
    signed_at TEXT    NOT NULL,
    words     TEXT    NOT NULL,
    -- The record as it came.
    row       TEXT    NOT NULL
) STRICT;
CREATE INDEX record_elsewhere_point ON record_elsewhere (point);

CREATE TABLE instrument_last (
    --- The last signed record of a form that worked on an instrument, from any tablet: baselines and due dates.
    instrument TEXT NOT NULL,
    form       TEXT NOT NULL,
    record     TEXT NOT NULL,
    signed_at  TEXT NOT NULL,
    PRIMARY KEY (instrument, form)
) STRICT;

CREATE TABLE traffic (
    --- Bytes of entries and files that went out on a day of Asia/Shanghai.
    day        TEXT    NOT NULL PRIMARY KEY,
    sent_bytes INTEGER NOT NULL
) STRICT;
