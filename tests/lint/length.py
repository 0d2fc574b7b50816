#!/usr/bin/env python3
"""Caps on what one function may be: 80 lines, 25 decisions (McCabe's number less one). Usage: length.py FILE...

Functions are told by this tree's layout: a definition's brace opens in the first column and closes there.
A cap on nesting is clang-tidy's business.
"""
import re
import sys

MAX_LINES = 80
MAX_DECISIONS = 25
NAME = re.compile(r"([A-Za-z_]\w*)\s*\(")
NOT_CODE = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/', re.S)
DECISION = re.compile(r"\b(?:if|for|while)\b|&&|\|\||\?")
CASES = re.compile(r"\bswitch\b")


def blank(match):
    """Keeps the line numbers."""
    return "\n" * match.group().count("\n")


def functions(text):
    lines = NOT_CODE.sub(blank, text).split("\n")
    start = 0
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            if line == "}":
                head = number_of_head = start
                while head > 0 and lines[head - 1].strip() and not lines[head - 1].startswith(("}", "#")):
                    head -= 1
                name = NAME.search(" ".join(lines[head:start]))
                if name:
                    yield name.group(1), number_of_head + 1, number - start + 1, "\n".join(lines[start:number])
            start = 0


def main(paths):
    if not paths:
        sys.exit("length.py: no files")
    bad = seen = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, line, lines, body in functions(text):
            seen += 1
            decisions = len(DECISION.findall(body)) + len(CASES.findall(body))
            if lines > MAX_LINES or decisions > MAX_DECISIONS:
                bad += 1
                print(f"{path}:{line}: {name} has {lines} lines (at most {MAX_LINES}) and {decisions} decisions "
                      f"(at most {MAX_DECISIONS})", file=sys.stderr)
    if seen == 0:
        sys.exit("length.py: found no function at all")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main(sys.argv[1:])
