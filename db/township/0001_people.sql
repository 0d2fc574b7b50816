CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value ANY NOT NULL
) STRICT;

CREATE TABLE users (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL CHECK (role IN ('head', 'clerk', 'readonly')),
	password TEXT NOT NULL,                -- Argon2id, as crypto_pwhash_str writes it
	disabled INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
	token_hash BLOB PRIMARY KEY,           -- BLAKE2b-256 of the token; the token is kept nowhere
	user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_expiry ON sessions(expires_ms);

CREATE TABLE kiosks (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
	token_hash BLOB UNIQUE,                -- NULL until the kiosk has fetched its token, and after a revocation
	token_used INTEGER NOT NULL DEFAULT 0, -- once it was used, the enrolment ticket gives no new one
	version TEXT NOT NULL,
	enrolled_ms INTEGER NOT NULL,
	revoked_ms INTEGER,
	last_seq INTEGER NOT NULL DEFAULT 0,   -- every event up to here was accepted or refused
	last_contact_ms INTEGER
) STRICT;

CREATE TABLE enrolments (
	ticket_hash BLOB PRIMARY KEY,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	public_key BLOB NOT NULL,
	version TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'denied')),
	kiosk TEXT REFERENCES kiosks(id),
	created_ms INTEGER NOT NULL,
	decided_ms INTEGER,
	decided_by TEXT
) STRICT;
CREATE UNIQUE INDEX enrolments_code ON enrolments(code) WHERE state = 'waiting';
CREATE UNIQUE INDEX enrolments_key ON enrolments(public_key) WHERE state = 'waiting';

-- Each link's hash covers the one before it; it is signed with the township's key.
CREATE TABLE audit (
	n INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	who TEXT NOT NULL,                     -- user:NAME, kiosk:ID, operator
	act TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	prev BLOB NOT NULL,
	hash BLOB NOT NULL,
	sig BLOB NOT NULL
) STRICT;

-- What flows down to the kiosks. An object stands here once, with its newest state: however long a kiosk was away,
-- it reads each object once.
CREATE TABLE changes (
	cursor INTEGER PRIMARY KEY AUTOINCREMENT,
	type TEXT NOT NULL,
	op TEXT NOT NULL CHECK (op IN ('put', 'del')),
	id TEXT NOT NULL,
	data TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	UNIQUE (type, id)
) STRICT;
