# Files reports without a screen: for the tests over HTTP and for the bench.
$(BUILD)/submit_reports: $(O)/tests/sim/submit_reports.o $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_store) $(LIBS_model)
# Signs deputies in without a screen.
TOOLS += $(BUILD)/sign_in
$(BUILD)/sign_in: $(O)/tests/http/sign_in.o $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_store) $(LIBS_model)
