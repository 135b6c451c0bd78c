CREATE TABLE IF NOT EXISTS user (
    email      TEXT PRIMARY KEY,
    firstname  TEXT NOT NULL,
    familyname TEXT NOT NULL,
    gender     TEXT NOT NULL,
    city       TEXT NOT NULL,
    country    TEXT NOT NULL,
    password   TEXT NOT NULL
);

-- The key is the user, so two valid sessions can't be written down.
CREATE TABLE IF NOT EXISTS session (
    email TEXT PRIMARY KEY REFERENCES user (email),
    id    TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS message (
    id      INTEGER PRIMARY KEY,
    wall    TEXT NOT NULL REFERENCES user (email),
    writer  TEXT NOT NULL REFERENCES user (email),
    content TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS message_by_wall ON message (wall, id);
