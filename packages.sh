#!/bin/sh
# Installs what packages.txt lists for the uses given ("run build test") and is not there yet. Usage: packages.sh USE...
set -eu
list=$(dirname "$0")/packages.txt

missing=
for use in "$@"; do
	for name in $(sed -n "s/^$use //p" "$list"); do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
		[ "$state" = installed ] || missing="$missing $name"
	done
done
[ -n "$missing" ] || exit 0

echo "missing Debian packages:$missing"
if [ "$(id -u)" -ne 0 ]; then
	echo "Install them as root, then run make again:" >&2
	echo "  sudo apt-get update && sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# An update that fails may still leave lists that are good enough; the installation says if not.
apt-get update -q || true
# shellcheck disable=SC2086 # a list of names
apt-get install -y -q --no-install-recommends $missing
