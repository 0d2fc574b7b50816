-- Groups with their linked presidium members, constituencies, honours. Who leads a group and who records stands with the
-- deputies themselves (deputies.group_role), as the kiosks read it.

CREATE TABLE group_liaisons (
	group_id INTEGER NOT NULL REFERENCES groups(id),
	deputy TEXT NOT NULL REFERENCES deputies(id),
	PRIMARY KEY (group_id, deputy)
) STRICT;

-- Mandates name their constituency; the villages of a mandate are those that the deputy looks after within it.
CREATE TABLE constituencies (
	id TEXT PRIMARY KEY,
	level TEXT NOT NULL CHECK (level IN ('township', 'county', 'city')),
	name TEXT NOT NULL,
	villages TEXT NOT NULL,                -- "青禾村、上禾村"
	seats INTEGER NOT NULL DEFAULT 0,      -- 0: not known
	UNIQUE (level, name)
) STRICT;
INSERT INTO constituencies(id, level, name, villages)
	SELECT 'c-' || lower(hex(randomblob(8))), level, constituency, coalesce(replace(group_concat(DISTINCT nullif(villages, '')), ',', '、'), '')
	FROM mandates WHERE constituency <> '' GROUP BY level, constituency ORDER BY min(rowid);
CREATE INDEX mandates_constituency ON mandates(level, constituency);
CREATE INDEX deputies_group ON deputies(group_id);

CREATE TABLE honours (
	id TEXT PRIMARY KEY,
	deputy TEXT NOT NULL REFERENCES deputies(id),
	date TEXT NOT NULL,                    -- 2026-03-12, 2026-03 or 2026
	title TEXT NOT NULL,
	by_whom TEXT NOT NULL
) STRICT;
CREATE INDEX honours_deputy ON honours(deputy);
