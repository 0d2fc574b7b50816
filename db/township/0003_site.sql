CREATE TABLE groups (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE deputies (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	gender TEXT NOT NULL,
	nation TEXT NOT NULL,
	birth TEXT NOT NULL,
	job TEXT NOT NULL,
	phone TEXT NOT NULL,
	initials TEXT NOT NULL,
	group_id INTEGER REFERENCES groups(id),
	group_role TEXT NOT NULL,
	left_ms INTEGER                        -- no longer a deputy
) STRICT;
CREATE INDEX deputies_name ON deputies(name);

CREATE TABLE mandates (
	deputy TEXT NOT NULL REFERENCES deputies(id),
	n INTEGER NOT NULL,
	level TEXT NOT NULL CHECK (level IN ('township', 'county', 'city')),
	constituency TEXT NOT NULL,
	villages TEXT NOT NULL,
	PRIMARY KEY (deputy, n)
) STRICT;

CREATE TABLE rules (
	id TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	text TEXT NOT NULL,
	article_count INTEGER NOT NULL
) STRICT;

-- A line of the rota: on a date, or every week on a weekday (0 is Sunday).
CREATE TABLE duty (
	id TEXT PRIMARY KEY,
	deputy TEXT NOT NULL REFERENCES deputies(id),
	date TEXT NOT NULL DEFAULT '',
	weekday INTEGER NOT NULL DEFAULT -1,
	from_time TEXT NOT NULL,
	until_time TEXT NOT NULL,
	room TEXT NOT NULL,
	CHECK ((date = '') = (weekday BETWEEN 0 AND 6))
) STRICT;
