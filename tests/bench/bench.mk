# What it costs: `make bench` prints one table, and fails where a limit is missed.
#   BENCH_JOURNEYS=1000 make bench   the long run (30 visits by default)
#   BENCH_ONLY="start idle" make bench   a part      BENCH_ALONE=1 make bench   on a machine that others use

BENCH_C := bench_text bench_store bench_ime bench_slip bench_sign bench_township
ROOM_LIBS := $(BUILD)/libui.a $(BUILD)/libdevices.a $(BUILD)/libstore.a $(BUILD)/libmodel.a
$(BENCH_C:%=$(BUILD)/%): $(BUILD)/bench_%: $(O)/tests/bench/bench_%.o $(ROOM_LIBS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_ui) $(LIBS_devices) $(LIBS_store) $(LIBS_model) $(BENCH_LIBS) -lpthread
$(BUILD)/bench_slip: BENCH_LIBS := -lzbar
$(BUILD)/bench_township: BENCH_LIBS := -lz

# A sample of it runs with the tests.
TOOLS += $(BUILD)/bench_township

.PHONY: bench
bench:
	@sh packages.sh run build test
	@$(MAKE) --no-print-directory $(jobs) all $(TOOLS) $(BENCH_C:%=$(BUILD)/%)
	@python3 tests/bench/bench.py $(BENCH_ONLY)
