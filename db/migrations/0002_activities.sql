-- Activities and who came to them. Lists, digests and cards come from the township or from an import.

CREATE TABLE activities(
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	place TEXT NOT NULL,
	starts_ms INTEGER NOT NULL,
	ends_ms INTEGER NOT NULL CHECK(ends_ms > starts_ms),
	opens_min INTEGER NOT NULL,
	grace_min INTEGER NOT NULL,
	quorum INTEGER NOT NULL,
	signs_out INTEGER NOT NULL,
	cancelled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX activities_by_start ON activities(starts_ms);

CREATE TABLE invitees(
	id TEXT PRIMARY KEY,             -- ACTIVITY/DEPUTY, as in the next two; no / in ACTIVITY, so that its rows are a range of ids
	activity TEXT NOT NULL REFERENCES activities(id) DEFERRABLE INITIALLY DEFERRED,
	deputy TEXT NOT NULL,
	seat TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitees_by_deputy ON invitees(deputy);

-- One row for each deputy who came; how it was, as it was at the door.
CREATE TABLE attendance(
	id TEXT PRIMARY KEY,
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	by TEXT NOT NULL,
	timing TEXT NOT NULL,
	listed INTEGER NOT NULL,
	on_leave INTEGER NOT NULL,
	kiosk TEXT NOT NULL,             -- '' by phone
	event_seq INTEGER REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED,     -- NULL: not signed in here
	out_ms INTEGER,
	out_event_seq INTEGER REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED,
	repeat_event_seq INTEGER REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED -- came here too
) STRICT, WITHOUT ROWID;
CREATE INDEX attendance_by_deputy ON attendance(deputy);

CREATE TABLE leaves(
	id TEXT PRIMARY KEY,
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL,
	event_seq INTEGER REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE id_digests(
	deputy TEXT PRIMARY KEY,
	salt BLOB NOT NULL CHECK(length(salt) = 16),
	ops INTEGER NOT NULL,
	mem_kib INTEGER NOT NULL,
	digest BLOB NOT NULL CHECK(length(digest) = 32)
) STRICT, WITHOUT ROWID;
-- Finds a deputy, and lists the parameters in use, from the index alone.
CREATE INDEX id_digests_by_digest ON id_digests(salt, ops, mem_kib, digest);

CREATE TABLE cards(deputy TEXT PRIMARY KEY, issue INTEGER NOT NULL, lost_through INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE portraits(
	deputy TEXT PRIMARY KEY,
	media TEXT NOT NULL,
	bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person should look at: odd, and recorded as what it is.
CREATE TABLE flags(
	id TEXT PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	what TEXT NOT NULL,
	deputy TEXT NOT NULL,
	activity TEXT NOT NULL,
	detail TEXT NOT NULL,
	event_seq INTEGER REFERENCES events(seq) DEFERRABLE INITIALLY DEFERRED -- NULL: the township's
) STRICT, WITHOUT ROWID;
CREATE INDEX flags_by_time ON flags(at_ms);
