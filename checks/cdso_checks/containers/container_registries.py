"""Registries whose images need not prove where they come from."""

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import ContainerEngine
from cdso_audit.model import Context, Severity, Verdict


@check(
    ContainerEngine,
    About(
        id="container-registries",
        title="Images come from registries that prove who they are",
        severity=Severity.MEDIUM,
        why="Without TLS somebody on the way hands over another image, and its programs run here.",
        fix="Remove `insecure-registries` from /etc/docker/daemon.json (`insecure = true` from "
        "registries.conf), and give the registry a certificate.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.19", "A.8.24"), "cis-v8": ("2.5",)},
        pitfalls="Docker always counts the loopback (127.0.0.0/8, ::1/128) as such; that is no "
        "finding.",
    ),
    allowed=("127.0.0.0/8", "::1/128"),
)
def container_registries(engine: ContainerEngine, context: Context) -> Verdict:
    """None but the loopback."""
    found = [each for each in engine.insecure_registries if each not in context.names("allowed")]
    if found:
        return Verdict.failed(
            "images may come without TLS from {registries}",
            registries=", ".join(found[:5]),
            seen="\n".join(found),
        )
    return Verdict.passed("every registry has to prove who it is")
