-- Limits, storms, quiet periods, and what a person orders by hand.

-- Who wrote, in every spelling the same (`correspondentKey`), and what, whatever numbers stand in it (`fingerprintOf`).
-- Of mails settled before these columns nobody knows: they show in no storm.
ALTER TABLE settlements ADD COLUMN correspondent TEXT;
ALTER TABLE settlements ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
CREATE INDEX settlements_recent ON settlements (correspondent, settled_at)
  WHERE correspondent IS NOT NULL AND nature = 'person';

CREATE INDEX participants_folded ON participants (folded);

-- Notices counted by whom they go to and from where, in slots of time: each notice once in a short slot and once in a
-- long one (`span_ms`), so that a long window is summed up in few rows. A slot without notices has no row.
CREATE TABLE tallies (
  scope TEXT NOT NULL CHECK (scope IN ('correspondent', 'domain', 'mailbox', 'global')),
  key TEXT NOT NULL,
  span_ms INTEGER NOT NULL CHECK (span_ms > 0),
  slot INTEGER NOT NULL,
  notices INTEGER NOT NULL CHECK (notices > 0),
  PRIMARY KEY (scope, key, span_ms, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX tallies_slot ON tallies (span_ms, slot);

-- Absence texts told, so that none is told twice within the quiet period. A text told anew gets a new id: ids are in the
-- order of telling. What tells two texts apart stands in columns of its own, so that no text moved from one to the other
-- makes them look the same (RFC 5230 4.2).
CREATE TABLE told (
  id INTEGER PRIMARY KEY,
  correspondent TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  notice TEXT NOT NULL,
  occasion TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (correspondent, mailbox, notice, occasion)
) STRICT;
CREATE INDEX told_correspondent ON told (correspondent, at);

CREATE TABLE mutes (
  correspondent TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  because TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mutes_since ON mutes (since);
CREATE INDEX mutes_until ON mutes (until);

-- The global breaker: a row where it was tripped and nobody has armed it since.
CREATE TABLE breaker (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  because TEXT NOT NULL
) STRICT;

-- Whom an operator ordered never to write to.
CREATE TABLE never (
  pattern TEXT NOT NULL PRIMARY KEY CHECK (pattern = lower(pattern)),
  since INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What persons ordered about a message that was settled before, in order. `ordered` is an Order of src/mail/.
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  incoming TEXT NOT NULL REFERENCES incoming (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('send', 'mark')),
  ordered TEXT NOT NULL CHECK (json_type(ordered) = 'object')
) STRICT;
CREATE INDEX orders_incoming ON orders (incoming);

-- One Incoming is answered once at most, whatever a bug above says: what was not sent for certain leaves room for a
-- notice that a person orders.
DROP INDEX entries_one_notice;
CREATE UNIQUE INDEX entries_one_notice ON entries (incoming)
  WHERE kind = 'notice' AND (state NOT IN ('would-send', 'withdrawn', 'failed') OR unknowns > 0);
