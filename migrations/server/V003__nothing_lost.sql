-- The day of a visit is that of its last signed record (design.md §4), no longer that of its sign-in. `proof`, here and of
-- records, may be `receipt` too: a receipt's time plus the boot clock.
UPDATE visit SET day = COALESCE((
    SELECT record.day FROM record
    JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
    WHERE record.visit = visit.id AND record.operator = visit.operator
    ORDER BY entry.rowid DESC LIMIT 1), day);
