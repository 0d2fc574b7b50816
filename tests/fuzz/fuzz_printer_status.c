/* links: kiosk/devices/dle_status.c kiosk/devices/printer_id.c */
/* What a printer says of itself: status bytes in any order, and its IEEE 1284 id. */
#include "devices/dle_status.h"
#include "devices/printer_id.h"
#include "tests/fuzz/fuzz.h"

static void read_id(const uint8_t *data, size_t len)
{
	char *id = fuzz_copy(data, len);
	char text[PRINTER_DESCRIPTION_SIZE];
	if (printer_id_model((const uint8_t *)id, len, text) == ERR_OK) {
		HOLDS(memchr(text, 0, sizeof text) && text[0]);
		for (const char *at = text; *at; at++)
			HOLDS(*at >= ' ');
	}
	free(id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dle_reader reader = { 0 };
	for (size_t i = 0; i < len; i++) {
		enum dle_word word = dle_read(&reader, data[i]);
		HOLDS(word != DLE_STATUS || (data[i] & 0x93) == 0x12);
		HOLDS(word != DLE_CLEARED || (i >= 2 && data[i] == 0 && data[i - 1] == 0x25 && data[i - 2] == 0x37));
		HOLDS(reader.automatic_left <= 3 && reader.block_len < 80);
	}
	if (len >= 5) {
		unsigned trouble = dle_trouble(&(struct dle_answers){ data[0], data[1], data[2], data[3] });
		HOLDS(!(trouble & TROUBLE_COVER_OPEN) || dle_health(trouble) == PRINTER_COVER_OPEN);
		HOLDS(!(trouble & TROUBLE_PAPER_END) || !(trouble & TROUBLE_COVER_OPEN));
		HOLDS((dle_health(trouble) <= PRINTER_PAPER_LOW) == !(trouble & TROUBLE_BLOCKING));
		(void)dle_port_trouble(data[4]);
	}
	read_id(data, len);
	return 0;
}
