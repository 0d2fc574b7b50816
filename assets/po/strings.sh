#!/bin/sh
# Writes a catalogue template of every C string literal that holds Chinese in the files named, adjacent literals joined. Strings
# in tables are translated where they are shown, so that looking for tr("…") alone would miss them.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
xgettext --from-code=UTF-8 --language=C --extract-all --no-wrap --add-location=file --sort-by-file \
    --package-name=deputies-home -o "$scratch/all.po" "$@" 2>"$scratch/log" ||
    { cat "$scratch/log" >&2; exit 1; } # its warnings are about literals that are no messages
msggrep --no-wrap --force-po --msgid --regexp='[一-龥]' "$scratch/all.po" > "$scratch/han.po" 2>/dev/null ||
    { echo "strings.sh: msggrep failed" >&2; exit 1; }
sed -e 's/^"POT-Creation-Date: .*$/"POT-Creation-Date: 2026-01-01 00:00+0800\\n"/' \
    -e 's/charset=CHARSET/charset=UTF-8/' "$scratch/han.po"
