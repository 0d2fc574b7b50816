#include "devices/dle_status.h"

enum {
	EOT_MASK = 0x93,
	EOT_VALUE = 0x12,
	AUTOMATIC_MASK = 0x93,
	AUTOMATIC_VALUE = 0x10,
	AUTOMATIC_MORE = 3,
	QUIET_MASK = 0x90, /* GS r, and the rest of an automatic status */
	XON = 0x11,
	XOFF = 0x13,
	BLOCK = 0x37,
	BLOCK_CLEARED = 0x25,
	BLOCK_MAX = 80
};

static enum dle_word read_block(struct dle_reader *reader, uint8_t byte)
{
	if (reader->block_len == 1)
		reader->block_id = byte;
	reader->block_len++;
	if (reader->block_len > 2 && byte == 0) {
		enum dle_word word = reader->block_id == BLOCK_CLEARED && reader->block_len == 3 ? DLE_CLEARED : DLE_NOTHING;
		reader->block_len = 0;
		return word;
	}
	if (reader->block_len < BLOCK_MAX)
		return DLE_NOTHING;
	reader->block_len = 0;
	return DLE_NOISE;
}

/* The two sensors have two bits each, which are alike. */
static int answers_gs_r(uint8_t byte)
{
	return !(byte & QUIET_MASK) && ((byte ^ byte >> 1) & 0x05) == 0;
}

enum dle_word dle_read(struct dle_reader *reader, uint8_t byte)
{
	if (reader->block_len)
		return read_block(reader, byte);
	if (reader->automatic_left) {
		reader->automatic_left--;
		if (!(byte & QUIET_MASK))
			return DLE_NOTHING;
		reader->automatic_left = 0; /* it was none; what this byte is says its own shape */
	}
	if ((byte & EOT_MASK) == EOT_VALUE)
		return DLE_STATUS;
	if ((byte & AUTOMATIC_MASK) == AUTOMATIC_VALUE) {
		reader->automatic_left = AUTOMATIC_MORE;
		return DLE_NOTHING;
	}
	if (byte == BLOCK) {
		reader->block_len = 1;
		return DLE_NOTHING;
	}
	if (byte == XON || byte == XOFF)
		return DLE_NOTHING;
	return answers_gs_r(byte) ? DLE_DRAINED : DLE_NOISE;
}

unsigned dle_trouble(const struct dle_answers *answers)
{
	enum {
		PRINTER_OFF = 0x08,
		CAUSE_COVER = 0x04,
		CAUSE_PAPER = 0x20,
		CAUSE_ERROR = 0x40,
		ERROR_RECOVERABLE = 0x04 | 0x08, /* by DLE ENQ; the second is the cutter's */
		ERROR_ANY = 0x04 | 0x08 | 0x20 | 0x40, /* beyond mending, and of itself (a hot head) */
		PAPER_LOW = 0x0c,
		PAPER_GONE = 0x60
	};
	unsigned trouble = answers->cause & CAUSE_COVER ? TROUBLE_COVER_OPEN : 0;
	/* An open cover hides the paper from its sensor. */
	bool paper_end = (answers->cause & CAUSE_PAPER) || (answers->paper & PAPER_GONE);
	if (paper_end && !(trouble & TROUBLE_COVER_OPEN))
		trouble |= TROUBLE_PAPER_END;
	if ((answers->cause & CAUSE_ERROR) || (answers->error & ERROR_ANY))
		trouble |= TROUBLE_ERROR;
	if (answers->error & ERROR_RECOVERABLE)
		trouble |= TROUBLE_RECOVER;
	if ((answers->printer & PRINTER_OFF) && !(trouble & TROUBLE_BLOCKING))
		trouble |= TROUBLE_OFFLINE;
	if ((answers->paper & PAPER_LOW) && !paper_end)
		trouble |= TROUBLE_PAPER_LOW;
	return trouble;
}

unsigned dle_port_trouble(uint8_t port_status)
{
	enum { NOT_ERROR = 0x08, SELECTED = 0x10, PAPER_EMPTY = 0x20 };
	unsigned trouble = port_status & PAPER_EMPTY ? TROUBLE_PAPER_END : 0;
	if (!(port_status & NOT_ERROR) && !trouble)
		trouble |= TROUBLE_ERROR;
	if (!(port_status & SELECTED) && !trouble)
		trouble |= TROUBLE_OFFLINE;
	return trouble;
}

enum printer_health dle_health(unsigned trouble)
{
	if (trouble & TROUBLE_COVER_OPEN)
		return PRINTER_COVER_OPEN;
	if (trouble & TROUBLE_PAPER_END)
		return PRINTER_PAPER_OUT;
	if (trouble & TROUBLE_ERROR)
		return PRINTER_ERROR;
	if (trouble & (TROUBLE_OFFLINE | TROUBLE_SILENT))
		return PRINTER_OFFLINE;
	return trouble & TROUBLE_PAPER_LOW ? PRINTER_PAPER_LOW : PRINTER_READY;
}
