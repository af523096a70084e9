CREATE TABLE listed (
    --- 台账: one row for each record known here, made from `record` and `record_elsewhere`, for lists and the search.
    -- Seconds since 1970 of `at` times 256, and the next free one from there: the order of the list.
    number    INTEGER NOT NULL PRIMARY KEY,
    record    TEXT    NOT NULL UNIQUE,
    point     TEXT    NOT NULL,
    form      TEXT    NOT NULL,
    -- Whose draft it is; absent once it is signed.
    drafter   TEXT,
    -- When it was signed; begun, of a draft.
    at        TEXT    NOT NULL,
    -- 1 if it came from another tablet.
    elsewhere INTEGER NOT NULL
) STRICT;
CREATE INDEX listed_point ON listed (point);
CREATE INDEX listed_form ON listed (point, form);
CREATE INDEX listed_draft ON listed (drafter) WHERE drafter IS NOT NULL;
-- The words of signed records by `listed.number`, each Chinese character apart. Names and answers are kept elsewhere.
CREATE VIRTUAL TABLE listed_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61');

-- When a sent original left this tablet to make room: 30 days and more after the receipt that names its hash.
ALTER TABLE file ADD COLUMN gone_at TEXT;

-- Which secret of the key store was mixed into `hash`; absent where none was, as of older releases. Without that secret the
-- hash is worth nothing, to a thief and to the app.
ALTER TABLE pin ADD COLUMN pepper TEXT;

-- 更正: each version of a record is a row of `record`, its answers and photos are its own. The first version's id is the
-- record's; a correction that is not signed yet is a draft, and has instruments, bottles and last_done from its start.
-- The record that this is a later version of; absent in the first.
ALTER TABLE record ADD COLUMN original TEXT REFERENCES record (id);
-- From 1.
ALTER TABLE record ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- Why the version before was corrected.
ALTER TABLE record ADD COLUMN reason TEXT;
-- One correction of a record at a time.
CREATE UNIQUE INDEX record_version ON record (original, version) WHERE original IS NOT NULL;
-- A person has one draft of a form in a visit, or at a point, besides those that correct.
DROP INDEX record_draft;
CREATE UNIQUE INDEX record_draft ON record (person, COALESCE(visit, ''), point, form)
WHERE state = 'draft' AND original IS NULL;
-- What was done later with a record.
CREATE INDEX entry_record ON entry (record) WHERE record IS NOT NULL;

CREATE TABLE voided (
    --- 作废: what counts no more, by this tablet or another. Never undone.
    -- A record's id; a visit's, and with it those of all its records.
    subject TEXT    NOT NULL PRIMARY KEY,
    -- The entry that says so and why.
    log     TEXT    NOT NULL,
    seq     INTEGER NOT NULL
) STRICT;
-- The entry that bears witness to a photo, by the photo or by its bytes.
CREATE INDEX entry_photo ON entry (body ->> '$.photo') WHERE kind = 'photo_taken';
CREATE INDEX entry_photo_bytes ON entry (body ->> '$.file.sha256') WHERE kind = 'photo_taken';

CREATE TABLE review (
    -- 审核: what supervisors said of versions of records, each as the server signed it.
    -- UUIDv7: sorts by time.
    id     TEXT NOT NULL PRIMARY KEY,
    record TEXT NOT NULL,
    row    TEXT NOT NULL
) STRICT;
CREATE INDEX review_record ON review (record);
CREATE TABLE review_state (
    -- Where each reviewed record that is known here stands, made from its entries and `review`.
    record TEXT NOT NULL PRIMARY KEY,
    state  TEXT NOT NULL
) STRICT;
CREATE INDEX review_state_state ON review_state (state);

CREATE TABLE fault (
    --- 故障: one row for each that is known here, made from the entries about it.
    id         TEXT    NOT NULL PRIMARY KEY,
    point      TEXT    NOT NULL,
    -- The first step that is known.
    began_at   TEXT    NOT NULL,
    -- 0 once nothing is left to do, or it was withdrawn.
    is_open    INTEGER NOT NULL,
    -- The entries of its steps as the server last sent them, other tablets' and own ones.
    elsewhere  TEXT    NOT NULL
) STRICT;
CREATE INDEX fault_point ON fault (point);
CREATE INDEX fault_open ON fault (began_at) WHERE is_open;
-- The entries about a fault.
CREATE INDEX entry_fault ON entry (body ->> '$.fault') WHERE kind = 'fault_step';

CREATE TABLE confirmation (
    --- 排污单位确认: what representatives answered to what they were shown, here, on another tablet or in the portal.
    -- SHA-256 of what was signed: the entry's header, the server's statement.
    id    TEXT NOT NULL PRIMARY KEY,
    visit TEXT NOT NULL,
    -- The entry of this tablet that says so.
    log   TEXT,
    seq   INTEGER,
    -- As it came from the server: JSON of a `ConfirmationElsewhere`.
    row   TEXT,
    CHECK ((log IS NULL) <> (row IS NULL) AND (log IS NULL) = (seq IS NULL))
) STRICT;
CREATE INDEX confirmation_visit ON confirmation (visit);

CREATE TABLE point_last (
    --- The last signed record of a form at a point that counts, from any tablet: due dates of the whole point.
    point     TEXT NOT NULL,
    form      TEXT NOT NULL,
    record    TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    PRIMARY KEY (point, form)
) STRICT;
-- Before this release nothing was voided. Of the row with the latest time SQLite takes the record as well.
INSERT INTO point_last (point, form, record, signed_at)
SELECT point, form, record, MAX(signed_at) FROM (
    SELECT point, form, id AS record, signed_at FROM record WHERE signed_at IS NOT NULL
    UNION ALL SELECT point, form, record, signed_at FROM record_elsewhere)
GROUP BY point, form;

CREATE TABLE plan (
    --- 运维计划: a line of the operator's plan (V5), as it came.
    id    TEXT NOT NULL PRIMARY KEY,
    point TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
CREATE INDEX plan_point ON plan (point);

CREATE TABLE halt (
    --- Said on any tablet: work rests or goes on at a point or an instrument. Never changed.
    -- The hash of its entry.
    entry     TEXT    NOT NULL PRIMARY KEY,
    point     TEXT    NOT NULL,
    row       TEXT    NOT NULL,
    -- 1 if it came from another tablet.
    elsewhere INTEGER NOT NULL
) STRICT;
CREATE INDEX halt_point ON halt (point);
