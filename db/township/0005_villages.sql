-- Which village a report is about, for lists and figures; and what the list of a hundred thousand needs to be quick.

ALTER TABLE cases ADD COLUMN village TEXT NOT NULL DEFAULT '';
-- Who says so; '': looked for and not found. NULL: nobody has looked yet (cases from before; the server does it at its start).
ALTER TABLE cases ADD COLUMN village_by TEXT CHECK (village_by IN ('', 'text', 'deputy', 'office'));
-- The next deadline that is to be met; the one place of this rule. What is answered waits for nothing and sorts last.
ALTER TABLE cases ADD COLUMN due TEXT GENERATED ALWAYS AS (CASE
	WHEN state IN ('answered', 'closed') THEN '9999-12-31'
	WHEN state = 'transferred' THEN answer_due
	ELSE min(transfer_due, answer_due) END) VIRTUAL;

-- Two orders of the list, each with all that it is filtered by: a page reads no row (each holds a sealed text) but its own.
DROP INDEX cases_state;
DROP INDEX cases_time;
DROP INDEX cases_lookup; -- nothing looks there: kiosks find a case by it, in what they hold
CREATE INDEX cases_newest ON cases(received_ms, id, state, kind, subject, deputy, assigned, village, due, receipt, office);
CREATE INDEX cases_due ON cases(due, received_ms, id, state, kind, subject, deputy, assigned, village, receipt, office);
-- The front page's numbers.
CREATE INDEX cases_state ON cases(state, due, assigned, office, village);
CREATE INDEX cases_receipt ON cases(receipt);
