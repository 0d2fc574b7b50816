CREATE TABLE events (
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	seq INTEGER NOT NULL,
	id TEXT NOT NULL UNIQUE,
	type TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	payload TEXT NOT NULL,
	sig BLOB NOT NULL,
	PRIMARY KEY (kiosk, seq)
) STRICT;

-- What was refused, kept with the reason; a later good event of the same number takes its place.
CREATE TABLE refusals (
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	seq INTEGER NOT NULL,
	reason TEXT NOT NULL,
	payload TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (kiosk, seq)
) STRICT;

CREATE TABLE cases (
	id TEXT PRIMARY KEY,
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	receipt TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	deputy TEXT NOT NULL,                  -- whom the voter chose; '' is whoever was on duty
	lookup BLOB NOT NULL,
	sealed BLOB NOT NULL,
	at_ms INTEGER NOT NULL,
	clock_ok INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	state TEXT NOT NULL,
	round INTEGER NOT NULL DEFAULT 1,
	extended INTEGER NOT NULL DEFAULT 0,   -- in this round
	assigned TEXT NOT NULL DEFAULT '',     -- deputy id
	office TEXT NOT NULL DEFAULT '',       -- the government office it was passed to
	transfer_due TEXT NOT NULL,
	answer_due TEXT NOT NULL,
	rev INTEGER NOT NULL DEFAULT 0,        -- of the voter's view; 0 before the first step
	view_key BLOB,                         -- sealed to the township's own key, once it was derived
	updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_state ON cases(state, at_ms);
CREATE INDEX cases_time ON cases(at_ms);
CREATE INDEX cases_lookup ON cases(lookup);

CREATE TABLE rounds (
	case_id TEXT NOT NULL REFERENCES cases(id),
	round INTEGER NOT NULL,
	from_date TEXT NOT NULL,
	extended INTEGER NOT NULL DEFAULT 0,
	transfer_due TEXT NOT NULL,
	answer_due TEXT NOT NULL,
	answered_ms INTEGER,
	answer BLOB,                           -- sealed JSON {"text","by"}
	rating TEXT,
	rating_reason BLOB,                    -- sealed by the kiosk
	rated_ms INTEGER,
	PRIMARY KEY (case_id, round)
) STRICT;

CREATE TABLE steps (
	n INTEGER PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases(id),
	round INTEGER NOT NULL,
	step TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	user TEXT NOT NULL,                    -- who entered it
	who TEXT NOT NULL,                     -- who acts in it, as the voter reads it
	due TEXT NOT NULL,                     -- '' when none
	note BLOB                              -- sealed to the township's own key
) STRICT;
CREATE INDEX steps_case ON steps(case_id, n);

CREATE TABLE blobs (
	sha256 TEXT PRIMARY KEY,
	size INTEGER NOT NULL,
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	received_ms INTEGER NOT NULL
) STRICT;
