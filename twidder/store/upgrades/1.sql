-- Sessions have a beginning, so that they can have an end. Those of before begin now.

ALTER TABLE session RENAME TO session_before;

CREATE TABLE session (
    email   TEXT PRIMARY KEY REFERENCES user (email),
    id      TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL -- Unix time
);

INSERT INTO session SELECT email, id, CAST(strftime('%s', 'now') AS INTEGER) FROM session_before;

DROP TABLE session_before;
