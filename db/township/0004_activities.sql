-- Deputies sign in: who may do so by phone, what they sign in to, and by what they are known.

-- A deputy signs in on a phone as a user of role 'deputy'. The role stands in a CHECK, so the table is made anew;
-- sessions go with the table they refer to, and are put back.
CREATE TABLE kept_sessions AS SELECT * FROM sessions;
CREATE TABLE users_new (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL CHECK (role IN ('head', 'clerk', 'readonly', 'deputy')),
	password TEXT NOT NULL,                -- Argon2id, as crypto_pwhash_str writes it
	disabled INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	deputy TEXT REFERENCES deputies(id),   -- whose account it is
	CHECK ((role = 'deputy') = (deputy IS NOT NULL))
) STRICT;
INSERT INTO users_new(id, name, role, password, disabled, created_ms)
	SELECT id, name, role, password, disabled, created_ms FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
INSERT INTO sessions SELECT * FROM kept_sessions WHERE true ON CONFLICT DO NOTHING;
DROP TABLE kept_sessions;

CREATE TABLE activities (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	place TEXT NOT NULL,
	starts_ms INTEGER NOT NULL,
	ends_ms INTEGER NOT NULL CHECK (ends_ms > starts_ms),
	opens_min INTEGER NOT NULL,
	grace_min INTEGER NOT NULL,
	quorum INTEGER NOT NULL,               -- 0: more than half of the list
	signs_out INTEGER NOT NULL,
	cancelled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX activities_start ON activities(starts_ms);

CREATE TABLE invitees (
	activity TEXT NOT NULL REFERENCES activities(id),
	n INTEGER NOT NULL,                    -- the list's order
	deputy TEXT NOT NULL REFERENCES deputies(id),
	seat TEXT NOT NULL,
	PRIMARY KEY (activity, n),
	UNIQUE (activity, deputy)
) STRICT;

-- Each time a deputy signed in somewhere, as it was at the door. Activity and deputy may be unknown here: a box may be a
-- year behind. One of a deputy's is the record, the others are kept beside it.
CREATE TABLE sign_ins (
	n INTEGER PRIMARY KEY,                 -- the order they came in
	id TEXT NOT NULL UNIQUE,               -- the event's; of its own by phone
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	by TEXT NOT NULL CHECK (by IN ('card', 'qr', 'phone')),
	timing TEXT NOT NULL,
	listed INTEGER NOT NULL,
	on_leave INTEGER NOT NULL,
	kiosk TEXT NOT NULL REFERENCES kiosks(id), -- by phone: whose code it was
	issue INTEGER NOT NULL,                -- of the QR card, else 0
	record INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sign_ins_record ON sign_ins(activity, deputy) WHERE record;
CREATE INDEX sign_ins_deputy ON sign_ins(activity, deputy);

CREATE TABLE sign_outs (
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	by TEXT NOT NULL,
	kiosk TEXT NOT NULL,
	PRIMARY KEY (activity, deputy)
) STRICT;

CREATE TABLE leaves (
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused')),
	decided_by TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (activity, deputy)
) STRICT;

CREATE TABLE flags (
	id TEXT PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	what TEXT NOT NULL,
	deputy TEXT NOT NULL,
	activity TEXT NOT NULL,
	detail TEXT NOT NULL,
	kiosk TEXT NOT NULL
) STRICT;

-- Argon2id of the ID number under the township's salt; the number itself is kept nowhere. A row without a digest: it was
-- taken back, and kiosks are to hear of that however late they ask.
CREATE TABLE id_digests (
	deputy TEXT PRIMARY KEY REFERENCES deputies(id),
	salt BLOB CHECK (length(salt) = 16),
	ops INTEGER NOT NULL,
	mem_kib INTEGER NOT NULL,
	digest BLOB CHECK (length(digest) = 32)
) STRICT;
CREATE INDEX id_digests_digest ON id_digests(digest);

-- Cards as they were issued. The token is printed on the card and kept nowhere.
CREATE TABLE cards (
	deputy TEXT NOT NULL REFERENCES deputies(id),
	issue INTEGER NOT NULL CHECK (issue > 0),
	issued_day INTEGER NOT NULL,
	expires_day INTEGER NOT NULL,
	by_user TEXT NOT NULL,
	PRIMARY KEY (deputy, issue)
) STRICT;
CREATE TABLE card_losses (
	deputy TEXT NOT NULL REFERENCES deputies(id),
	through INTEGER NOT NULL,              -- this issue and those before it
	at_ms INTEGER NOT NULL,
	by_user TEXT NOT NULL,
	PRIMARY KEY (deputy, through)
) STRICT;
