-- Second factors, and sessions that can be seen and ended.

ALTER TABLE users ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0; -- the password is for signing in once
ALTER TABLE users ADD COLUMN last_login_ms INTEGER;

-- A user's key for the codes of their phone. Not confirmed: it is being set up, nothing asks for it yet.
CREATE TABLE second_factors (
	user_id INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
	key BLOB NOT NULL CHECK (length(key) = 68), -- 20 bytes, sealed to the township's key
	confirmed_ms INTEGER,
	last_step INTEGER NOT NULL DEFAULT 0,       -- a code of this step or an earlier one is used up
	wrong INTEGER NOT NULL DEFAULT 0,           -- wrong codes in a row
	wait_until_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE recovery_codes (
	user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
	hash BLOB NOT NULL CHECK (length(hash) = 32), -- keyed: of no use without the township's key
	used_ms INTEGER,
	PRIMARY KEY (user_id, hash)
) STRICT;

ALTER TABLE sessions ADD COLUMN peer TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN client TEXT NOT NULL DEFAULT '';    -- what the browser calls itself
ALTER TABLE sessions ADD COLUMN web INTEGER NOT NULL DEFAULT 0;     -- a page's: it ends when nobody uses it
ALTER TABLE sessions ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0; -- to a minute
CREATE INDEX sessions_user ON sessions(user_id);

-- People's acts are looked for by who and by what they touched; kiosks' batches, which are most of the chain, cost nothing.
CREATE INDEX audit_who ON audit(who, n) WHERE who >= 'user:' AND who < 'user;';
CREATE INDEX audit_object ON audit(object, n) WHERE who >= 'user:' AND who < 'user;';
