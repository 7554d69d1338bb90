-- schema 3

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  entry TEXT NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL
) STRICT;

CREATE INDEX attempts_entry ON attempts (entry, id);

CREATE TABLE breaker (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  because TEXT NOT NULL
) STRICT;

CREATE TABLE correspondents (
  address TEXT NOT NULL PRIMARY KEY,
  language TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  incoming TEXT NOT NULL REFERENCES incoming (id),
  ticket TEXT REFERENCES tickets (id),
  kind TEXT NOT NULL CHECK (kind IN ('notice', 'hand-on')),
  cargo TEXT NOT NULL CHECK (json_type(cargo) = 'object'),
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'held', 'withdrawn', 'would-send')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  unknowns INTEGER NOT NULL DEFAULT 0 CHECK (unknowns BETWEEN 0 AND attempts),
  next_attempt INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  hop_message_id TEXT,
  last_outcome TEXT,
  CHECK (state <> 'would-send' OR (kind = 'notice' AND attempts = 0)),
  CHECK (state <> 'sending' OR attempts > 0),
  CHECK (state <> 'held' OR last_outcome IS NOT NULL)
) STRICT;

CREATE INDEX entries_due ON entries (coalesce(json_extract(cargo, '$.mailbox'), ''), next_attempt, id) WHERE state = 'queued';

CREATE INDEX entries_incoming ON entries (incoming);

CREATE UNIQUE INDEX entries_one_notice ON entries (incoming)
  WHERE kind = 'notice' AND (state NOT IN ('would-send', 'withdrawn', 'failed') OR unknowns > 0);

CREATE INDEX entries_state ON entries (state, id);

CREATE INDEX entries_ticket ON entries (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE incoming (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
  state TEXT NOT NULL CHECK (state IN ('accepted', 'processed', 'set-aside')),
  source TEXT NOT NULL CHECK (source IN ('smtp', 'lmtp', 'stdin', 'imap', 'file')),
  reverse_path TEXT NOT NULL,
  recipients TEXT NOT NULL CHECK (json_type(recipients) = 'array'),
  peer_ip TEXT,
  peer_helo TEXT,
  peer_tls TEXT,
  received_at INTEGER NOT NULL,
  octets INTEGER NOT NULL CHECK (octets >= 0),
  body_digest TEXT NOT NULL,
  stumbles INTEGER NOT NULL DEFAULT 0 CHECK (stumbles >= 0),
  last_stumble TEXT
) STRICT;

CREATE INDEX incoming_state ON incoming (state, id);

CREATE TABLE message_ids (
  message_id TEXT NOT NULL PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX message_ids_ticket ON message_ids (ticket);

CREATE TABLE mutes (
  correspondent TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  because TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mutes_since ON mutes (since);

CREATE INDEX mutes_until ON mutes (until);

CREATE TABLE never (
  pattern TEXT NOT NULL PRIMARY KEY CHECK (pattern = lower(pattern)),
  since INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE octets (
  incoming TEXT NOT NULL PRIMARY KEY REFERENCES incoming (id) ON DELETE CASCADE,
  here BLOB,
  spool TEXT UNIQUE,
  CHECK ((here IS NULL) <> (spool IS NULL))
) STRICT;

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  incoming TEXT NOT NULL REFERENCES incoming (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('send', 'mark')),
  ordered TEXT NOT NULL CHECK (json_type(ordered) = 'object')
) STRICT;

CREATE INDEX orders_incoming ON orders (incoming);

CREATE TABLE participants (
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  folded TEXT NOT NULL CHECK (folded = lower(folded)),
  address TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('requester', 'confirmed', 'unconfirmed')),
  UNIQUE (ticket, folded)
) STRICT;

CREATE INDEX participants_folded ON participants (folded);

CREATE UNIQUE INDEX participants_one_requester ON participants (ticket) WHERE role = 'requester';

CREATE TABLE rendered (
  entry TEXT NOT NULL PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
  octets BLOB NOT NULL
) STRICT;

CREATE TABLE settlements (
  incoming TEXT NOT NULL PRIMARY KEY REFERENCES incoming (id) ON DELETE CASCADE,
  settled_at INTEGER NOT NULL,
  copy_key TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  message_id TEXT,
  sender TEXT,
  subject TEXT NOT NULL,
  language TEXT,
  nature TEXT NOT NULL,
  disposition TEXT NOT NULL
    CHECK (disposition IN ('new-ticket', 'follow-up', 'reopen', 'file-only', 'duplicate', 'set-aside')),
  reply TEXT NOT NULL CHECK (reply IN ('send', 'shadow', 'silence')),
  ticket TEXT REFERENCES tickets (id),
  handed_on TEXT NOT NULL CHECK (json_type(handed_on) = 'array'),
  decision TEXT NOT NULL CHECK (json_type(decision) = 'object'),
  signs TEXT NOT NULL CHECK (json_type(signs) = 'array'),
  authentication TEXT NOT NULL CHECK (json_type(authentication) = 'object'),
  defects TEXT NOT NULL CHECK (json_type(defects) = 'array'), correspondent TEXT, fingerprint TEXT NOT NULL DEFAULT '',
  CHECK (disposition NOT IN ('new-ticket', 'follow-up', 'reopen') OR ticket IS NOT NULL)
) STRICT;

CREATE INDEX settlements_copy ON settlements (copy_key, settled_at);

CREATE INDEX settlements_copy_handed_on ON settlements (copy_key, body_digest) WHERE handed_on <> '[]';

CREATE INDEX settlements_copy_ticket ON settlements (copy_key, settled_at) WHERE ticket IS NOT NULL;

CREATE INDEX settlements_message_id ON settlements (message_id, incoming) WHERE message_id IS NOT NULL;

CREATE INDEX settlements_recent ON settlements (correspondent, settled_at)
  WHERE correspondent IS NOT NULL AND nature = 'person';

CREATE INDEX settlements_ticket ON settlements (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE tallies (
  scope TEXT NOT NULL CHECK (scope IN ('correspondent', 'domain', 'mailbox', 'global')),
  key TEXT NOT NULL,
  span_ms INTEGER NOT NULL CHECK (span_ms > 0),
  slot INTEGER NOT NULL,
  notices INTEGER NOT NULL CHECK (notices > 0),
  PRIMARY KEY (scope, key, span_ms, slot)
) STRICT, WITHOUT ROWID;

CREATE INDEX tallies_slot ON tallies (span_ms, slot);

CREATE TABLE tickets (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 7),
  state TEXT NOT NULL CHECK (state IN ('open', 'engaged', 'waiting', 'closed')),
  mailbox TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  last_activity INTEGER NOT NULL,
  -- a ticket that the first mail claimed to belong to without right; shown to the team, named in no notice
  linked TEXT REFERENCES tickets (id),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK (last_activity >= opened_at)
) STRICT;

CREATE INDEX tickets_linked ON tickets (linked) WHERE linked IS NOT NULL;

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
