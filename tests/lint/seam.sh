#!/bin/sh
# The township's store stands behind one interface, so that another engine can take SQLite's place: nothing outside of
# township/store/ includes SQLite or the store's own headers, or has SQL in it, and no header of the seam names a type of
# SQLite's. Usage: seam.sh [TREE]; a line with its reason after "seam-ok:" passes.
set -eu
cd "${1:-.}"
[ -f township/store.h ] && [ -d township/store ] || { echo "seam.sh: no township here" >&2; exit 2; }

above=$(find township -name '*.[ch]' ! -path 'township/store/*')
look() { # WHAT PATTERN FILE...
	what=$1 pattern=$2
	shift 2
	grep -nHE "$pattern" "$@" | grep -v 'seam-ok:' | sed "s@^@$what: @" || true
}

# shellcheck disable=SC2086 # a list of names
found=$(
	look 'SQLite above the seam' '#[[:space:]]*include[[:space:]]*[<"]sqlite3' $above
	look "the store's own header above the seam" '#[[:space:]]*include[[:space:]]*"(township/)?store/' $above
	look 'SQLite above the seam' '\b(sqlite3_[a-z0-9_]+|SQLITE_[A-Z]+)\b' $above
	look 'SQL above the seam' \
		'"[[:space:](]*(SELECT|INSERT (OR [A-Z]+ )?INTO|UPDATE [a-z_]+ SET|DELETE FROM|PRAGMA|CREATE (TABLE|INDEX|VIEW)|BEGIN IMMEDIATE)\b' $above
	look "a type of SQLite's in the seam" '\bsqlite3\b' township/store.h township/store_*.h
)
[ -z "$found" ] || { echo "$found" >&2; exit 1; }
