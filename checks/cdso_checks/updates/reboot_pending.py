"""Updates that wait for a reboot: the flag, and the running beside the newest kernel."""

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import RebootState
from cdso_audit.model import Context, Severity, Verdict


@check(
    RebootState,
    About(
        id="reboot-pending",
        title="The host runs what is installed",
        severity=Severity.MEDIUM,
        why="A repaired kernel protects nobody until the host has started it.",
        fix="Announce a window and `systemctl reboot`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",)},
        pitfalls="A container has no kernel of its own; kernels are compared within one flavour.",
    ),
)
def reboot_pending(state: RebootState, context: Context) -> Verdict:
    """No flag, and no installed kernel is newer than the running one."""
    since = f"{state.booted:%Y-%m-%d}" if state.booted else "-"
    days = (context.at - state.booted).days if state.booted else 0
    seen = f"running {state.running}, newest {state.newest or '-'}"
    newer = state.newest not in ("", state.running)
    if newer:
        if state.livepatch and not state.required:
            return Verdict.unknown(
                "kernel {newest} is installed while {running} runs with live patches: their state "
                "is not read",
                newest=state.newest,
                running=state.running,
                seen=seen,
            )
        return Verdict.failed(
            "kernel {newest} is installed, but {running} runs since {since} ({days} days)",
            newest=state.newest,
            running=state.running,
            since=since,
            days=days,
            seen=seen,
        )
    if state.required:
        return Verdict.failed(
            "a reboot is asked for by {packages}; the host runs since {since}",
            packages=", ".join(state.packages) or "/run/reboot-required",
            since=since,
            seen=seen,
        )
    if not state.newest:
        return Verdict.unknown(
            "no installed kernel was found to compare {running} with",
            running=state.running,
            seen=seen,
        )
    return Verdict.passed(
        "the newest installed kernel, {running}, runs since {since}",
        running=state.running,
        since=since,
        seen=seen,
    )
