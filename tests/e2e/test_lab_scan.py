"""
A scan of the laboratory from the outside: the tool as a process, whole hosts, their own logs.

What is planted is found, nothing else is; nothing changes on a host; no secret leaves it; less
privilege or a broken connection makes gaps and never a better verdict.
"""

from __future__ import annotations

import base64
import gzip
import os
import re
import subprocess
import zipfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.planted import JUDGED, NOT_JUDGED, Judged
from tests.e2e.scanning import (
    Ran,
    Row,
    Watch,
    interrupted_scan,
    leaked,
    listing,
    rows,
    run,
    scan,
)
from tests.lab import EXPECTED

from cdso_reports import FILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Scanned
    from tests.lab import Lab

pytestmark = pytest.mark.lab

GOLDEN = Path(__file__).parents[1] / "golden" / "lab-scan.txt"
#: Judged on what the scanner sees without a login.
FROM_OUTSIDE = {"open-ports-declared", "admin-port-exposure", "open-services"} | {
    *("sbom-parts", "sbom-current", "sbom-flaws-assessed"),  # files beside agency.yaml
}
HOSTS = ("dvc-web", "dvc-db", "lgsp-app", "ns")
#: What these judge is the scan's own right to become root, which the smaller drop-in changes.
ABOUT_SUDO = {"sudo-nopasswd", "sudo-broad-rules", "account-admins-declared"}


class TestWhatIsPlanted:
    @pytest.mark.parametrize(
        "judged", JUDGED, ids=lambda each: f"{each.asset}/{each.planted}/{each.check}"
    )
    def test_is_judged_right(self, scanned: Scanned, judged: Judged) -> None:
        found = [
            each
            for each in scanned.ran.result["findings"]
            if each["asset"] == (judged.on or judged.asset)
            and each["check"] == judged.check
            and re.fullmatch(judged.subject, each["subject"])
        ]
        told = [
            f"{each['subject']}: {each['outcome']}: {each['message']}\n{each['seen']}"
            for each in found
        ]

        assert found, f"no finding of {judged.check} about {judged.subject}"
        assert {each["outcome"] for each in found} == {judged.outcome}, told
        assert all(judged.says in text for text in told), told

    def test_is_all_accounted_for(self) -> None:
        planted = {(asset, each.id) for asset, all_ in EXPECTED.items() for each in all_}
        judged = {(each.asset, each.planted) for each in JUDGED}

        assert judged | NOT_JUDGED.keys() == planted
        assert not judged & NOT_JUDGED.keys()
        assert all(NOT_JUDGED.values())

    def test_weakness_fails_and_good_passes(self) -> None:
        """Where the table expects something else than the plain outcome, it says why."""
        kinds = {(asset, each.id): each.kind for asset, all_ in EXPECTED.items() for each in all_}
        plain = {"weakness": "fail", "good": "pass"}
        odd = [
            each
            for each in JUDGED
            if each.outcome != plain[kinds[each.asset, each.planted]] and not each.why
        ]

        assert odd == []


def test_golden_listing(scanned: Scanned) -> None:
    """Every verdict on every host; a difference is read line by line before it is accepted."""
    text = listing(rows(scanned.ran.result))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)

    assert text.splitlines() == GOLDEN.read_text().splitlines()


class TestManners:
    @pytest.mark.parametrize("host", HOSTS)
    def test_one_connection_and_at_most_two_sessions(self, scanned: Scanned, host: str) -> None:
        assert scanned.logins[host] == 1
        assert 1 <= scanned.sessions[host] <= 2

    @pytest.mark.parametrize("host", HOSTS)
    def test_nothing_changed(self, scanned: Scanned, host: str) -> None:
        assert scanned.changed[host] == []

    def test_a_plan_contacts_nobody(self, lab: Lab, tmp_path: Path) -> None:
        watch = Watch(lab)

        planned = run("scan", "--plan", "-i", lab.agency_yaml, output=tmp_path)

        assert planned.code == 0
        assert b"sshd -T" in planned.stdout
        assert {host: watch.contacts(host) for host in lab.hosts} == dict.fromkeys(lab.hosts, 0)


class TestSecrets:
    def test_none_leaves_its_host(self, lab: Lab, scanned: Scanned) -> None:
        secrets = lab.secrets()
        files = [each for each in scanned.ran.output.rglob("*") if each.is_file()]
        found = {
            str(each): names for each in files if (names := leaked(each.read_bytes(), secrets))
        }

        assert {each.name for each in files} >= {*FILE_NAMES.values(), "bundle.zip"}
        assert found == {}
        assert leaked(scanned.ran.stdout, secrets) == set()
        assert leaked(scanned.ran.stderr, secrets) == set()

    @pytest.mark.parametrize("wrap", ["plain", "base64", "gzip in base64", "zip"])
    def test_would_be_seen_however_wrapped(self, tmp_path: Path, wrap: str) -> None:
        secret = b"CdsoCanary-Planted-0001"
        page = b'<script type="x">' + secret + b"</script>"
        if wrap == "base64":
            page = b"data:" + base64.b64encode(page)
        elif wrap == "gzip in base64":
            page = b'<script>"' + base64.b64encode(gzip.compress(page * 3)) + b'"</script>'
        elif wrap == "zip":
            with zipfile.ZipFile(tmp_path / "z", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a", page * 100)
            page = (tmp_path / "z").read_bytes()

        assert leaked(page, {"it": secret.decode()}) == {"it"}


class TestPrivilege:
    def test_least_sudoers_is_enough(self, lab: Lab, scanned: Scanned, tmp_path: Path) -> None:
        drop_in = run(
            *("scan", "--plan", "--sudoers", "cdso-audit", "-i", lab.agency_yaml), output=tmp_path
        )
        with _sudoers(lab, drop_in.stdout.decode()):
            ran = scan(lab.agency_yaml, tmp_path)

        assert ran.code == 0, ran.said
        assert _of_hosts(ran, without=ABOUT_SUDO) == _of_hosts(scanned.ran, without=ABOUT_SUDO)

    def test_without_any_root_is_a_gap_and_no_better_verdict(
        self, lab: Lab, scanned: Scanned, tmp_path: Path
    ) -> None:
        with _sudoers(lab, "# nothing is allowed\n"):
            ran = scan(lab.agency_yaml, tmp_path)

        assert ran.code == 0, ran.said
        self._assert_blind_not_better(ran, scanned.ran, reason="denied")

    def test_without_sudo_installed_is_a_gap_too(
        self, lab: Lab, scanned: Scanned, tmp_path: Path
    ) -> None:
        with _without_sudo(lab):
            ran = scan(lab.agency_yaml, tmp_path)

        assert ran.code == 0, ran.said
        self._assert_blind_not_better(ran, scanned.ran, reason="denied")

    def _assert_blind_not_better(self, ran: Ran, before: Ran, reason: str) -> None:
        assert (ran.folder / "report.html").stat().st_size > 10_000
        privileged = [
            each for each in ran.result["commands"] if each["root"] and each["via"] == "shell"
        ]
        assert privileged
        told = {
            f"{each['asset']} {each['probe']}: {each['gap']} {each['exit_code']}"
            for each in privileged
            if each["gap"] not in {reason, "missing-tool"}
        }
        assert told == set()
        passed = {row[:3] for row in _of_hosts(before) if row[3] == "pass"}
        assert [
            row for row in _of_hosts(ran) if row[3] == "pass" and row[:3] not in passed
        ] == []  # fmt: skip
        absent = {row[:3] for row in _of_hosts(before) if row[3] == "not-applicable"}
        assert [
            row for row in _of_hosts(ran) if row[3] == "not-applicable" and row[:3] not in absent
        ] == []  # fmt: skip


class TestConnections:
    """The others are looked at all the same, and the gap says what to do."""

    def test_a_host_that_is_cut_off(self, lab: Lab, tmp_path: Path) -> None:
        with _cut_off("lgsp-app"):
            ran = scan(lab.agency_yaml, tmp_path, "--asset", "lgsp-app", "--asset", "ns")

        assert ran.code == 0, ran.said
        self._assert_only_gaps(ran, "lgsp-app", {"unreachable", "timeout"})
        assert "pass" in {row[3] for row in rows(ran.result) if row[0] == "ns"}

    def test_a_host_with_another_key(self, lab: Lab, tmp_path: Path) -> None:
        known = lab.site.known_hosts.read_text()
        keys = dict(re.findall(r"^(\S+) ssh-ed25519 (\S+)$", known, re.MULTILINE))
        web, ns = (next(value for name, value in keys.items() if each in name)
                   for each in ("dvc-web.", "ns."))  # fmt: skip
        other = tmp_path / "known_hosts"
        other.write_text(
            "".join(f"{line}\n" for line in known.splitlines() if "dvc-web." not in line)
            + next(f"{name} ssh-ed25519 {ns}\n" for name in keys if "dvc-web." in name)
        )
        assert web != ns

        ran = scan(_copied(lab, tmp_path, known_hosts=other), tmp_path / "out",
                   "--asset", "dvc-web", "--asset", "ns")  # fmt: skip

        assert ran.code == 0, ran.said
        self._assert_only_gaps(ran, "dvc-web", {"refused"})
        assert any("NOT the one in known_hosts" in each["detail"] for each in ran.result["gaps"])
        assert "pass" in {row[3] for row in rows(ran.result) if row[0] == "ns"}

    def test_a_key_that_no_host_takes(self, lab: Lab, tmp_path: Path) -> None:
        key = tmp_path / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)

        ran = scan(_copied(lab, tmp_path, identity=key), tmp_path / "out", "--asset", "dvc-web")

        assert ran.code == 0, ran.said
        self._assert_only_gaps(ran, "dvc-web", {"denied"})

    def test_nobody_can_be_reached(self, lab: Lab, tmp_path: Path) -> None:
        """3, and a report that says so."""
        words = [word for host in HOSTS for word in ("--asset", host)]
        with ExitStack() as stack:
            for host in HOSTS:
                stack.enter_context(_cut_off(host))
            ran = scan(lab.agency_yaml, tmp_path, *words)

        assert ran.code == 3, ran.said
        assert (ran.folder / "report.html").stat().st_size > 10_000
        for host in HOSTS:
            self._assert_only_gaps(ran, host, {"unreachable", "timeout"})

    def _assert_only_gaps(self, ran: Ran, host: str, reasons: set[str]) -> None:
        """What is asked by SSH is a gap of these reasons; ports are seen from outside or not."""
        found = [each for each in ran.result["findings"] if each["asset"] == host]
        inside = [each for each in found if each["check"] not in FROM_OUTSIDE]

        assert len(inside) > 50
        assert {(each["outcome"], each["gap"] in reasons) for each in inside} == {("unknown", True)}


class TestGates:
    def test_fail_on(self, scanned: Scanned, tmp_path: Path) -> None:
        assert self._evaluated(scanned, tmp_path, "--fail-on", "high").code == 1

    def test_min_coverage(self, scanned: Scanned, tmp_path: Path) -> None:
        assert self._evaluated(scanned, tmp_path, "--min-coverage", "99").code == 3

    def test_of_a_scan_itself(self, lab: Lab, tmp_path: Path) -> None:
        ran = scan(lab.agency_yaml, tmp_path, "--asset", "dvc-db", "--fail-on", "high")

        assert ran.code == 1, ran.said
        assert (ran.folder / "bundle.zip").is_file()

    def _evaluated(self, scanned: Scanned, output: Path, *words: str) -> Ran:
        return run("evaluate", scanned.ran.bundle, "-o", output, *words, output=output)


class TestBundle:
    def test_gives_the_same_result_again(self, scanned: Scanned, tmp_path: Path) -> None:
        run("evaluate", scanned.ran.bundle, "-o", tmp_path, output=tmp_path)
        (again,) = tmp_path.rglob("result.json")

        assert again.read_bytes() == (scanned.ran.folder / "result.json").read_bytes()

    def test_is_verified(self, scanned: Scanned, tmp_path: Path) -> None:
        assert run("verify", scanned.ran.bundle, output=tmp_path).code == 0

    @pytest.mark.parametrize("name", ["sshd-effective-user.out", "index.json", "result.json"])
    def test_shows_one_flipped_byte(self, scanned: Scanned, tmp_path: Path, name: str) -> None:
        copy = tmp_path / "bundle.zip"
        with zipfile.ZipFile(scanned.ran.bundle) as old, zipfile.ZipFile(copy, "w") as new:
            victim = next(each for each in old.namelist() if each.endswith(name))
            for each in old.namelist():
                data = bytearray(old.read(each))
                if each == victim:
                    place = data.index(b"1" if b"1" in data else data[:1])
                    data[place] ^= 1
                new.writestr(each, bytes(data))

        assert run("verify", copy, output=tmp_path).code == 5


class TestResume:
    def test_goes_on_where_it_was_stopped(self, lab: Lab, tmp_path: Path) -> None:
        """One asset after the other; stopped after the first host; the rest is asked, once each."""
        words = ("--workers", "1", *(w for host in HOSTS for w in ("--asset", host)))
        watch = Watch(lab)
        stopped = interrupted_scan(lab.agency_yaml, tmp_path, *words, after=b"[1/4] ")
        first = {host: watch.logins(host) for host in HOSTS}
        again = Watch(lab)
        resumed = scan(lab.agency_yaml, tmp_path, *words, "--resume")
        second = {host: again.logins(host) for host in HOSTS}

        assert stopped.code == 130, stopped.said
        assert resumed.code == 0, resumed.said
        done = re.findall(r"^\[\d/4\] (\S+)$", stopped.stderr.decode(), re.MULTILINE)
        assert 1 <= len(done) < len(HOSTS)
        assert {host: first[host] for host in done} == dict.fromkeys(done, 1)
        assert second == {host: 0 if host in done else 1 for host in HOSTS}
        assert {row[0] for row in rows(resumed.result) if row[3] == "pass"} >= set(HOSTS)


# ---------------------------------------------------------------------------------------------
# Arrangements, each undone
# ---------------------------------------------------------------------------------------------


def _of_hosts(ran: Ran, without: set[str] | None = None) -> list[Row]:
    return [row for row in rows(ran.result) if row[0] in HOSTS and row[1] not in (without or set())]


@contextmanager
def _sudoers(lab: Lab, text: str) -> Iterator[None]:
    for host in lab.hosts:
        lab.install_sudoers(host, text)
    try:
        yield
    finally:
        for host in lab.hosts:
            lab.install_sudoers(host)


@contextmanager
def _without_sudo(lab: Lab) -> Iterator[None]:
    for host in lab.hosts:
        assert lab.exec(host, ["mv", "/usr/bin/sudo", "/usr/bin/sudo.away"]).returncode == 0
    try:
        yield
    finally:
        for host in lab.hosts:
            lab.exec(host, ["mv", "/usr/bin/sudo.away", "/usr/bin/sudo"])


@contextmanager
def _cut_off(host: str) -> Iterator[None]:
    cable = f"lab-{host}"
    subprocess.run(["ip", "link", "set", cable, "down"], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "link", "set", cable, "up"], check=True)


def _copied(
    lab: Lab, folder: Path, *, known_hosts: Path | None = None, identity: Path | None = None
) -> Path:
    """The inventory with absolute paths, and one of them changed."""
    site = lab.site
    text = lab.agency_yaml.read_text()
    for path, other in (
        (site.identity, identity),
        (site.known_hosts, known_hosts),
        (site.ca, None),
    ):
        relative = str(path.relative_to(site.state))
        text = re.sub(rf"(: ){re.escape(relative)}\b", rf"\g<1>{other or path}", text)
    copy = folder / "agency.yaml"
    copy.write_text(text)
    return copy
