"""Where updates come from."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import UPDATE_POLICY, WindowsUpdatePolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUpdatePolicy,
    About(
        id="windows-central-updates",
        title="Updates come from a server of the agency",
        severity=Severity.MEDIUM,
        why="Without one nobody sees which servers lack which update.",
        fix="Enable “Specify intranet Microsoft update service location” in "
        "Group Policy with the address of WSUS.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_central_updates(seen: WindowsUpdatePolicy, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """WUServer counts only with UseWUServer 1. Other tools than WSUS are not seen."""
    words = {"seen": seen.line(UPDATE_POLICY, "WUServer"), "expected": "UseWUServer = 1"}
    if (
        seen.text(UPDATE_POLICY, "WUServer")
        and seen.number(UPDATE_POLICY + r"\AU", "UseWUServer", 0) == 1
    ):
        return Verdict.passed(
            "updates come from {server}", server=seen.text(UPDATE_POLICY, "WUServer"), **words
        )
    return Verdict.failed("no update server of the agency is set", **words)
