/* printer_id.h: who a printer says it is: the IEEE 1284 device id that the USB printer class hands out (GET_DEVICE_ID), as
 * "MFG:EPSON;MDL:TM-T20III;…", its length in front in two bytes, big endian. Pure. */
#ifndef DEVICES_PRINTER_ID_H
#define DEVICES_PRINTER_ID_H

#include <stddef.h>
#include <stdint.h>

#include "devices/printer.h"
#include "model/err.h"

/* "EPSON TM-T20III". ERR_NOT_FOUND: it names no model. What is no printable ASCII is left out. */
MUST_USE enum err printer_id_model(const uint8_t *id, size_t len, char text[PRINTER_DESCRIPTION_SIZE]);
/* The same from two texts, of which the second often begins with the first. */
void printer_id_join(const char *maker, const char *model, char text[PRINTER_DESCRIPTION_SIZE]);

#endif
