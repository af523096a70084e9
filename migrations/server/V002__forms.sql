-- A record may be desk work: the table is built anew, because SQLite cannot take a NOT NULL away.
CREATE TABLE record_with_desk_work (
    -- 运维记录, drawn from `record_signed`.
    id           TEXT    NOT NULL PRIMARY KEY,
    operator     TEXT    NOT NULL,
    -- Absent for desk work, which claims no presence.
    visit        TEXT,
    point        TEXT    NOT NULL,
    technician   TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    device       TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    signed_ms    INTEGER NOT NULL,
    -- The date of it in Asia/Shanghai.
    day          TEXT    NOT NULL,
    -- satellite or unproven.
    proof        TEXT    NOT NULL,
    -- 1 if the point was this operator's when the record came: only such records become baselines of others.
    own_point    INTEGER NOT NULL
) STRICT;
INSERT INTO record_with_desk_work (id, operator, visit, point, technician, form, form_version, device, log, seq,
    signed_ms, day, proof, own_point)
SELECT id, operator, visit, point, technician, form, form_version, device, log, seq,
    signed_ms, date(signed_ms / 1000, 'unixepoch', '+8 hours'), proof, own_point
FROM record;
DROP TABLE record;
ALTER TABLE record_with_desk_work RENAME TO record;
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);
CREATE INDEX record_day ON record (day);
CREATE INDEX record_form ON record (form, form_version);

-- Where in its form a photo belongs: a slot, or `section/field`. Roles gain `document` (a PDF on its way) and
-- `attachment` (what a record's answers name: second signatures and PDFs); sources gain `document`.
ALTER TABLE file_reference ADD COLUMN slot TEXT;
UPDATE file_reference SET slot = (
    SELECT entry.body ->> '$.slot' FROM entry
    WHERE entry.device = file_reference.device AND entry.log = file_reference.log AND entry.seq = file_reference.seq
) WHERE role = 'photo';
CREATE INDEX file_reference_record ON file_reference (record);

CREATE TABLE record_item (
    -- Which items of an inspection and which consumables a record did: the last record of each is always sent down, so
    -- that a new tablet knows when an item of half a year was last done.
    record    TEXT    NOT NULL,
    point     TEXT    NOT NULL,
    form      TEXT    NOT NULL,
    -- The item's name, the same in every version of the form.
    item      TEXT    NOT NULL,
    signed_ms INTEGER NOT NULL,
    PRIMARY KEY (record, item)
) STRICT;
CREATE INDEX record_item_last ON record_item (point, form, item, signed_ms);

CREATE TABLE definition (
    -- Forms and rulebooks from outside, as they were imported, in the order in which they are read: an overlay comes
    -- after the form that it extends. Never changed or deleted: records name them for ever.
    place   INTEGER NOT NULL PRIMARY KEY,
    -- form or rulebook.
    kind    TEXT    NOT NULL,
    -- The form's code or the rulebook's id.
    code    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    -- Its name, for complaints.
    file    TEXT    NOT NULL,
    -- TOML.
    text    TEXT    NOT NULL,
    UNIQUE (kind, code, version)
) STRICT;

CREATE TABLE redraw (
    -- Entries that an older server kept without understanding all of them. Drawn when the server opens; empty after.
    device TEXT    NOT NULL,
    log    TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
-- Desk records and documents that a newer tablet had sent already, and what records name besides photos.
INSERT INTO redraw (device, log, seq)
SELECT device, log, seq FROM entry
WHERE kind IN ('photo_taken', 'record_signed') AND (
    body ->> '$.files' IS NOT NULL
    OR NOT EXISTS (
        SELECT 1 FROM file_reference AS drawn
        WHERE drawn.device = entry.device AND drawn.log = entry.log AND drawn.seq = entry.seq));
