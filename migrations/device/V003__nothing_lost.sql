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
