"""The plan says everything that will be asked, and its sudoers drop-in allows that and no more."""

import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from tests.support import SYSTEM

from cdso_audit.checking import About, check
from cdso_audit.collect.plan import described, make_plan, sudoers
from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import READERS, Absent, Fact, Missing, Outputs, Probe, reader
from cdso_audit.model import Agency, AgencyIdentity, Context, Severity, Verdict
from cdso_audit.plugins import installed_checks

AGENCY = Agency(agency=AgencyIdentity(id="a"), systems=(SYSTEM,))


def selections() -> dict[str, list[Selection]]:
    return {"dvc": [Selection(each, each.parameters) for each in installed_checks().values()]}


def test_a_probe_that_many_checks_need_is_asked_once() -> None:
    plan = make_plan(AGENCY, selections())

    names = [probe.id for probe in plan.assets[0].probes]
    assert len(names) == len(set(names))
    assert "sshd-effective-root" in names


def test_cheap_questions_come_first() -> None:
    deadlines = [probe.deadline for probe in make_plan(AGENCY, selections()).assets[0].probes]

    assert deadlines == sorted(deadlines)


def test_only_what_was_chosen_is_asked() -> None:
    one = {"dvc": [Selection(installed_checks()["ssh-root-login"])]}

    plan = make_plan(AGENCY, one)
    assert {probe.id for probe in plan.assets[0].probes} == {
        "sshd-effective-root",
        "sshd-effective-user",
        "sshd-match-blocks",
    }
    assert make_plan(AGENCY, one, systems=frozenset({"other"})).assets == ()
    assert make_plan(AGENCY, one, assets=frozenset({"other"})).assets == ()


def test_two_probes_of_one_name_are_a_fault() -> None:
    class Odd(Fact):
        kind: Literal["test-odd"] = "test-odd"

    twin = Probe(id="sshd-effective-root", run="echo another", why="")

    @reader(Odd, twin)
    def read_odd(outputs: Outputs) -> "list[Odd | Missing | Absent]":  # type: ignore[arg-type]
        return [Odd(subject=outputs.text(twin))]

    @check(Odd, About(id="odd", title="x", severity=Severity.LOW, why="y", fix="z", since="0"))
    def odd(_odd: Odd, _context: Context) -> Verdict:
        return Verdict.passed("fine")

    try:
        both = {"dvc": [Selection(odd), Selection(installed_checks()["ssh-root-login"])]}
        with pytest.raises(ValueError, match="sshd-effective-root"):
            make_plan(AGENCY, both)
    finally:
        del READERS["test-odd"], Fact.registry["test-odd"]


def test_the_plan_prints_every_command_with_its_privilege_and_reason() -> None:
    probes = described(make_plan(AGENCY, selections()))[0]["probes"]

    assert all(each["command"] and each["why"] for each in probes)
    assert any(each["root"] for each in probes)


class TestSudoers:
    def test_is_accepted_by_visudo(self, tmp_path: Path) -> None:
        visudo = shutil.which("visudo", path="/usr/sbin:/usr/bin")
        if visudo is None:
            pytest.skip("needs visudo (apt install sudo)")
        file = tmp_path / "sudoers"
        file.write_text(sudoers(make_plan(AGENCY, selections()), "cdso-audit"))
        file.chmod(0o440)

        done = subprocess.run(
            [visudo, "-cf", str(file)], capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stderr

    def test_names_each_root_probe_once_and_nothing_else(self) -> None:
        plan = make_plan(AGENCY, selections())
        lines = [line for line in sudoers(plan, "u").splitlines() if line.startswith("u ")]

        assert len(lines) == sum(probe.root for probe in plan.probes)
        assert all("NOPASSWD: /usr/bin/timeout -k 2 " in line for line in lines)

    def test_grants_no_wildcard_and_no_shell_of_root(self) -> None:
        """A shell stands only behind `runuser`, as another account, with one constant script."""
        for line in sudoers(make_plan(AGENCY, selections()), "u").splitlines():
            if line.startswith("u "):
                bare = line.replace("\\*", "").replace("\\?", "").replace("\\[", "")
                assert not set("*?[") & set(bare), line
                words = line.partition(" /usr/sbin/runuser -u postgres -- /bin/sh -c ")[0].split()
                assert not {"/bin/sh", "sh", "/bin/bash", "/usr/sbin/runuser"} & set(words)
