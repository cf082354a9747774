"""Reading the clocks of this machine, and saying which machine and whose account this is."""

import getpass
import os
import socket
import sys
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cdso_audit.drill.clock import Stamp
from cdso_audit.errors import UsageError


def read_stamp() -> Stamp:
    """What this machine's clocks say now. Raises UsageError where there is no CLOCK_BOOTTIME."""
    if sys.platform != "linux":
        raise UsageError(
            "drills need a Linux machine: only its clock goes on while it sleeps",
            hint="run the drill from a Linux machine; its targets may be anything",
        )
    return Stamp(
        wall=datetime.now(UTC),
        boottime=time.clock_gettime(time.CLOCK_BOOTTIME),
        awake=time.clock_gettime(time.CLOCK_MONOTONIC),
        boot_id=Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip(),
    )


def this_machine() -> str:
    """This machine's name, with a few digits that tell it from others of that name."""
    try:
        identity = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except OSError:
        identity = ""
    return f"{socket.gethostname()}/{sha256(identity.encode()).hexdigest()[:8]}"


def this_actor(name: str = "") -> str:
    """Who acts: the name that a person gives, and the account and machine that cannot be chosen."""
    account = f"{getpass.getuser()}@{socket.gethostname()}"
    given = name or os.environ.get("CDSO_AUDIT_BY", "")
    return f"{given} ({account})" if given else account


def name_of(actor: str) -> str:
    """The person's part of an actor, for comparing; case and blanks do not count."""
    return " ".join(actor.partition(" (")[0].casefold().split())
