# USB devices for a guest in QEMU, which tests/guest boots.
TOOLS += $(BUILD)/redir_device
$(BUILD)/redir_device: $(O)/tests/guest/redir_device.o $(O)/tests/guest/redir_profile.o
	$(CC) $(LDFLAGS) -o $@ $^ -lusbredirparser
