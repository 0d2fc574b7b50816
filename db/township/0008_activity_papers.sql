-- Activities are planned before they are published; corrections, minutes, photographs.

-- What the agenda says stays at the office; kiosks get title, place, times and list.
ALTER TABLE activities ADD COLUMN agenda TEXT NOT NULL DEFAULT '';

-- A plan is no activity yet: nothing that counts, lists or publishes activities sees it. Publishing moves it over, with its id.
CREATE TABLE activity_drafts (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	place TEXT NOT NULL,
	starts_ms INTEGER NOT NULL,
	ends_ms INTEGER NOT NULL CHECK (ends_ms > starts_ms),
	opens_min INTEGER NOT NULL,
	grace_min INTEGER NOT NULL,
	quorum INTEGER NOT NULL,
	signs_out INTEGER NOT NULL,
	agenda TEXT NOT NULL,
	changed_ms INTEGER NOT NULL,
	changed_by TEXT NOT NULL
) STRICT;
CREATE TABLE draft_invitees (
	activity TEXT NOT NULL REFERENCES activity_drafts(id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	deputy TEXT NOT NULL REFERENCES deputies(id),
	seat TEXT NOT NULL,
	PRIMARY KEY (activity, n),
	UNIQUE (activity, deputy)
) STRICT;

-- Each time an activity went into the stream of changes, what it said then, and the audit link that holds it.
CREATE TABLE publications (
	n INTEGER PRIMARY KEY,
	activity TEXT NOT NULL REFERENCES activities(id),
	what TEXT NOT NULL CHECK (what IN ('published', 'changed', 'cancelled')),
	at_ms INTEGER NOT NULL,
	who TEXT NOT NULL,                     -- as in the audit chain: user:NAME, operator
	title TEXT NOT NULL,
	place TEXT NOT NULL,
	starts_ms INTEGER NOT NULL,
	ends_ms INTEGER NOT NULL,
	invited INTEGER NOT NULL,              -- how many
	notice_days INTEGER NOT NULL,          -- what the rules asked for; 0: nothing
	in_time INTEGER NOT NULL,
	late_reason TEXT NOT NULL,             -- why an office head let it go out late
	cursor INTEGER NOT NULL,               -- of the change
	link INTEGER NOT NULL REFERENCES audit(n)
) STRICT;
CREATE INDEX publications_of ON publications(activity, n);
CREATE INDEX publications_cursor ON publications(cursor);

-- A kiosk that asks for what comes after a cursor has taken in everything up to it. A row is written when a publication was
-- passed, not at each poll: `cursor` is the newest publication's that the kiosk has.
CREATE TABLE publications_seen (
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	cursor INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (kiosk, cursor)
) STRICT;

-- What an attendance counts as by the office's word, beside the record of the door. The newest stands; 'recorded' takes the
-- earlier ones back.
CREATE TABLE corrections (
	n INTEGER PRIMARY KEY,
	activity TEXT NOT NULL,
	deputy TEXT NOT NULL,
	counts TEXT NOT NULL CHECK (counts IN ('present', 'late', 'leave', 'absent', 'recorded')),
	reason TEXT NOT NULL,
	user TEXT NOT NULL,
	at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX corrections_of ON corrections(activity, deputy, n);

-- How each of those invited stood to an activity: as recorded at the door, and as the newest correction has it (NULL: none).
-- The one place of this rule. What is cancelled or goes on still is left to the reader.
CREATE VIEW attendance_outcomes AS
SELECT activity, deputy, seat, kind, starts_ms, ends_ms, cancelled, came, recorded, corrected,
	coalesce(corrected, recorded) AS outcome
FROM (SELECT i.activity, i.deputy, i.seat, a.kind, a.starts_ms, a.ends_ms, a.cancelled, s.n IS NOT NULL AS came,
	CASE WHEN s.timing = 'late' THEN 'late' WHEN s.n IS NOT NULL THEN 'present'
		WHEN l.state IN ('asked', 'granted') THEN 'leave' ELSE 'absent' END AS recorded,
	nullif((SELECT c.counts FROM corrections c WHERE c.activity = i.activity AND c.deputy = i.deputy
		ORDER BY c.n DESC LIMIT 1), 'recorded') AS corrected
	FROM invitees i JOIN activities a ON a.id = i.activity
	LEFT JOIN sign_ins s ON s.activity = i.activity AND s.deputy = i.deputy AND s.record
	LEFT JOIN leaves l ON l.activity = i.activity AND l.deputy = i.deputy);

-- Whoever is invited where: a deputy's year.
CREATE INDEX invitees_deputy ON invitees(deputy);

CREATE TABLE minutes (
	activity TEXT PRIMARY KEY REFERENCES activities(id),
	text TEXT NOT NULL,
	recorder TEXT NOT NULL,                -- who wrote them down, as a name
	changed_by TEXT NOT NULL,
	changed_ms INTEGER NOT NULL,
	final_by TEXT NOT NULL DEFAULT '',     -- '' as long as they may be edited
	final_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What was added after the minutes were final.
CREATE TABLE minutes_addenda (
	n INTEGER PRIMARY KEY,
	activity TEXT NOT NULL REFERENCES minutes(activity),
	text TEXT NOT NULL,
	user TEXT NOT NULL,
	at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX minutes_addenda_of ON minutes_addenda(activity, n);

-- The pictures' bytes are kept here, so that a backup holds them; of one that was taken out only the reason stays.
CREATE TABLE activity_photos (
	id TEXT PRIMARY KEY,
	activity TEXT NOT NULL REFERENCES activities(id),
	caption TEXT NOT NULL,
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	jpeg BLOB,
	user TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	removed_by TEXT NOT NULL DEFAULT '',
	removed_ms INTEGER,
	removed_reason TEXT NOT NULL DEFAULT '',
	CHECK ((jpeg IS NULL) = (removed_ms IS NOT NULL))
) STRICT;
CREATE INDEX activity_photos_of ON activity_photos(activity, at_ms);
