"""Runtimes of applications, compared with the owner's list of software."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software import RUNTIME, InstalledSoftware
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.chosen import of_kind


@check(
    InstalledSoftware,
    About(
        id="runtimes-listed",
        title="Every runtime of applications on the host stands in the list of software",
        severity=Severity.MEDIUM,
        why="Old runtimes stay behind when applications move on, with holes that work remotely.",
        fix="Remove the runtime, or add it to lists/software.csv with the kind runtime.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("2.5",)},
        pitfalls="Runtimes are known by the names of packages (Java, Python, Node.js, .NET, PHP, "
        "Ruby, Go, Tomcat); those unpacked by hand are seen as files by software-listed.",
        lists=("software",),
    ),
)
def runtimes_listed(installed: InstalledSoftware, context: Context) -> Verdict:
    """Each package with the name of a runtime fits a row of the kind runtime or system."""
    return of_kind(installed.software, context, RUNTIME, ("runtime", "system"))
