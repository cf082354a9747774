"""`shares-limited` reads what each server says of who may come."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.shares import SHARES
from cdso_audit.facts.sockets import SOCKETS
from cdso_audit.model import GapReason, Outcome
from cdso_checks.leaks.shares_limited import shares_limited

PASS, FAIL, NONE, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN
HEAD = "  sl  local_address rem_address   st\n"


def sockets(*ports: int, address: str = "00000000") -> str:
    lines = [f"   {n}: {address}:{port:04X} 00000000:0000 0A 0" for n, port in enumerate(ports)]
    return "== tcp\n" + HEAD + "\n".join(lines) + "\n== tcp6\n== udp\n== udp6\n== end\n"


def told(nfs: str = "", samba: str = "", rsync: str = "") -> str:
    parts = (("nfs", nfs), ("samba", samba), ("rsync", rsync))
    return "".join(f"== {name}\n{text}" for name, text in parts) + "== end\n"


def case(
    name: str,
    text: str | Answer,
    outcome: Outcome,
    says: str = "",
    ports: tuple[int, ...] = (2049,),
) -> Case:
    return Case(name, {SHARES: text, SOCKETS: sockets(*ports)}, outcome, says=says)


ETAB = "/srv/share\t{}(rw,sync,wdelay,hide,nocrossmnt,secure,{},no_all_squash,sec=sys)\n"
GUEST = "samba [ global\nsamba [ public\nsamba = path=/srv/pub\nsamba = guest ok=Yes\n"
MODULE = "rsync [ data\nrsync = path=/srv/data\n"
CASES = [
    case("good: NFS for a network", told(ETAB.format("10.1.2.0/24", "root_squash")), PASS),
    case("bad: NFS for everybody", told(ETAB.format("*", "root_squash")), FAIL, "write into"),
    case("bad: NFS, to read", told("/srv/pub *(ro)\n"), FAIL, "everybody may read /srv/pub"),
    case("bad: NFS without a client", told("/srv/pub (rw)\n"), FAIL),
    case("bad: NFS, somebody else's root", told(ETAB.format("10.1.2.9", "no_root_squash")), FAIL,
         "root of 10.1.2.9"),
    case("good: NFS with Kerberos", told("/srv/share *(rw,sec=krb5p)\n"), PASS),
    case("bad: NFS, options for all", told("/srv/share -rw,no_root_squash 10.1.2.9 10.1.2.8\n"),
         FAIL),
    case("bad: Samba, a guest", told(samba=GUEST), FAIL, "everybody may read /srv/pub", (445,)),
    case("bad: Samba, a guest who writes", told(samba=GUEST + "samba = read only=No\n"), FAIL,
         "write", (445,)),
    case("good: Samba, hosts are named", told(samba=GUEST + "samba = hosts allow=10.1.2.\n"), PASS,
         ports=(445,)),
    case("good: Samba, no guest", told(samba=GUEST.replace("Yes", "No")), PASS, ports=(445,)),
    case("bad: rsync", told(rsync=MODULE), FAIL, "/srv/data", (873,)),
    case("good: rsync with names", told(rsync=MODULE + "rsync = auth users=backup\n"), PASS,
         ports=(873,)),
    case("good: rsync for one host", told(rsync="rsync = hosts allow=10.1.2.9\n" + MODULE), PASS,
         ports=(873,)),
    Case("good: public on purpose",
         {SHARES: told("/srv/pub *(ro)\n"), SOCKETS: sockets(2049)}, PASS,
         parameters={"allowed": ("/srv/pub",)}),
    case("absent: nothing", told(), NONE),
    case("absent: nobody waits for clients", told(ETAB.format("*", "root_squash")), NONE, ports=()),
    Case("absent: on the loopback only", {SHARES: told(rsync=MODULE),
         SOCKETS: sockets(873, address="0100007F")}, NONE),
    case("unreadable: closed", told(samba="closed\n"), UNKNOWN, ports=(445,)),
    case("unreadable: cut", "== nfs\n", UNKNOWN),
    case("unreadable: noise", told(rsync="hello\n"), UNKNOWN, ports=(873,)),
    case("unreadable: timeout", Answer(gap=GapReason.TIMEOUT), UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shares_limited, case)
