CREATE TABLE later_act (
    -- 更正, 复核, 作废: what was done with a record or a visit later, drawn from `record_corrected`, `countersigned` and
    -- `voided`. It may come before what it is about, from another log.
    device   TEXT    NOT NULL,
    log      TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    -- The record's id; a visit's where all of it is void.
    subject  TEXT    NOT NULL,
    -- Whose tablet said so: it is about records and visits of that operator only.
    operator TEXT    NOT NULL,
    -- As the header names it.
    kind     TEXT    NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
CREATE INDEX later_act_subject ON later_act (subject);

-- What newer tablets had sent already.
INSERT INTO redraw (device, log, seq)
SELECT device, log, seq FROM entry WHERE kind IN ('record_corrected', 'countersigned', 'voided')
ON CONFLICT DO NOTHING;

CREATE VIEW void_record AS
    -- Records that count no more: voided themselves, or with their visit.
    SELECT record.id AS record FROM record
    JOIN later_act ON later_act.subject IN (record.id, record.visit)
        AND later_act.kind = 'voided' AND later_act.operator = record.operator;
