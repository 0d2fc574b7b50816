#!/bin/sh
# Writes a C table of the SQL files named on the command line, in their order:
#   const char *const NAME[] = { "text of 0001", "text of 0002", ..., NULL };
set -eu
name=$1
shift
printf '/* made by db/embed.sh */\n'
printf '#pragma GCC diagnostic ignored "-Woverlength-strings"\n' # a migration may pass C11'"'"'s guaranteed 4095
printf 'extern const char *const %s[];\nconst char *const %s[] = {\n' "$name" "$name"
for file in "$@"; do
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t"/' -e 's/$/\\n"/' "$file"
	printf '\t,\n'
done
printf '\t(const char *)0\n};\n'
