/* escpos_scan.h: where one ESC/POS command ends and the next begins, for what escpos.h makes. Pure. */
#ifndef DEVICES_ESCPOS_SCAN_H
#define DEVICES_ESCPOS_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the command that `bytes` begins with, its data included; 0 if cut short or none of ours. */
size_t escpos_command_len(const uint8_t *bytes, size_t len);

#endif
