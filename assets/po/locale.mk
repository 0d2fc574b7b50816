# Catalogues: the msgids are Simplified Chinese, the source of truth. English is translated by hand in en.po (`make po`
# brings in new strings); Traditional is made from the msgids by OpenCC.
PO_SOURCES := $(wildcard kiosk/app/*.c kiosk/screens/*.c kiosk/ctl/*.c) kiosk/ui/input_panel.c kiosk/model/roster_fault.h
POT        := build/deputies-home.pot
MO         := $(BUILD)/locale/en/LC_MESSAGES/deputies-home.mo $(BUILD)/locale/zh_Hant/LC_MESSAGES/deputies-home.mo

.PHONY: locale po
locale: $(MO)

# Besides tr("…"): texts in tables and fields that are translated when shown carry Chinese in plain literals, so every
# literal with Chinese in it counts.
$(POT): $(PO_SOURCES) assets/po/strings.sh
	@mkdir -p $(@D)
	sh assets/po/strings.sh $(PO_SOURCES) > $@

po: $(POT)
	msgmerge --quiet --update --backup=none --no-wrap assets/po/en.po $(POT)

$(BUILD)/locale/en/LC_MESSAGES/deputies-home.mo: assets/po/en.po
	@mkdir -p $(@D)
	msgfmt --check-format -o $@ $<

$(BUILD)/locale/zh_Hant/LC_MESSAGES/deputies-home.mo: $(POT)
	@mkdir -p $(@D)
	msgen --no-wrap $(POT) | awk '/^msgid/ { own = 0 } /^msgstr/ { own = 1 } \
	    { print (own ? "T" : "K") $$0 }' > $@.tagged
	sed -n 's/^T//p' $@.tagged | opencc -c s2t.json > $@.converted
	awk 'NR == FNR { line[++n] = $$0; next } /^T/ { print line[++m]; next } { print substr($$0, 2) }' \
	    $@.converted $@.tagged > $@.po
	msgfmt -o $@ $@.po
	@rm -f $@.tagged $@.converted $@.po
