-- Rules are edited before they are published, and hang on the wall in the office's order.

-- Rules from before hang in the order they came in; until one of them is published anew, no kiosk has been told its place.
ALTER TABLE rules ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rules ADD COLUMN placed INTEGER NOT NULL DEFAULT 0 CHECK (placed IN (0, 1));
ALTER TABLE rules ADD COLUMN published_ms INTEGER NOT NULL DEFAULT 0; -- 0: before this was kept
ALTER TABLE rules ADD COLUMN published_by TEXT NOT NULL DEFAULT '';
UPDATE rules SET position = (SELECT count(*) FROM rules o WHERE o.rowid <= rules.rowid);

-- What is to become a rule, or to replace the one of that id.
CREATE TABLE rule_drafts (
	id TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	text TEXT NOT NULL,
	article_count INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,
	changed_by TEXT NOT NULL
) STRICT;
