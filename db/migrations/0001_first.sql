-- Rows that somebody could want to change unseen (all but state, outbox, skipped_changes) are covered by audit_items.

CREATE TABLE audit(
	seq INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	kind TEXT NOT NULL,
	digest BLOB NOT NULL CHECK(length(digest) = 32),  -- of the link's audit_items
	prev BLOB NOT NULL CHECK(length(prev) = 32),
	hash BLOB NOT NULL CHECK(length(hash) = 32),
	sig BLOB NOT NULL CHECK(length(sig) = 64)
) STRICT;

-- What a link covers: the row's digest after the change, NULL where it was deleted.
CREATE TABLE audit_items(
	link INTEGER NOT NULL REFERENCES audit(seq) DEFERRABLE INITIALLY DEFERRED,
	n INTEGER NOT NULL,
	tbl TEXT NOT NULL,
	row TEXT NOT NULL,
	digest BLOB,
	PRIMARY KEY(link, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_items_by_row ON audit_items(tbl, row, link);

CREATE TABLE identity(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE state(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE events(
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	type TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	case_id TEXT,
	sig BLOB NOT NULL CHECK(length(sig) = 64),
	payload TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events(at_ms) WHERE clock_ok = 1;

-- Delivery is apart from the events: a row here waits to be sent, or is parked with the refusal's reason.
CREATE TABLE outbox(seq INTEGER PRIMARY KEY REFERENCES events(seq), parked TEXT) STRICT;
CREATE INDEX outbox_waiting ON outbox(seq) WHERE parked IS NULL;

CREATE TABLE cases(
	case_id TEXT PRIMARY KEY,
	event_seq INTEGER UNIQUE REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED, -- NULL: filed at another kiosk
	receipt_day TEXT NOT NULL,
	receipt_number INTEGER NOT NULL,
	lookup BLOB NOT NULL UNIQUE CHECK(length(lookup) = 32),
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	deputy TEXT,                     -- NULL: whoever was on duty
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	state TEXT NOT NULL,
	round INTEGER NOT NULL,
	rating TEXT,
	rated_round INTEGER,
	view_rev INTEGER NOT NULL,
	view BLOB
) STRICT, WITHOUT ROWID;
-- Two kiosks may give the same number on one day; one kiosk never does.
CREATE UNIQUE INDEX cases_by_receipt ON cases(receipt_day, receipt_number) WHERE event_seq IS NOT NULL;

CREATE TABLE blobs(
	sha256 TEXT PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases(case_id),
	event_seq INTEGER NOT NULL,
	media TEXT NOT NULL,
	size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_outbox(
	n INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE REFERENCES blobs(sha256)
) STRICT;

CREATE TABLE deputies(
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	gender TEXT NOT NULL,
	nation TEXT NOT NULL,
	birth TEXT NOT NULL,
	job TEXT NOT NULL,
	grp TEXT NOT NULL,
	group_role TEXT NOT NULL,
	phone TEXT NOT NULL,
	initials TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mandates(
	id TEXT PRIMARY KEY,             -- DEPUTY/POSITION
	deputy TEXT NOT NULL REFERENCES deputies(id),
	position INTEGER NOT NULL,
	level TEXT NOT NULL CHECK(level IN ('township', 'county', 'city')),
	constituency TEXT NOT NULL,
	villages TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mandates_by_deputy ON mandates(deputy, position);

-- Groups and constituencies as the township keeps them; the columns it may add stay in data (JSON).
CREATE TABLE groups(id TEXT PRIMARY KEY, name TEXT NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE constituencies(id TEXT PRIMARY KEY, name TEXT NOT NULL, data TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE rules(
	id TEXT PRIMARY KEY,
	position INTEGER NOT NULL,
	title TEXT NOT NULL,
	article_count INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE duties(
	id TEXT PRIMARY KEY,
	deputy TEXT NOT NULL,
	day TEXT NOT NULL,               -- 2026-03-12, or w1 (every Monday) to w7
	starts TEXT NOT NULL,
	ends TEXT NOT NULL,
	room TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX duties_by_day ON duties(day, starts);

-- Changes of a type unknown here (for a newer program) or malformed, with the reason.
CREATE TABLE skipped_changes(
	n INTEGER PRIMARY KEY,
	cursor INTEGER,
	type TEXT NOT NULL,
	reason TEXT NOT NULL,
	entry TEXT NOT NULL UNIQUE
) STRICT;
