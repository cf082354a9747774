"""
`python -m tests.corpus make [MACHINE…]`, as root: build each machine, look at it over SSH, keep the
evidence, and let oscap and lynis look at the same machine while it runs.

`python -m tests.corpus judge` writes the golden verdicts again, to be reviewed as a diff;
`python -m tests.corpus compare` writes docs/accuracy.md from what is kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.corpus.compare import PAGE, page
from tests.corpus.judging import BUNDLES, GOLDEN, judged, words
from tests.corpus.machines import MACHINES, RULEBOOKS, TOOL, running
from tests.corpus.peers import asked

from cdso_audit.store.evidence import unpack


def make(names: list[str]) -> None:
    """Make the evidence of these machines anew."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="cdso-corpus-") as folder:
            work = Path(folder)
            work.chmod(0o755)
            with running(MACHINES[name], work) as one:
                books = [word for book in RULEBOOKS for word in ("--rulebook", book)]
                done = subprocess.run(
                    [TOOL, "--no-config", "--lang", "en", "collect", "-q", "-i", one.inventory,
                     "-o", work / "out", *books],
                    stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                )  # fmt: skip
                if done.returncode not in (0, 1):
                    sys.exit(f"{name}: {done.returncode}\n{done.stdout}{done.stderr}")
                keep(work / "out" / "latest" / "bundle.zip", BUNDLES / f"{name}.zip")
                asked(one, work)
        size = (BUNDLES / f"{name}.zip").stat().st_size
        print(f"{name}: {size // 1024} KiB of evidence", file=sys.stderr)


def keep(bundle: Path, target: Path) -> None:
    """The bundle without the result of that day, which is large and is judged anew each time."""
    target.parent.mkdir(exist_ok=True)
    with (
        zipfile.ZipFile(bundle) as whole,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept,
    ):
        for each in whole.infolist():
            if each.filename != "result.json":
                kept.writestr(each, whole.read(each), zipfile.ZIP_DEFLATED, 9)
    unpack(target)


def judge(names: list[str]) -> None:
    """Write the golden verdicts of these machines anew."""
    GOLDEN.mkdir(exist_ok=True)
    for name in names:
        found, file = judged(name), GOLDEN / f"{name}.txt"
        # What the evidence is too old for keeps the verdict that was reviewed.
        kept = [
            line
            for line in (file.read_text().splitlines(keepends=True) if file.exists() else ())
            if line.split(maxsplit=1)[1].partition(" | ")[0] in found.unasked
        ]
        lines = words(found.findings).splitlines(keepends=True)
        file.write_text("".join(sorted([*lines, *kept])))
        if found.unasked:
            print(f"{name}: never asked: {', '.join(found.unasked)}", file=sys.stderr)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("what", choices=["make", "judge", "compare"])
    parser.add_argument("machines", nargs="*", metavar="MACHINE")
    given = parser.parse_args()
    names = given.machines or list(MACHINES)
    for name in names:
        if name not in MACHINES:
            parser.error(f"no machine is called {name}; there are: {', '.join(MACHINES)}")
    if given.what == "compare":
        PAGE.write_text(page())
    else:
        {"make": make, "judge": judge}[given.what](names)


if __name__ == "__main__":
    main()
