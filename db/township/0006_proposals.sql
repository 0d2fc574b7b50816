-- Suggestions and motions of deputies, congresses, evaluations.

CREATE TABLE congresses (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,                    -- 第十九届人民代表大会第三次会议
	opens TEXT NOT NULL,
	closes TEXT NOT NULL,
	motion_deadline TEXT NOT NULL DEFAULT '',     -- the last day for motions; '' when it has none
	created_ms INTEGER NOT NULL
) STRICT;

-- Rows are never deleted, and numbers follow one another within a scope, so they have no gaps. A motion that became a
-- suggestion keeps its number among the motions and gets one among the suggestions.
CREATE TABLE proposals (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('suggestion', 'criticism', 'opinion', 'motion')),
	title TEXT NOT NULL,
	text TEXT NOT NULL,
	author TEXT NOT NULL REFERENCES deputies(id),
	filed TEXT NOT NULL,
	congress TEXT REFERENCES congresses(id),      -- NULL: between congresses
	scope TEXT NOT NULL,                          -- what the number runs in: the congress's id, or the year of filing
	number INTEGER,                               -- 建议第12号
	motion_number INTEGER,                        -- 议案第3号
	state TEXT NOT NULL CHECK (state IN ('filed', 'transferred', 'answered', 'redo', 'closed', 'withdrawn')),
	round INTEGER NOT NULL DEFAULT 1,
	extended INTEGER NOT NULL DEFAULT 0,          -- in this round
	talked INTEGER NOT NULL DEFAULT 0,            -- in this round: face to face with the author
	office TEXT NOT NULL DEFAULT '',              -- the government office it was passed to
	since TEXT NOT NULL,                          -- the day from which this round's transfer is counted
	transferred TEXT NOT NULL DEFAULT '',         -- the day of it, in this round
	due TEXT NOT NULL DEFAULT '',                 -- by when the next step must be done; '' when none is
	rating TEXT NOT NULL DEFAULT '',              -- the last one
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	UNIQUE (scope, number),
	UNIQUE (scope, motion_number),
	CHECK ((kind = 'motion') = (number IS NULL)),
	CHECK (number IS NOT NULL OR motion_number IS NOT NULL)
) STRICT;
CREATE INDEX proposals_time ON proposals(created_ms, id);
CREATE INDEX proposals_due ON proposals(due) WHERE due <> '';
CREATE INDEX proposals_author ON proposals(author);
CREATE INDEX proposals_congress ON proposals(congress);

-- Who signed besides the author, in the order of the paper.
CREATE TABLE proposal_signers (
	proposal TEXT NOT NULL REFERENCES proposals(id),
	n INTEGER NOT NULL,
	deputy TEXT NOT NULL REFERENCES deputies(id),
	PRIMARY KEY (proposal, n),
	UNIQUE (proposal, deputy)
) STRICT;
CREATE INDEX proposal_signers_deputy ON proposal_signers(deputy);

CREATE TABLE proposal_steps (
	n INTEGER PRIMARY KEY,
	proposal TEXT NOT NULL REFERENCES proposals(id),
	round INTEGER NOT NULL,
	step TEXT NOT NULL,
	day TEXT NOT NULL,                            -- when it was done, as the paper has it
	at_ms INTEGER NOT NULL,                       -- when it was entered
	user TEXT NOT NULL,                           -- who entered it
	who TEXT NOT NULL,                            -- who did it
	due TEXT NOT NULL,                            -- '' when none
	note TEXT NOT NULL
) STRICT;
CREATE INDEX proposal_steps_of ON proposal_steps(proposal, n);

CREATE TABLE evaluations (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('deputy', 'office')),
	deputy TEXT REFERENCES deputies(id),
	office TEXT NOT NULL DEFAULT '',
	title TEXT NOT NULL,
	day TEXT NOT NULL,
	place TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'counted', 'closed')),
	min_voters INTEGER NOT NULL,                  -- as it was when the ballots were counted
	handed_out INTEGER NOT NULL DEFAULT 0,
	returned INTEGER NOT NULL DEFAULT 0,
	satisfied INTEGER NOT NULL DEFAULT 0,
	basically INTEGER NOT NULL DEFAULT 0,
	unsatisfied INTEGER NOT NULL DEFAULT 0,
	invalid INTEGER NOT NULL DEFAULT 0,
	comments TEXT NOT NULL DEFAULT '',            -- what the ballots said, summed up
	counted_by TEXT NOT NULL DEFAULT '',
	counted_ms INTEGER NOT NULL DEFAULT 0,
	confirmed_by TEXT NOT NULL DEFAULT '',
	confirmed_ms INTEGER NOT NULL DEFAULT 0,
	poor INTEGER NOT NULL DEFAULT 0,              -- to be put right
	created_by TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	CHECK ((kind = 'deputy') = (deputy IS NOT NULL)),
	CHECK (state <> 'closed' OR returned = satisfied + basically + unsatisfied + invalid),
	CHECK (confirmed_by = '' OR confirmed_by <> counted_by)
) STRICT;
CREATE INDEX evaluations_day ON evaluations(day, id);
CREATE INDEX evaluations_deputy ON evaluations(deputy);
CREATE TRIGGER evaluations_closed BEFORE UPDATE ON evaluations WHEN old.state = 'closed'
BEGIN SELECT raise(ABORT, 'a closed result does not change'); END;

-- Why a count was sent back; and what stands beside a closed result: a correction with its reason, and how what was poor
-- was put right.
CREATE TABLE evaluation_notes (
	n INTEGER PRIMARY KEY,
	evaluation TEXT NOT NULL REFERENCES evaluations(id),
	kind TEXT NOT NULL CHECK (kind IN ('sent_back', 'correction', 'put_right')),
	day TEXT NOT NULL,
	text TEXT NOT NULL,
	user TEXT NOT NULL,
	at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX evaluation_notes_of ON evaluation_notes(evaluation, n);
