-- Changed tables need a new VERSION in database.py, and a step to it in upgrades/.

CREATE TABLE user (
    email      TEXT PRIMARY KEY,
    firstname  TEXT NOT NULL,
    familyname TEXT NOT NULL,
    gender     TEXT NOT NULL,
    city       TEXT NOT NULL,
    country    TEXT NOT NULL,
    password   TEXT NOT NULL
);

-- The key is the user, so two valid sessions can't be written down.
CREATE TABLE session (
    email   TEXT PRIMARY KEY REFERENCES user (email),
    id      TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL -- Unix time
);

CREATE TABLE message (
    id      INTEGER PRIMARY KEY,
    wall    TEXT NOT NULL REFERENCES user (email),
    writer  TEXT NOT NULL REFERENCES user (email),
    content TEXT NOT NULL
);

CREATE INDEX message_by_wall ON message (wall, id);
