"""`remote-control-tools` tells what runs, what starts at boot and what only lies there."""

import subprocess

import pytest
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.os_release import sections
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.remote_control import REMOTE_CONTROL, TOOLS
from cdso_audit.model import Outcome
from cdso_checks.services.remote_control_tools import remote_control_tools

LENGTH = 15


def seen(installed: str = "", processes: str = "sshd", enabled: str = "") -> dict[Probe, str]:
    return {
        REMOTE_CONTROL: f"@@ installed\n{installed}\n@@ processes\n{processes}\n"
        f"@@ enabled\n{enabled}\n@@ end\n"
    }


OURS = {"allowed": ["netbird"]}
CASES = [
    Case("good", seen(), Outcome.PASS, says="none of the known"),
    Case("good: the agency's own", seen("/usr/bin/netbird", "netbird"), Outcome.PASS,
         says="NetBird", parameters=OURS),
    Case("bad: it runs", seen("/opt/teamviewer", "sshd\nteamviewerd"), Outcome.FAIL,
         says="let somebody in: TeamViewer"),
    Case("bad: unpacked by hand", seen("", "frpc"), Outcome.FAIL, says="frp"),
    Case("bad: it starts at boot", seen("/usr/bin/anydesk", "", "anydesk.service"), Outcome.FAIL,
         says="let somebody in: AnyDesk"),
    Case("good: it only lies there", seen("/usr/bin/anydesk"), Outcome.PASS,
         says="at boot: AnyDesk"),
    Case("bad: another than the allowed", seen("/usr/bin/netbird", "netbird\nngrok"), Outcome.FAIL,
         says="in: ngrok", parameters=OURS),
    Case("absent: a name that only begins alike", seen("", "frpcheck\nborer"), Outcome.PASS),
    Case("unreadable: processes are hidden", seen("", "sh\n@@ hidden"), Outcome.UNKNOWN,
         says="hidepid"),
    Case("bad: enabled, though processes are hidden", seen("", "@@ hidden", "anydesk.service"),
         Outcome.FAIL),
    Case("unreadable: refused", {REMOTE_CONTROL: DENIED}, Outcome.UNKNOWN),
    Case("unreadable: broken", {REMOTE_CONTROL: Answer(code=2)}, Outcome.UNKNOWN),
    Case("unreadable: cut", {REMOTE_CONTROL: "@@ installed\n"}, Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(remote_control_tools, case)


def test_names_are_as_the_kernel_cuts_them() -> None:
    names = [name for each in TOOLS for name in each.processes]

    assert all(len(name) <= LENGTH for name in names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("shell", [["dash"], ["bash"], ["busybox", "sh"]], ids=lambda each: each[0])
def test_the_probe_runs_in_every_shell(shell: list[str]) -> None:
    assert isinstance(REMOTE_CONTROL.run, str)
    said = subprocess.run(
        [*shell, "-c", REMOTE_CONTROL.run], capture_output=True, text=True, check=True
    )

    assert said.stderr == ""
    assert set(sections(said.stdout)) == {"installed", "processes", "enabled", "end"}
    assert sections(said.stdout)["processes"]
