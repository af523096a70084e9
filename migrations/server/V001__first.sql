CREATE TABLE operator (
    -- 运维机构 (M4). Register rows are kept whole, as the domain type in JSON; what queries need is drawn from it.
    id  TEXT NOT NULL PRIMARY KEY,
    row TEXT NOT NULL CHECK (json_valid(row))
) STRICT;

CREATE TABLE discharger (
    -- 排污单位 (M1).
    id   TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL CHECK (json_valid(row)),
    name TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.name') STORED
) STRICT;

CREATE TABLE person (
    -- 运维人员 (M4).
    id        TEXT NOT NULL PRIMARY KEY,
    -- Without code_hash: an import never touches the personal code.
    row       TEXT NOT NULL CHECK (json_valid(row)),
    -- Argon2 (PHC) of the one-time personal code; absent until one is made.
    code_hash TEXT,
    operator  TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.operator') STORED,
    name      TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.name') STORED
) STRICT;

CREATE TABLE point (
    -- 监测点位 (M1, M3). Positions and fences are WGS-84.
    id           TEXT NOT NULL PRIMARY KEY,
    row          TEXT NOT NULL CHECK (json_valid(row)),
    discharger   TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.discharger') STORED,
    operator     TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.operator') STORED,
    jurisdiction TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.jurisdiction') STORED
) STRICT;
CREATE INDEX point_operator ON point (operator);

CREATE TABLE instrument (
    -- 仪器 (M1 to M3).
    id    TEXT NOT NULL PRIMARY KEY,
    row   TEXT NOT NULL CHECK (json_valid(row)),
    point TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.point') STORED
) STRICT;
CREATE INDEX instrument_point ON instrument (point);

CREATE TABLE bottle (
    -- 标气瓶.
    id    TEXT NOT NULL PRIMARY KEY,
    row   TEXT NOT NULL CHECK (json_valid(row)),
    point TEXT NOT NULL GENERATED ALWAYS AS (row ->> '$.point') STORED
) STRICT;
CREATE INDEX bottle_point ON bottle (point);

CREATE TABLE change (
    -- What each operator's tablets are to see, by the order in which it changed: design.md §6. One row for each thing
    -- that an operator sees, moved to the end when the thing changes.
    seq      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    operator TEXT    NOT NULL,
    -- operator, discharger, person, point, instrument, bottle or record.
    kind     TEXT    NOT NULL,
    -- The register's id, or the record's.
    id       TEXT    NOT NULL,
    -- SHA-256 of the row that was announced; empty once the row is gone.
    hash     TEXT    NOT NULL,
    UNIQUE (operator, kind, id)
) STRICT;
CREATE INDEX change_page ON change (operator, seq);

CREATE TABLE enrol_code (
    -- One-time codes that take a tablet in.
    -- SHA-256 over the server's key and the code: the database alone does not yield the eight digits.
    code_hash  TEXT    NOT NULL PRIMARY KEY,
    operator   TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms    INTEGER
) STRICT;

CREATE TABLE device (
    -- Enrolled tablets.
    id          TEXT    NOT NULL PRIMARY KEY,
    operator    TEXT    NOT NULL,
    -- The newest key; what a log was signed with stands in `log`.
    public_key  TEXT    NOT NULL,
    model       TEXT    NOT NULL,
    app_version TEXT    NOT NULL,
    -- SHA-256 of the bearer token.
    token_hash  TEXT    NOT NULL UNIQUE,
    enrolled_ms INTEGER NOT NULL,
    revoked_ms  INTEGER
) STRICT;

CREATE TABLE log (
    -- Evidence logs, opened by their first entry, which names a certificate of ours.
    device     TEXT NOT NULL,
    log        TEXT NOT NULL,
    -- Whose device it is by that certificate.
    operator   TEXT NOT NULL,
    -- The certified key: all entries of the log hold under it.
    public_key TEXT NOT NULL,
    PRIMARY KEY (device, log)
) STRICT;

CREATE TABLE entry (
    -- The evidence as it was received, append-only: design.md §4. All tables below are drawn from it.
    device      TEXT    NOT NULL,
    log         TEXT    NOT NULL,
    -- From 1, without gaps within its log.
    seq         INTEGER NOT NULL,
    -- SHA-256 of the header.
    hash        TEXT    NOT NULL,
    -- As the header names it; kinds that this version does not know are kept as they are.
    kind        TEXT    NOT NULL,
    -- The signed bytes.
    header      TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    -- Which tablet sent it: any may send another's.
    sent_by     TEXT    NOT NULL,
    PRIMARY KEY (device, log, seq)
) STRICT;
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TABLE fork (
    -- Authentic entries that contradict the ones held: kept as evidence, shown to people.
    device      TEXT    NOT NULL,
    log         TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    hash        TEXT    NOT NULL,
    header      TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    sent_by     TEXT    NOT NULL,
    PRIMARY KEY (device, log, seq, hash)
) STRICT;

CREATE TABLE visit (
    -- 运维活动, drawn from `signed_in` and `signed_out`.
    id            TEXT    NOT NULL PRIMARY KEY,
    -- Whose tablet it was; the point may belong to another, or to nobody known.
    operator      TEXT    NOT NULL,
    point         TEXT    NOT NULL,
    technician    TEXT    NOT NULL,
    device        TEXT    NOT NULL,
    log           TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    -- By the best clock.
    signed_in_ms  INTEGER NOT NULL,
    -- The date in Asia/Shanghai.
    day           TEXT    NOT NULL,
    -- satellite or unproven.
    proof         TEXT    NOT NULL,
    -- inside, outside or unsure.
    presence      TEXT    NOT NULL,
    signed_out_ms INTEGER,
    -- The number of the `signed_out` entry in the same log or a later one of the device.
    out_log       TEXT,
    out_seq       INTEGER
) STRICT;
CREATE INDEX visit_day ON visit (day);

CREATE TABLE record (
    -- 运维记录, drawn from `record_signed`.
    id           TEXT    NOT NULL PRIMARY KEY,
    operator     TEXT    NOT NULL,
    visit        TEXT    NOT NULL,
    point        TEXT    NOT NULL,
    technician   TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version INTEGER NOT NULL,
    device       TEXT    NOT NULL,
    log          TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    signed_ms    INTEGER NOT NULL,
    proof        TEXT    NOT NULL,
    -- 1 if the point was this operator's when the record came: only such records become baselines of others.
    own_point    INTEGER NOT NULL
) STRICT;
CREATE INDEX record_visit ON record (visit);
CREATE INDEX record_point ON record (point);

CREATE TABLE record_instrument (
    -- Which instruments a record worked on: the last record of each is always sent down. Empty for the point itself.
    record     TEXT    NOT NULL,
    point      TEXT    NOT NULL,
    form       TEXT    NOT NULL,
    instrument TEXT    NOT NULL,
    signed_ms  INTEGER NOT NULL,
    PRIMARY KEY (record, instrument)
) STRICT;
CREATE INDEX record_instrument_last ON record_instrument (point, form, instrument, signed_ms);

CREATE TABLE file_reference (
    -- Files that entries name.
    device     TEXT    NOT NULL,
    log        TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    -- The file's place in the entry, from 0.
    place      INTEGER NOT NULL,
    operator   TEXT    NOT NULL,
    visit      TEXT,
    record     TEXT,
    -- photo, sign_in, record or signature.
    role       TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    -- camera or imported; only of photos.
    source     TEXT,
    PRIMARY KEY (device, log, seq, place)
) STRICT;
CREATE INDEX file_reference_visit ON file_reference (visit);
CREATE INDEX file_reference_sha256 ON file_reference (sha256);

CREATE TABLE file (
    -- Files held whole, hashed by us. By operator, so that knowing a hash is not holding the file.
    sha256      TEXT    NOT NULL,
    operator    TEXT    NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (sha256, operator)
) STRICT;

CREATE TABLE upload (
    -- tus uploads. How far one came is the length of its partial file.
    id         TEXT    NOT NULL PRIMARY KEY,
    device     TEXT    NOT NULL,
    operator   TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (device, sha256)
) STRICT;

CREATE TABLE account (
    -- People who log in to the portal.
    login         TEXT    NOT NULL PRIMARY KEY,
    -- operator_admin, supervisor, discharger, patrol_inspector or regulator.
    role          TEXT    NOT NULL,
    -- Operator, discharger or jurisdiction, by the role.
    organisation  TEXT    NOT NULL,
    -- Argon2id (PHC).
    password_hash TEXT    NOT NULL,
    created_ms    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    -- SHA-256 of the cookie's token.
    token_hash TEXT    NOT NULL PRIMARY KEY,
    login      TEXT    NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
