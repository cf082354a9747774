"""Whether the accounts of people come from a directory, and are let in by it."""

from collections.abc import Iterator, Sequence
from typing import Literal

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW, parse_accounts, parse_passwords, sections
from cdso_audit.facts.os_release import OWN_PROCESSES
from cdso_audit.facts.pam import PAM, Stack, Step, parse_pam, stack_of
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason

DIRECTORY_DAEMONS = Probe(
    id="directory-daemons",
    run="echo '@@ processes'\n"
    + OWN_PROCESSES
    + r"""cat /proc/1/status >/dev/null 2>&1 || echo '@@ hidden'
echo '@@ domains'
# a helper a domain; that of RHEL 8's own files is no directory
grep -lsa 'sssd_b[e]' /proc/[0-9]*/cmdline | while IFS= read -r f; do
  { tr '\0' '\n' <"$f"; } 2>/dev/null | awk '
    NR == 1 { if ($0 !~ /sssd_be$/) exit }
    was == "--domain" && $0 != "implicit_files" { print }
    { was = $0 }'
done
echo '@@ sources'
grep -E '^[[:space:]]*passwd[[:space:]]*:' /etc/nsswitch.conf 2>/dev/null
echo '@@ end'
:
""",
    why="whether accounts come from a directory (sssd, winbind, LDAP), and its daemon runs",
)


class Directory(Frozen):
    """
    A kind of directory, as far as the host is set up for it: accounts by nsswitch (`named`), logins
    by PAM (`asked`), and the daemon that talks to it (`alive`; a kind without one needs none).
    """

    name: str
    named: bool
    asked: bool
    alive: bool

    @property
    def works(self) -> bool:
        return self.named and self.asked and self.alive


class CentralLogin(Fact):
    """
    The directories of a host, and the local accounts that a password of this host alone opens;
    `opens` is None where nobody could look.
    """

    kind: Literal["central-login"] = "central-login"
    directories: tuple[Directory, ...] = ()
    opens: tuple[str, ...] | None = None


#: Name → source in nsswitch.conf (empty: none is needed), modules of PAM, daemon (empty: none).
KINDS = (
    ("SSSD", "sss", ("pam_sss",), "sssd_be"),
    ("Winbind", "winbind", ("pam_winbind",), "winbindd"),
    ("LDAP", "ldap", ("pam_ldap",), ""),
    ("Kerberos", "", ("pam_krb5", "pam_krb5_migrate"), ""),
    ("Himmelblau (Entra ID)", "himmelblau", ("pam_himmelblau",), "himmelblaud"),
)


def modules_of(stack: Stack) -> set[str]:
    """Every module that a stack names, also within stacks that it calls."""
    found: set[str] = set()
    for each in stack:
        found |= {each.module} if isinstance(each, Step) else modules_of(each.steps)
    return found


def directories(sources: Sequence[str], modules: set[str], processes: set[str]) -> list[Directory]:
    """The kinds of which the host shows any sign."""
    made = []
    for name, source, asks, daemon in KINDS:
        named, asked = source in sources, bool(modules.intersection(asks))
        if named or asked:
            made.append(
                Directory(
                    name=name,
                    named=named or not source,
                    asked=asked,
                    alive=daemon in processes or not daemon,
                )
            )
    return made


@reader(CentralLogin, DIRECTORY_DAEMONS, PAM, ACCOUNTS, SHADOW)
def read_central_login(outputs: Outputs) -> Iterator[CentralLogin | Missing | Absent]:
    """One fact a host. Without root the passwords stay unknown, and the rest is told."""
    parts = dict(sections(outputs.text(DIRECTORY_DAEMONS).replace("@@ ", "== ")))
    if "end" not in parts:
        raise UnreadableError("the answer about directories is cut short")
    files = parse_pam(outputs.text(PAM))
    service = next((name for name in ("sshd", "login") if name in files.services), "")
    modules = modules_of(stack_of(files.services, service, "auth")) if service else set()
    sources = [
        word
        for line in parts["sources"]
        for word in line.partition(":")[2].split()
        if not word.startswith("[")
    ]
    opens: tuple[str, ...] | None = None
    if outputs.observation(SHADOW).gap is None:
        found = parse_passwords(parse_accounts(outputs.text(ACCOUNTS)), outputs.lines(SHADOW))
        opens = tuple(each.account.name for each in found if each.opens)
    processes = set(parts["processes"]) - ({"sssd_be"} if not any(parts["domains"]) else set())
    kinds = tuple(directories(sources, modules, processes))
    if "hidden" in parts and kinds and not any(each.works for each in kinds):
        raise UnavailableError(GapReason.DENIED, "processes of others are hidden (hidepid)")
    yield CentralLogin(
        subject="logins",
        directories=kinds,
        opens=opens,
    )
