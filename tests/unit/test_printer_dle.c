/* links: kiosk/devices/dle_status.c kiosk/devices/printer_id.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "devices/dle_status.h"
#include "devices/printer_id.h"

static void words(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
		enum dle_word last;
	} CASES[] = {
		{ "\x12", 1, DLE_STATUS },
		{ "\x16", 1, DLE_STATUS }, /* the drawer's pin is high */
		{ "\x1a", 1, DLE_STATUS },
		{ "\x7e", 1, DLE_STATUS },
		{ "\x00", 1, DLE_DRAINED },
		{ "\x0f", 1, DLE_DRAINED },
		{ "\x03", 1, DLE_DRAINED },
		{ "\x01", 1, DLE_NOISE }, /* half a sensor */
		{ "\x08", 1, DLE_NOISE },
		{ "\x92", 1, DLE_NOISE },
		{ "\xff", 1, DLE_NOISE },
		{ "\x11", 1, DLE_NOTHING },
		{ "\x13", 1, DLE_NOTHING },
		{ "\x37\x25\x00", 3, DLE_CLEARED },
		{ "\x37\x25", 2, DLE_NOTHING },
		{ "\x37\x22\x31\x00", 4, DLE_NOTHING }, /* another block */
		{ "\x37\x25\x31\x00", 4, DLE_NOTHING },
		{ "\x37\x25\x00\x12", 4, DLE_STATUS },
		{ "\x10\x00\x00\x00", 4, DLE_NOTHING }, /* automatic status: none of it answers GS r */
		{ "\x10\x00\x0f\x00\x00", 5, DLE_DRAINED },
		{ "\x1c\x12", 2, DLE_STATUS }, /* one cut short */
		{ "\x10\x00\xff", 3, DLE_NOISE },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct dle_reader reader = { 0 };
		enum dle_word word = DLE_NOTHING;
		for (size_t at = 0; at < CASES[i].len; at++)
			word = dle_read(&reader, (uint8_t)CASES[i].bytes[at]);
		assert_int_equal(word, CASES[i].last);
	}
}

static void a_block_that_never_ends(void **state)
{
	(void)state;
	struct dle_reader reader = { 0 };
	int noise = 0, statuses = 0;
	dle_read(&reader, 0x37);
	for (int i = 0; i < 200; i++) {
		enum dle_word word = dle_read(&reader, 0x12);
		noise += word == DLE_NOISE;
		statuses += word == DLE_STATUS;
	}
	assert_int_equal(noise, 1);
	assert_true(statuses > 100);
}

static void troubles(void **state)
{
	(void)state;
	static const struct {
		struct dle_answers answers;
		unsigned trouble;
		enum printer_health health;
	} CASES[] = {
		{ { 0x12, 0x12, 0x12, 0x12 }, 0, PRINTER_READY },
		{ { 0x16, 0x12, 0x12, 0x12 }, 0, PRINTER_READY },
		{ { 0x1a, 0x12, 0x12, 0x12 }, TROUBLE_OFFLINE, PRINTER_OFFLINE },
		{ { 0x12, 0x1a, 0x12, 0x12 }, 0, PRINTER_READY }, /* fed by its key */
		{ { 0x12, 0x12, 0x12, 0x1e }, TROUBLE_PAPER_LOW, PRINTER_PAPER_LOW },
		{ { 0x1a, 0x32, 0x12, 0x7e }, TROUBLE_PAPER_END, PRINTER_PAPER_OUT },
		{ { 0x1a, 0x12, 0x12, 0x72 }, TROUBLE_PAPER_END, PRINTER_PAPER_OUT },
		{ { 0x1a, 0x36, 0x12, 0x12 }, TROUBLE_COVER_OPEN, PRINTER_COVER_OPEN },
		{ { 0x1a, 0x16, 0x12, 0x72 }, TROUBLE_COVER_OPEN, PRINTER_COVER_OPEN },
		{ { 0x1a, 0x52, 0x1a, 0x12 }, TROUBLE_ERROR | TROUBLE_RECOVER, PRINTER_ERROR },
		{ { 0x1a, 0x52, 0x16, 0x12 }, TROUBLE_ERROR | TROUBLE_RECOVER, PRINTER_ERROR },
		{ { 0x1a, 0x52, 0x32, 0x12 }, TROUBLE_ERROR, PRINTER_ERROR },
		{ { 0x1a, 0x52, 0x52, 0x12 }, TROUBLE_ERROR, PRINTER_ERROR },
		{ { 0x1a, 0x52, 0x12, 0x12 }, TROUBLE_ERROR, PRINTER_ERROR },
		{ { 0x1a, 0x72, 0x1a, 0x72 }, TROUBLE_ERROR | TROUBLE_RECOVER | TROUBLE_PAPER_END, PRINTER_PAPER_OUT },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		assert_int_equal(dle_trouble(&CASES[i].answers), CASES[i].trouble);
		assert_int_equal(dle_health(CASES[i].trouble), CASES[i].health);
	}
	assert_int_equal(dle_health(TROUBLE_OFFLINE | TROUBLE_SILENT), PRINTER_OFFLINE);
}

static void port_status(void **state)
{
	(void)state;
	assert_int_equal(dle_port_trouble(0x18), 0);
	assert_int_equal(dle_port_trouble(0x38), TROUBLE_PAPER_END);
	assert_int_equal(dle_port_trouble(0x30), TROUBLE_PAPER_END);
	assert_int_equal(dle_port_trouble(0x10), TROUBLE_ERROR);
	assert_int_equal(dle_port_trouble(0x08), TROUBLE_OFFLINE);
}

static void check_model(const char *id, enum err expected, const char *model)
{
	char text[PRINTER_DESCRIPTION_SIZE] = "";
	assert_int_equal(printer_id_model((const uint8_t *)id, strlen(id + 2) + 2, text), expected);
	assert_string_equal(text, model);
}

static void models(void **state)
{
	(void)state;
	check_model("\x01\x40MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;", ERR_OK, "EPSON TM-T20III");
	check_model("\x01\x40MANUFACTURER: Gprinter ;MODEL: GP-80 ;", ERR_OK, "Gprinter GP-80");
	check_model("\x01\x40MDL:XP-58;", ERR_OK, "XP-58");
	check_model("\x01\x40mfg:STAR;mdl:STAR TSP143", ERR_OK, "STAR TSP143");
	check_model("\x01\x40MFG:EPSON;\r\nMDL:\x1bTM\x07;", ERR_OK, "EPSON TM");
	check_model("\x01\x40MFG:EPSON;MDLX:1;XMDL:2;", ERR_NOT_FOUND, "");
	check_model("\x01\x40MDL:;", ERR_NOT_FOUND, "");
	check_model("\x01\x40", ERR_NOT_FOUND, "");
	char text[PRINTER_DESCRIPTION_SIZE];
	assert_int_equal(printer_id_model((const uint8_t *)"\0", 1, text), ERR_NOT_FOUND);
	assert_int_equal(printer_id_model((const uint8_t *)"", 0, text), ERR_NOT_FOUND);
	printer_id_join("", "", text);
	assert_string_equal(text, "");
	printer_id_join("SIM", "", text);
	assert_string_equal(text, "SIM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),       cmocka_unit_test(a_block_that_never_ends), cmocka_unit_test(troubles),
		cmocka_unit_test(port_status), cmocka_unit_test(models),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
