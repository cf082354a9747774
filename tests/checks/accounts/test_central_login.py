"""`central-login` wants nsswitch, PAM and a living daemon together, or the vault's own list."""

from datetime import timedelta

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, accounts
from tests.checks.lists.test_edges import TODAY, enrolled
from tests.checks.passwords.stacks import DEBIAN, RHEL, changed, pam
from tests.support import DENIED, Answer, Case, agree, findings

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.facts.central_login import DIRECTORY_DAEMONS
from cdso_audit.facts.pam import PAM
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.accounts.central_login import central_login

#: Debian 12 after `apt install libpam-sss libnss-sss sssd`, as pam-auth-update writes it.
JOINED = changed(
    DEBIAN,
    "common-auth",
    "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n",
    "auth\t[success=2 default=ignore]\tpam_unix.so nullok\n"
    "auth\t[success=1 default=ignore]\tpam_sss.so use_first_pass\n",
)
LOCKED = SHADOW_LINES.replace(":$y$:0:", ":none:1:")
FREE = {"demanded": False}


def host(
    sources: str = "files systemd sss",
    stacks: dict[str, str] | None = None,
    processes: str = "sssd\nsssd_be\nsshd",
    domains: str = "example.vn",
    shadow: str | Answer = SHADOW_LINES,
) -> dict[Probe, str | Answer]:
    return {
        DIRECTORY_DAEMONS: f"@@ processes\n{processes}\n@@ domains\n{domains}\n"
        f"@@ sources\npasswd:         {sources}\n@@ end\n",
        PAM: pam(stacks or JOINED),
        ACCOUNTS: accounts(LOCAL),
        SHADOW: shadow,
    }


ALONE = host("files systemd", DEBIAN, "sshd", "")
CASES = [
    Case("good: joined by sssd", host(), Outcome.PASS, says="SSSD"),
    Case("good: RHEL 9", host("sss files systemd", dict(RHEL)), Outcome.PASS),
    Case("good: shadow is closed, and not needed", host(shadow=DENIED), Outcome.PASS),
    Case(
        "good: winbind",
        host("files winbind", changed(JOINED, "common-auth", "pam_sss", "pam_winbind"), "winbindd"),
        Outcome.PASS,
        says="Winbind",
    ),
    Case(
        "good: Kerberos with local accounts",
        host("files", changed(JOINED, "common-auth", "pam_sss", "pam_krb5"), ""),
        Outcome.PASS,
    ),
    Case("good: the vault knows it", ALONE, Outcome.PASS, says="gateway",
         lists=enrolled("gateway", 3)),
    Case("good: the vault saw it on the last day that counts", ALONE, Outcome.PASS,
         lists=enrolled("gateway", 90)),
    Case("good: nobody has a password", {**ALONE, SHADOW: LOCKED}, Outcome.PASS, parameters=FREE),
    Case(
        "bad: sssd was installed and never joined",
        host(processes="sshd", domains=""),
        Outcome.FAIL,
        says="SSSD",
    ),
    Case("bad: RHEL 8 with its own files alone", host(stacks=dict(RHEL), domains=""), Outcome.FAIL),
    Case("bad: PAM does not ask it", host(stacks=DEBIAN), Outcome.FAIL),
    Case("bad: no account comes from it", host("files"), Outcome.FAIL),
    Case("bad: no list has it", ALONE, Outcome.FAIL, lists=enrolled("login", 3, asset="web2")),
    Case("bad: the vault saw it long ago", ALONE, Outcome.FAIL, lists=enrolled("gateway", 91)),
    Case("bad: another platform knows it", ALONE, Outcome.FAIL, lists=enrolled("patches", 3)),
    Case("absent: no directory and no list", ALONE, Outcome.UNKNOWN, says="the list would tell"),
    Case(
        "unreadable: own passwords may be shared",
        ALONE,
        Outcome.UNKNOWN,
        says="2 accounts have a password of this host alone (alice, bob)",
        parameters=FREE,
    ),
    Case("unreadable: shadow", {**ALONE, SHADOW: DENIED}, Outcome.UNKNOWN, parameters=FREE),
    Case("unreadable: the daemon may be hidden", host(processes="sh\n@@ hidden", domains=""),
         Outcome.UNKNOWN, says="hidepid"),
    Case("bad: nothing is set up, hidden or not", host("files", DEBIAN, "sh\n@@ hidden", ""),
         Outcome.FAIL, lists=enrolled("login", 3, asset="web2")),
    Case("unreadable: cut short", {**host(), DIRECTORY_DAEMONS: "@@ processes\n"}, Outcome.UNKNOWN),
    Case("unreadable: PAM", {**host(), PAM: DENIED}, Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(central_login, case)


def test_what_is_there_and_what_lacks_is_told() -> None:
    (found,) = findings(central_login, Case("-", host(processes="sshd", domains="")))

    assert found.seen == "SSSD: nsswitch +, PAM +, daemon -"


def test_a_list_that_ran_out_counts_for_nothing() -> None:
    old = enrolled("gateway", 400, exported=400)

    assert old.enrolments[0].seen == TODAY - timedelta(days=400)
    agree(central_login, Case("-", ALONE, Outcome.UNKNOWN, lists=old, parameters={"max_days": 999}))
