# Files reports without a screen: for the tests over HTTP and for the bench.
$(BUILD)/submit_reports: $(O)/tests/sim/submit_reports.o $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_store) $(LIBS_model)
