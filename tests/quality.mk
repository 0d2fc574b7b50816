# What watches over the code: lint, valgrind, fuzz. Each fails the make on a finding.
#   make lint       clang-tidy, cppcheck, banned functions, caps on functions, the store's seam, clang with every warning
#   make valgrind   the unit tests without sanitizers under memcheck
#   make fuzz       libFuzzer on all that comes from outside, FUZZ_SECONDS=60 a target, FUZZ=name for one

LINT_SRC := $(sort $(wildcard kiosk/*/*.c kiosk/*/*/*.c township/*.c township/*/*.c))
LINT_ALL := $(LINT_SRC) $(sort $(wildcard tests/*/*.c))

.PHONY: deps-check lint lint-now valgrind-now lint-style lint-clang lint-cppcheck lint-tidy valgrind fuzz fuzz-build
# The packages first; what needs them is made by a second make, as in the Makefile.
deps-check:
	@sh packages.sh run build test check
lint: deps-check
	@$(MAKE) --no-print-directory $(jobs) lint-now
lint-now: lint-style lint-clang lint-cppcheck lint-tidy

lint-style:
	@tests/lint/banned.sh $(LINT_ALL)
	@tests/lint/length.py $(LINT_ALL)
	@tests/lint/seam.sh

# The other compiler's warnings; objects only, apart from the ones that run.
LINT_OBJ := $(LINT_ALL:%.c=build/lint/%.o)
lint-clang: $(LINT_OBJ)
build/lint/%.o: %.c
	@mkdir -p $(@D)
	@clang $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 $(WARN) -Wimplicit-fallthrough -Wnull-dereference -MMD -MP -c -o $@ $<
-include $(LINT_OBJ:.o=.d)

lint-cppcheck:
	@mkdir -p build/lint/cppcheck
	@echo "  CPPCHECK"; cppcheck --error-exitcode=1 --quiet --std=c11 --language=c --enable=warning,performance,portability -j 2 \
	  --cppcheck-build-dir=build/lint/cppcheck --inline-suppr --suppressions-list=tests/lint/cppcheck.txt \
	  -Ikiosk -I. -D_GNU_SOURCE -DVERSION='"x"' -DDATADIR='"x"' --include=tests/lint/cppcheck.h $(LINT_SRC)

# A file is looked at again only when it, or a header it takes, has changed.
TIDY := $(LINT_SRC:%.c=build/lint/%.tidy)
lint-tidy: $(TIDY)
build/lint/%.tidy: build/lint/%.o .clang-tidy
	@echo "  TIDY $*.c"
	@clang-tidy --quiet $*.c -- $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 2>$@.err || { cat $@.err; exit 1; }
	@touch $@

# Memcheck sees what the sanitizers do not: bytes that were never written.
PLAIN_UNIT := $(UNIT_SRC:tests/unit/%.c=build/plain/%)
define plain_unit
build/plain/$(1): $$(patsubst $(SANOBJ)/%,build/plain/obj/%,$(SANOBJ)/tests/unit/$(1).o $(call links_of,tests/unit/$(1).c))
	@$$(CC) -Wl,--as-needed -o $$@ $$^ -lcmocka $$(LIBS_all)
endef
$(foreach t,$(UNIT_SRC:tests/unit/%.c=%),$(eval $(call plain_unit,$(t))))
build/plain/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 -O1 -g $(WARN) -MMD -MP -c -o $@ $<
build/plain/obj/gen/%.o: build/gen/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 -O1 -g $(WARN) -MMD -MP -c -o $@ $<
-include $(shell find build/plain/obj -name '*.d' 2>/dev/null)

VALGRIND ?= $(PLAIN_UNIT)
valgrind: deps-check
	@$(MAKE) --no-print-directory $(jobs) valgrind-now
valgrind-now: $(VALGRIND)
	@status=0; for t in $(VALGRIND); do \
	  echo "# valgrind $$t"; \
	  valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	    --show-leak-kinds=definite --suppressions=tests/lint/valgrind.supp $$t >$$t.out 2>&1 || \
	    { echo "valgrind $$t: FAILED"; cat $$t.out; status=1; }; \
	done; exit $$status

FUZZ_SECONDS ?= 60
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ     ?= $(FUZZ_SRC:tests/fuzz/fuzz_%.c=%)
FUZZERS  := $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/%)
FUZZ_SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
define fuzzer
build/fuzz/$(1): $$(patsubst $(SANOBJ)/%,build/fuzz/obj/%,$(SANOBJ)/tests/fuzz/$(1).o $(call links_of,tests/fuzz/$(1).c))
	@clang -fsanitize=fuzzer,address,undefined -Wl,--as-needed -o $$@ $$^ $$(LIBS_all)
endef
$(foreach t,$(FUZZ_SRC:tests/fuzz/%.c=%),$(eval $(call fuzzer,$(t))))
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D); echo "  FUZZ $<"
	@clang $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 -O1 -g $(WARN) $(FUZZ_SAN) -MMD -MP -c -o $@ $<
build/fuzz/obj/gen/%.o: build/gen/%.c
	@mkdir -p $(@D)
	@clang $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 -O1 -g $(WARN) $(FUZZ_SAN) -MMD -MP -c -o $@ $<
-include $(shell find build/fuzz/obj -name '*.d' 2>/dev/null)

fuzz-build: $(FUZZERS)
# What is found grows under build/fuzz/corpus; the inputs that break something are build/fuzz/NAME-crash-*.
fuzz: $(FUZZ:%=build/fuzz/fuzz_%)
	@status=0; mkdir -p build/fuzz/tmp; export TMPDIR=$(CURDIR)/build/fuzz/tmp; for t in $(FUZZ); do \
	  mkdir -p build/fuzz/corpus/$$t; dict=; \
	  [ ! -f tests/fuzz/$$t.dict ] || dict=-dict=tests/fuzz/$$t.dict; \
	  build/fuzz/fuzz_$$t $$dict -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
	    -print_final_stats=1 -artifact_prefix=build/fuzz/$$t- build/fuzz/corpus/$$t tests/fuzz/corpus/$$t \
	    >build/fuzz/$$t.log 2>&1 || { \
	      echo "fuzz $$t: FAILED"; grep -v '^#' build/fuzz/$$t.log | tail -40; status=1; continue; }; \
	  echo "fuzz $$t: $$(sed -n 's/^stat::number_of_executed_units: *//p' build/fuzz/$$t.log) inputs," \
	    "$$(grep -o 'cov: [0-9]*' build/fuzz/$$t.log | tail -1)"; \
	done; exit $$status
