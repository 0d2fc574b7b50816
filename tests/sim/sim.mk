# The slip printer's CUPS backend, and the small programs that drive the devices in tests.
BACKEND_OBJS := $(call objs,kiosk/devices/cups-backend) $(O)/kiosk/devices/escpos_scan.o
$(BUILD)/cups-backend-dhslip: $(BACKEND_OBJS)
	$(CC) $(LDFLAGS) -o $@ $^
$(BUILD)/print_client $(BUILD)/device_client: $(BUILD)/%: $(O)/tests/sim/%.o $(BUILD)/libdevices.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_devices) $(LIBS_model) -lpthread
