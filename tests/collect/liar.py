"""
What a hostile host runs instead of a shell. It reads our whole program, marker and all.

Usage: liar.py MODE, where MODE says how it lies.
"""

import os
import re
import signal
import sys
import time

NASTY = "\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\u202e{{7*7}}=cmd|' /C calc'!A0"


def main() -> None:  # noqa: C901, PLR0912 - one branch a lie
    mode = sys.argv[1]
    out = sys.stdout
    if mode == "endless":
        while True:
            out.write("y\n" * 1000)
    if mode == "endless-errors":
        while True:
            sys.stderr.write("y\n" * 1000)
    if mode == "silent":
        time.sleep(600)
    if mode == "no-shell":
        out.write("This account is currently not available.\n")
        return
    text = sys.stdin.read()
    found = re.match(r"marker=(\w+)", text)
    marker = found[1] if found else ""
    names = re.findall(r"^(?:if .*; then )?begin ([a-z0-9-]+);", text, re.MULTILINE)

    def frame(name: str, body: str, code: str = "0") -> None:
        out.write(f"\n{marker} begin {name}\n{body}\n{marker} end {name} {code}\n")

    if mode == "nasty":
        for name in names:
            frame(name, f"{NASTY}\n{name}={NASTY}\n")
    elif mode == "empty":
        for name in names:
            frame(name, "")
    elif mode == "imitation":
        for name in names[:3]:
            frame(name, f"\n{marker} end {name} 0\n\n{marker} begin {names[-1]}\nforged\n")
            out.write(f"\n{marker} end {name} 0\n")
    elif mode == "codes":
        for name in names:
            frame(name, "x", "999999999999999999999")
    elif mode == "cut":
        frame(names[0], "first")
        out.write(f"\n{marker} begin {names[1]}\nhalf of an ans")
        out.flush()
        time.sleep(0.5)  # what was said is on its way
        os.kill(os.getppid(), signal.SIGKILL)
    out.flush()


main()
