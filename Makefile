# Deputies' Home Kiosk. `make run` opens the kiosk on a demo site; `make test` runs every test.
# `make help` lists the rest. SAN=1 builds everything with ASan and UBSan under build/san.

VERSION := 0.1.0
CC      ?= cc
ifdef SAN
BUILD   := build/san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPT     := -O1 -g
else
BUILD   := build
OPT     := -O2 -g
endif
O       := $(BUILD)/obj

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
PKGS    := sdl2 SDL2_image freetype2 harfbuzz sqlite3 libsodium jansson opencc libqrencode libcurl libmicrohttpd zlib \
           libopusenc opusfile zinnia libpinyin inih libusb-1.0 pangocairo liboath libzip expat xlsxwriter
# Looked up on use, so that `make deps` works before any of it is installed. Library headers are not ours to warn about.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(subst -I,-isystem ,$$(shell pkg-config --cflags $(PKGS))))$(PKG_CFLAGS)
CPPFLAGS += -Ikiosk -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DDATADIR='"/usr/share/deputies-home"'
CFLAGS  += -std=c11 $(OPT) $(WARN) $(SANFLAGS) -fstack-protector-strong
LDFLAGS += $(SANFLAGS) -Wl,--as-needed -Wl,-z,relro,-z,now
LIBS_model := -lsodium -ljansson -linih
LIBS_store := -lsqlite3
LIBS_ui    := -lSDL2_image -lSDL2 -lfreetype -lharfbuzz -lunibreak -lqrencode -lopencc -lzinnia -lpinyin -lglib-2.0 -ldb -lopusenc -lopusfile -lopus -logg -lm
LIBS_devices := -lcups -lusb-1.0
LIBS_pdf   := -lpangocairo-1.0 -lpango-1.0 -lgobject-2.0 -lcairo -lqrencode -lSDL2_image -lSDL2 -lm
LIBS_net   := -lcurl -lz
LIBS_documents := -lxlsxwriter -lzip -lexpat -lm
LIBS_all   := $(LIBS_ui) $(LIBS_pdf) $(LIBS_devices) $(LIBS_store) $(LIBS_model) $(LIBS_net) $(LIBS_documents) -lmicrohttpd -larchive -loath -lpthread

objs = $(patsubst %.c,$(O)/%.o,$(wildcard $(1)/*.c))
ROOMS   := model store ui devices pdf net documents
PROGRAMS := kiosk kiosk-sync kioskctl township

.DELETE_ON_ERROR:
.PHONY: all deps deps-test test test-now clean help
TOOLS := $(addprefix $(BUILD)/,print_client device_client usb_bench key_bench submit_reports bench_slip)
all: $(PROGRAMS:%=$(BUILD)/%) $(BUILD)/cups-backend-dhslip locale

# The Debian packages of packages.txt; what needs them is made by a second make, so that none is looked for too early.
deps:
	@sh packages.sh run build
deps-test:
	@sh packages.sh run build test
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$$(nproc))

$(O)/%.o: %.c
	@mkdir -p $(@D); echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(O)/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D); echo "  CC   $<"
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# One archive a room, so that a program takes only what it calls.
define room
$(BUILD)/lib$(1).a: $$(call objs,kiosk/$(1)) $(2)
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(eval $(call room,model))
$(eval $(call room,store,$(O)/gen/migrations.o))
$(eval $(call room,ui))
$(eval $(call room,devices))
$(eval $(call room,pdf))
$(eval $(call room,net))
$(eval $(call room,documents))

$(BUILD)/kiosk: $(call objs,kiosk/app) $(call objs,kiosk/screens) $(BUILD)/libui.a $(BUILD)/libdevices.a $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_ui) $(LIBS_devices) $(LIBS_store) $(LIBS_model) -lpthread
$(BUILD)/kiosk-sync: $(call objs,kiosk/sync) $(BUILD)/libnet.a $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_net) $(LIBS_store) $(LIBS_model)
$(BUILD)/kioskctl: $(call objs,kiosk/ctl) $(BUILD)/libpdf.a $(BUILD)/libnet.a $(BUILD)/libui.a $(BUILD)/libdevices.a $(BUILD)/libstore.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_pdf) $(LIBS_net) $(LIBS_ui) $(LIBS_devices) $(LIBS_store) $(LIBS_model) -lpthread
$(BUILD)/township: $(call objs,township) $(call objs,township/store) $(call objs,township/web) $(O)/gen/township_migrations.o $(O)/gen/web_assets.o $(BUILD)/libdocuments.a $(BUILD)/libpdf.a $(BUILD)/libmodel.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_documents) -lmicrohttpd -lcurl -lz -larchive -lsqlite3 -loath $(LIBS_pdf) $(LIBS_model) -lpthread

# Schema migrations and the demo site are compiled in: a program never meets a database it has no migration for.
$(BUILD)/gen/migrations.c: $(sort $(wildcard db/migrations/*.sql)) db/embed.sh
	@mkdir -p $(@D)
	sh db/embed.sh store_migrations $(sort $(wildcard db/migrations/*.sql)) > $@
$(BUILD)/gen/township_migrations.c: $(sort $(wildcard db/township/*.sql)) db/embed.sh
	@mkdir -p $(@D)
	sh db/embed.sh township_migrations $(sort $(wildcard db/township/*.sql)) > $@

# The office's style sheet, script and icon, in the order of township/web/files.c.
$(BUILD)/gen/web_assets.c: assets/web/office.css assets/web/office.js assets/web/icon.svg db/embed.sh
	@mkdir -p $(@D)
	sh db/embed.sh web_assets assets/web/office.css assets/web/office.js assets/web/icon.svg > $@

include assets/po/locale.mk run.mk
include tests/tests.mk tests/sim/sim.mk tests/http/http.mk tests/fault/fault.mk tests/bench/bench.mk \
        tests/journey/reference.mk tests/guest/guest.mk tests/quality.mk

test: deps-test
	@$(MAKE) --no-print-directory $(jobs) test-now
test-now: all $(UNIT) $(TOOLS)
	@tests/run

help:
	@echo 'make run     installs what is missing (as root), builds, and opens the kiosk on a demo site with its server'
	@echo 'make tour    plays a visit on a screen of its own; the pictures lie in build/tour/ afterwards'
	@echo 'make test    installs what is missing (as root), builds, and runs every test; tests/run --help for a part'
	@echo 'make         builds the programs in build/; SAN=1 builds them with ASan and UBSan in build/san/'
	@echo 'make deps    installs the Debian packages of packages.txt that are missing (as root)'
	@echo 'make bench   installs what is missing (as root), builds, and prints what it costs beside what it may cost'
	@echo 'make screenshots, reference   make the README'"'"'s pictures, and the ones that every screen is compared with'
	@echo 'make kills   kills the kiosk 300 times in the middle of submissions and sign-ins, and counts what was lost'
	@echo 'make guest-plugs  plugs reader and printer into a Linux in QEMU 1,000 times, cutting every fifth slip short'
	@echo 'make lint, valgrind, fuzz     style, clang, cppcheck and clang-tidy; memcheck; libFuzzer (FUZZ_SECONDS=60)'
	@echo 'make po      brings new strings into assets/po/en.po'
	@echo 'make unit    builds and runs the unit tests alone'
	@echo 'make clean   removes build/'

clean:
	rm -rf build

-include $(shell find $(O) -name '*.d' 2>/dev/null)
