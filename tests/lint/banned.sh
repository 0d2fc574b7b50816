#!/bin/sh
# Functions that this tree does without, since each has an ending nobody checks: no bound on what is written, no
# error told, hidden state, or a shell. Usage: banned.sh FILE... ; a line with its reason after "banned-ok:" passes.
set -eu
[ $# -gt 0 ] || { echo "banned.sh: no files" >&2; exit 2; }

program='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|system|popen|mktemp|tmpnam|tempnam|rand|srand|alloca|asctime|ctime|gmtime|localtime|setjmp|longjmp|scanf|sscanf|vfork'
# Tests may print and build paths as they like, but not run a shell or use what cannot be used safely.
test='gets|strtok|system|popen|mktemp|tmpnam|tempnam|asctime|ctime|vfork'

status=0
for file in "$@"; do
	case $file in
	tests/*) names=$test ;;
	*) names=$program ;;
	esac
	# Comments and strings are not calls.
	found=$(sed -E -e 's@"([^"\\]|\\.)*"@""@g' -e 's@//.*$@@' -e '/banned-ok:/d;s@/\*[^*]*\*/@@g' -e '/^[[:space:]]*(\/\*|\*)/s/.*//' "$file" |
		grep -nE "(^|[^A-Za-z0-9_>.])($names)[[:space:]]*\(" || true)
	if [ -n "$found" ]; then
		echo "$found" | sed "s@^@$file: banned function: @" >&2
		status=1
	fi
done
exit $status
