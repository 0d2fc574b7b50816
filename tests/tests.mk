# How tests are built and run. A unit test names the files it needs in its first line:
#   /* links: kiosk/model/utf8.c kiosk/model/err.c */
# and is linked with those alone, with ASan and UBSan.

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT     := $(UNIT_SRC:tests/unit/%.c=build/san/unit/%)
SANCC     = $(CC) $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 -O1 -g $(WARN) -fsanitize=address,undefined \
            -fno-sanitize-recover=undefined -fno-omit-frame-pointer
SANOBJ   := build/san/obj

build/san/obj/%.o: %.c
	@mkdir -p $(@D); echo "  CC   $< (sanitized)"
	@$(SANCC) -MMD -MP -c -o $@ $<
build/san/obj/gen/%.o: build/gen/%.c
	@mkdir -p $(@D); echo "  CC   $< (sanitized)"
	@$(SANCC) -MMD -MP -c -o $@ $<

# links: with a line each; FOLDER/all stands for all that is in the folder.
listed = $(shell sed -n '1s@^/\* *links: *\(.*\) *\*/.*@\1@p' $(1))
links_of = $(patsubst %.c,$(SANOBJ)/%.o,$(foreach f,$(call listed,$(1)),$(if $(filter %/all,$f),$(wildcard $(dir $f)*.c),$f)))
define unit
build/san/unit/$(1): $(SANOBJ)/tests/unit/$(1).o $(call links_of,tests/unit/$(1).c)
	@mkdir -p $$(@D)
	@$$(CC) -fsanitize=address,undefined -Wl,--as-needed -o $$@ $$^ -lcmocka $$(LIBS_all)
endef
ifndef SAN
$(foreach t,$(UNIT_SRC:tests/unit/%.c=%),$(eval $(call unit,$(t))))
endif

.PHONY: unit
unit: $(UNIT)
	@for t in $(UNIT); do echo "# $$t"; $$t || exit 1; done
-include $(shell find build/san/obj -name '*.d' 2>/dev/null)
