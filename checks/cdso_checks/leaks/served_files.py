"""
Dumps, keys, settings and repositories that lie where a web server serves.

http-exposed-files asks for thirty usual names from outside; here the folders themselves are looked
through, so a dump of any name is found.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.served_files import ServedFiles
from cdso_audit.model import Context, Severity, Verdict

#: Files shown in a finding; the rest is in the evidence.
MOST_SHOWN = 20


@check(
    ServedFiles,
    About(
        id="served-files",
        title="No dump, key or settings file lies in a folder that is served",
        severity=Severity.HIGH,
        why="Whoever guesses the name takes the database or the key with a browser.",
        fix="Move the file out of the folder, and change every secret that it holds.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.3", "A.8.12"), "cis-v8": ("3.3",)},
        pitfalls="Names tell, not contents. A rule that denies one ending is not weighed: the file "
        "is one slip away from everybody. Names that begin with a dot count only where the server "
        "hands them out.",
    ),
    allowed=(),
    kinds=("repository", "settings", "key", "dump"),
)
def served_files(served: ServedFiles, context: Context) -> Verdict:
    """None of `kinds`, but the paths of `allowed`."""
    allowed, kinds = context.names("allowed"), context.names("kinds")
    found = [
        each
        for each in served.files
        if each.what in kinds
        and each.path not in allowed
        and (served.serves_dot_files or "/." not in each.path.removeprefix(served.root))
    ]
    if found:
        lines = [f"{each.path} ({each.what})" for each in found[:MOST_SHOWN]]
        more = len(found) - len(lines)
        return Verdict.failed(
            "{count} files lie open in {root}, the first is {path}",
            count=len(found),
            root=served.root,
            path=found[0].path,
            seen="\n".join([*lines, f"(+{more})"] if more else lines),
        )
    return Verdict.passed("no dump, key or settings file lies in {root}", root=served.root)
