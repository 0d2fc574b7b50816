# The slip printer's CUPS backend, and the small programs that drive the devices in tests.
BACKEND_OBJS := $(call objs,kiosk/devices/cups-backend) $(patsubst %,$(O)/kiosk/devices/%.o,escpos_scan printer_run printer_talk dle_status)
$(BUILD)/cups-backend-dhslip: $(BACKEND_OBJS)
	$(CC) $(LDFLAGS) -o $@ $^
$(BUILD)/print_client $(BUILD)/device_client: $(BUILD)/%: $(O)/tests/sim/%.o $(BUILD)/libdevices.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_devices) $(LIBS_model) -lpthread
# Emulated USB devices for a program's own libusb.
UMOCKDEV_CFLAGS = $(subst -I,-isystem ,$(shell pkg-config --cflags umockdev-1.0))
$(BUILD)/usb_bench: tests/sim/usb_bench.c
	@mkdir -p $(@D); echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(UMOCKDEV_CFLAGS) -std=c11 -O2 -g $(WARN) -o $@ $< $$(pkg-config --libs umockdev-1.0)
build/lint/tests/sim/usb_bench.o: CPPFLAGS += $(UMOCKDEV_CFLAGS)
# A scanner that types, as the kernel brings it.
$(BUILD)/key_bench: tests/sim/key_bench.c
	@mkdir -p $(@D); echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(UMOCKDEV_CFLAGS) -std=c11 -O2 -g $(WARN) -o $@ $< $$(pkg-config --libs umockdev-1.0)
build/lint/tests/sim/key_bench.o: CPPFLAGS += $(UMOCKDEV_CFLAGS)
# The card reader plugged in and out 1,000 times, the printer 100 times in the middle of a slip.
.PHONY: plugs
plugs: $(BUILD)/usb_bench $(BUILD)/device_client $(BUILD)/print_client
	@PLUGS=1000 python3 tests/devices/test_reader_usb.py OnUsb.test_plugs_and_unplugs
	@PLUGS=100 python3 tests/devices/test_printer_usb.py Unplugged.test_at_random_moments
