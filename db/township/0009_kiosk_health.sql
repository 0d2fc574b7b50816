-- What each kiosk last said of itself. A row is missing where it has said nothing (yet): it is new, or its program is older.
CREATE TABLE kiosk_health (
	kiosk TEXT PRIMARY KEY REFERENCES kiosks(id),
	received_ms INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,                -- by the kiosk's clock
	version TEXT NOT NULL,
	schema INTEGER NOT NULL,
	uptime_s INTEGER NOT NULL,
	running INTEGER NOT NULL,
	start TEXT NOT NULL,
	printer TEXT NOT NULL,
	reader TEXT NOT NULL,
	scanner TEXT NOT NULL,
	clock_ok INTEGER NOT NULL,
	unsent INTEGER NOT NULL,
	blobs INTEGER NOT NULL,
	parked INTEGER NOT NULL,
	oldest_s INTEGER NOT NULL,
	disk_free INTEGER NOT NULL,
	disk_size INTEGER NOT NULL
) STRICT;

-- When something of it changed: the newest fifty of each kiosk.
CREATE TABLE kiosk_health_changes (
	n INTEGER PRIMARY KEY,
	kiosk TEXT NOT NULL REFERENCES kiosks(id),
	at_ms INTEGER NOT NULL,                -- by the server's clock
	part TEXT NOT NULL,                    -- printer, reader, scanner, clock, disk, program, version, parked
	was TEXT NOT NULL,
	now TEXT NOT NULL
) STRICT;
CREATE INDEX kiosk_health_changes_kiosk ON kiosk_health_changes(kiosk, n);

-- A refused event that somebody of the office has seen to needs nobody any more.
ALTER TABLE refusals ADD COLUMN handled_ms INTEGER;
ALTER TABLE refusals ADD COLUMN handled_by TEXT;
