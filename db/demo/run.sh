#!/bin/sh
# What `make run` starts once everything is built: the kiosk on the demo site, its sync and the township's server.
# The site is made in build/demo the first time and kept; remove that folder to begin anew.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
bin=${KIOSK_BUILD:-$top/build}
site=$bin/demo
kiosk=$site/kiosk town=$site/township slips=$site/slips
children=

say() { printf '%s\n' "$*"; }
fail() { say "make run: $*" >&2; exit 1; }

# Prints a command as one can paste it: from the folder that make was started in, if it is the tree's.
short() { case $1 in "$PWD"/*) printf '%s' "${1#"$PWD"/}" ;; *) printf '%s' "$1" ;; esac; }

end() {
	trap - EXIT INT TERM HUP
	# shellcheck disable=SC2086 # a list of process numbers
	[ -z "$children" ] || { kill $children 2>/dev/null || true; wait $children 2>/dev/null || true; }
}
trap end EXIT
trap 'end; exit 0' INT # the usual way to end it
trap 'end; exit 143' TERM HUP

no_display() {
	cat >&2 <<-'END'
	make run: it is built, but there is no display to open the kiosk on. What would do:
	  make tour            plays a visit on a virtual screen; its pictures are in build/tour/ afterwards
	  ssh -X THIS_MACHINE  and make run again, from a machine that has a display
	  make run             on the console of a machine with a screen, or in a terminal of its desktop
	END
	exit 1
}

# One line of the kiosk's settings: put SECTION KEY VALUE. The rest of the file stays as it is.
put() {
	SECTION=$1 KEY=$2 VALUE=$3 awk '
		/^\[/ { inside = $0 == "[" ENVIRON["SECTION"] "]" }
		inside && $1 == ENVIRON["KEY"] { print ENVIRON["KEY"] " = " ENVIRON["VALUE"]; next }
		{ print }' "$kiosk/kiosk.conf" > "$kiosk/kiosk.conf.new"
	mv "$kiosk/kiosk.conf.new" "$kiosk/kiosk.conf"
}

make_site() {
	[ -e "$kiosk/kiosk.db" ] && [ -e "$town/township.db" ] && return
	say "making the demo site in $(short "$site")"
	rm -rf "$kiosk" "$town"
	mkdir -p "$site"
	"$bin/kioskctl" --data "$kiosk" init --demo > "$site/init.log" 2>&1 || fail "$(cat "$site/init.log")"
	"$bin/township" --data "$town" init --demo > "$site/init.log" 2>&1 || fail "$(cat "$site/init.log")"
	rm -f "$site/init.log" # it holds the password
}

# Today's and the coming activities follow the calendar; who is in the roster follows the files of the tree.
refresh_site() {
	"$bin/township" --data "$town" import activities "$top/db/demo/activities.csv" > /dev/null || fail "the demo's activities could not be taken in"
	sum=$(cksum < "$top/db/demo/roster.csv")
	[ "$(cat "$site/roster.sum" 2> /dev/null || true)" != "$sum" ] || return 0
	"$bin/township" --data "$town" import roster "$top/db/demo/roster.csv" > /dev/null || fail "the demo's roster could not be taken in"
	echo "$sum" > "$site/roster.sum"
}

# An account to sign in with on the phone, by the code on the screen.
phone_user() {
	[ ! -s "$site/phone.password" ] || return 0
	head -c 9 /dev/urandom | base64 | tr '+/' 'ab' > "$site/phone.password"
	"$bin/township" --data "$town" user add majianguo --role deputy --deputy 马建国 < "$site/phone.password" > /dev/null ||
		{ rm -f "$site/phone.password"; fail "the demo's phone account could not be made"; }
}

# Starts the server on the address given and waits for it; its address is then in $url. False: the port is taken.
serve() {
	"$bin/township" --data "$town" --listen "$1" > "$site/township.log" 2>&1 &
	server=$!
	while :; do
		url=$(sed -n 's/^township: serving .* at \(http:.*\)$/\1/p' "$site/township.log")
		[ -z "$url" ] || break
		kill -0 "$server" 2>/dev/null || { grep -q 'something else listens' "$site/township.log" && return 1
			fail "$(cat "$site/township.log")"; }
		sleep 0.05
	done
	children="$children $server"
}

office() { "$bin/township" --data "$town" office --url "$url" "$@"; }
status() { "$bin/kioskctl" --data "$kiosk" status --json | sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p"; }

# On a real site somebody in the office compares the code with the one on the kiosk, and approves it.
enrol() {
	tries=0
	while [ "$(status enrolled)" != true ]; do
		code=$(status enrol_code)
		[ -z "$code" ] || office approve "$code" > /dev/null 2>&1 || true
		tries=$((tries + 1))
		[ $tries -lt 150 ] || fail "the kiosk was not enrolled within 30 s: $(cat "$site/kiosk-sync.log" "$site/township.log")"
		sleep 0.2
	done
}

# The printer's bytes as pictures, where there is a Python for it.
decode_slips() {
	while sleep 1; do
		for slip in "$slips"/slip.[0-9][0-9][0-9][0-9]; do
			[ ! -e "$slip" ] || [ -e "$slip.png" ] ||
				python3 "$top/tests/sim/escpos_to_png.py" "$slip" "$slip.png" > /dev/null 2>&1 || true
		done
	done
}

[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ -r /dev/dri/card0 ] || no_display
make_site
refresh_site
phone_user
serve 127.0.0.1:8480 || serve 127.0.0.1:0 || fail "$(cat "$site/township.log")"
mkdir -p "$slips"
put sync url "$url"
put printer device "file:$slips/slip"
"$bin/kiosk-sync" --data "$kiosk" > "$site/kiosk-sync.log" 2>&1 &
children="$children $!"
enrol
decoded=
if command -v python3 > /dev/null; then
	decode_slips &
	children="$children $!"
	decoded=.png
fi

# An ID-card reader and a scanner on serial lines, moved by db/demo/hold.sh. simulate NAME SECTION SIMULATOR
simulate() {
	rm -f "$site/$1" "$site/$1.line"
	mkfifo "$site/$1"
	# Read and write: neither side waits for the other, and the end of one writer ends nothing.
	python3 "$top/tests/sim/$3" <> "$site/$1" > "$site/$1.line" 2> "$site/$1.log" &
	children="$children $!"
	while ! [ -s "$site/$1.line" ]; do kill -0 $! 2> /dev/null || fail "$(cat "$site/$1.log")"; sleep 0.05; done
	put "$2" device "serial:$(head -n 1 "$site/$1.line")"
}
put idcard device ''
put scanner device ''
rm -f "$site/reader" "$site/scanner"
hold=
if command -v python3 > /dev/null; then
	simulate reader idcard sim_cardreader.py
	simulate scanner scanner sim_scanner.py
	hold="
Deputies sign in by card; hold one to the reader, or a QR card to the scanner, from another terminal:
  $(short "$top")/db/demo/hold.sh card 周玉兰
  $(short "$top")/db/demo/hold.sh code 马建国"
fi

office="$(short "$bin")/township --data $(short "$town") office"
[ "$url" = http://127.0.0.1:8480 ] || office="$office --url $url"
cat <<END

The kiosk of the demo site opens now. Close its window or press Ctrl-C here to end it and its server.
Paper slips come out as $(short "$slips")/slip.0001$decoded and so on.
$hold
With a phone (or a browser here), by the code on the sign-in screen: 马建国's account is majianguo, its password in
$(short "$site")/phone.password

The office's page, in a browser here: $url    user office, password in $(short "$town")/keys/office.password
What is handed in at the kiosk appears there within seconds; an answer given there is read at the kiosk by the slip.
The same in another terminal:
  $office cases
  $office show RECEIPT
  $office accept RECEIPT
  $office assign RECEIPT 周玉兰
  $office transfer RECEIPT 乡交通管理站
  $office answer RECEIPT '排水沟已列入四月施工。'

END

window='--window fit'
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || window= # the console has no windows
# shellcheck disable=SC2086 # no word, or two
"$bin/kiosk" --data "$kiosk" $window || fail "the kiosk ended with status $?; without a usable display, 'make tour' plays a visit on a virtual one"
