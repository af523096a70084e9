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
