#include "devices/escpos_scan.h"

/* Length of the command without its data, 0 if unknown. */
static size_t fixed_len(const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return 0;
	if (bytes[0] == 0x1b)
		return bytes[1] == '@' ? 2 : bytes[1] == 'J' || bytes[1] == 'd' ? 3 : 0;
	if (bytes[0] != 0x1d)
		return 0;
	if (bytes[1] == 'V')
		return len > 2 && (bytes[2] == 65 || bytes[2] == 66) ? 4 : 3;
	return bytes[1] == 'v' ? 8 : 0;
}

size_t escpos_command_len(const uint8_t *bytes, size_t len)
{
	size_t head = fixed_len(bytes, len);
	if (!head || head > len)
		return 0;
	size_t data = 0;
	if (head == 8)
		data = ((size_t)bytes[4] | (size_t)bytes[5] << 8)
		       * ((size_t)bytes[6] | (size_t)bytes[7] << 8);
	return data <= len - head ? head + data : 0;
}
