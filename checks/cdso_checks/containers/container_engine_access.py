"""Who may give orders to the container engine, which is to be root."""

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import ContainerEngine
from cdso_audit.model import Context, Severity, Verdict


@check(
    ContainerEngine,
    About(
        id="container-engine-access",
        title="Only root and its group give orders to the container engine",
        severity=Severity.CRITICAL,
        why="Whoever talks to the engine starts a container with the whole disk in it, and so is "
        "root on the host.",
        fix="Run `chmod 0660 /run/docker.sock`, and remove `-H tcp://` without `--tlsverify` from "
        "the engine's settings.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.2", "A.8.18"),
            "cis-v8": ("5.4",),
            "url": ("https://docs.docker.com/engine/security/protect-access/",),
        },
        pitfalls="Members of the socket's group are root in all but name; they are counted by "
        "account-admins-declared only if the group is an administrators' group.",
    ),
)
def container_engine_access(engine: ContainerEngine, context: Context) -> Verdict:  # noqa: ARG001
    """The socket is closed to others, and no address takes orders without TLS."""
    if engine.unencrypted:
        return Verdict.failed(
            "{engine} takes orders from the network from anybody",
            engine=engine.subject,
            seen="\n".join(engine.unencrypted),
        )
    open_ = [each for each in engine.sockets if each.mode & 0o006 or each.owner != "root"]
    shown = "\n".join(
        f"{each.mode:04o} {each.owner}:{each.group} {each.path}" for each in engine.sockets
    )
    if open_:
        return Verdict.failed(
            "every account may give orders through {path}", path=open_[0].path, seen=shown
        )
    if not engine.sockets:
        return Verdict.passed(
            "{engine} has no socket: only root gives it orders", engine=engine.subject
        )
    return Verdict.passed(
        "only root and the socket's group give orders to {engine}",
        engine=engine.subject,
        seen=shown,
    )
