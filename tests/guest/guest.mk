# USB devices for a guest in QEMU, which tests/guest boots, and an SDL program to run in it.
TOOLS += $(BUILD)/redir_device $(BUILD)/sdl_keys
$(BUILD)/redir_device: $(O)/tests/guest/redir_device.o $(O)/tests/guest/redir_profile.o
	$(CC) $(LDFLAGS) -o $@ $^ -lusbredirparser
$(BUILD)/sdl_keys: $(O)/tests/guest/sdl_keys.o
	$(CC) $(LDFLAGS) -o $@ $^ -lSDL2
