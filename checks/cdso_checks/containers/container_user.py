"""The account that programs in a container run as."""

from cdso_audit.checking import About, check
from cdso_audit.facts.containers import Container
from cdso_audit.model import Context, Severity, Verdict


@check(
    Container,
    About(
        id="container-user",
        title="Programs in containers do not run as root",
        severity=Severity.MEDIUM,
        why="Root in a container is root on the host once it finds a way out.",
        fix="Set `USER` in the image or `--user`, or switch user namespaces on "
        '(`"userns-remap": "default"`).',
        since="0.2.0",
        references={"iso27001-2022": ("A.8.2",), "cis-v8": ("5.4",)},
        pitfalls="What a program does after it started as root is not seen: many give their rights "
        "away. Where root is remapped to nobody, any user will do.",
    ),
    allowed=(),
)
def container_user(container: Container, context: Context) -> Verdict:
    """A user of its own, or a remapped root; `allowed` names images that start as root."""
    name = container.user.partition(":")[0]
    if container.is_remapped:
        return Verdict.passed("root in the container is nobody on the host", seen=container.image)
    if container.image in context.names("allowed"):
        return Verdict.passed("this image is known to start as root", seen=container.image)
    if name in ("", "0", "root"):
        return Verdict.failed("the container starts as root", seen=container.image)
    return Verdict.passed("the container runs as {user}", user=name, seen=container.image)
