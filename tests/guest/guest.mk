# USB devices for a guest in QEMU, which tests/guest boots, and an SDL program to run in it.
TOOLS += $(BUILD)/redir_device $(BUILD)/sdl_keys
$(BUILD)/redir_device: $(O)/tests/guest/redir_device.o $(O)/tests/guest/redir_profile.o
	$(CC) $(LDFLAGS) -o $@ $^ -lusbredirparser
$(BUILD)/sdl_keys: $(O)/tests/guest/sdl_keys.o
	$(CC) $(LDFLAGS) -o $@ $^ -lSDL2

# The long run: each device is plugged in and out 1,000 times, some fifteen minutes.
.PHONY: guest-plugs
guest-plugs: $(BUILD)/device_client $(BUILD)/print_client $(BUILD)/redir_device
	GUEST_PLUGS=1000 tests/run -k '*again_and_again' guest
