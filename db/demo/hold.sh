#!/bin/sh
# Beside a running `make run`: holds a deputy's identity card to the demo's reader, or their QR card to its scanner.
#   db/demo/hold.sh card NAME      db/demo/hold.sh code NAME
# Reader and scanner are the simulators of tests/sim behind serial lines; the numbers are the demo roster's, and belong to nobody.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
bin=${KIOSK_BUILD:-$top/build}
site=$bin/demo

fail() { printf 'hold: %s\n' "$*" >&2; exit 1; }

[ $# = 2 ] || fail "usage: db/demo/hold.sh card|code NAME"
[ -p "$site/reader" ] && [ -p "$site/scanner" ] || fail "the demo is not running with devices: start it with 'make run' (python3 is needed)"

case $1 in
card)
	number=$(awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "身份证号") at = i; next }
		$1 == name { print $at; exit }' "$top/db/demo/roster.csv")
	[ -n "$number" ] || fail "nobody is called $2 in db/demo/roster.csv"
	printf 'card %s %s\n' "$2" "$number" > "$site/reader"
	sleep 2
	printf 'remove\n' > "$site/reader" ;;
code)
	url=$(sed -n 's/^url *= *//p' "$site/kiosk/kiosk.conf")
	code=$("$bin/township" --data "$site/township" office --url "$url" card issue "$2" | grep '^DHC1:')
	printf 'scan %s\n' "$code" > "$site/scanner" ;;
*)
	fail "usage: db/demo/hold.sh card|code NAME" ;;
esac
