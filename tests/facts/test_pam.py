"""PAM's stacks: parsed and walked as libpam does, on the files of real releases."""

from pathlib import Path

import pytest
from tests.checks.passwords.stacks import DEBIAN, FAILLOCK, RHEL, changed

from cdso_audit.facts.pam import (
    Step,
    Substack,
    locked_out,
    lockout,
    ordinary,
    parse_pam,
    password_rules,
    stack_of,
    walk,
    wrong_password,
)
from cdso_audit.facts.reading import UnreadableError

OUTPUTS = Path(__file__).parent / "outputs"


def modules(services: dict[str, str], service: str, kind: str) -> list[str]:
    return [step.module for step in walk(stack_of(services, service, kind), ordinary).visited]


@pytest.mark.parametrize("release", [11, 12, 13])
def test_a_fresh_debian_enforces_six_characters_and_no_lockout(release: int) -> None:
    """The probe's real answer on debootstrap's bullseye, bookworm and trixie."""
    files = parse_pam((OUTPUTS / f"pam-debian-{release}.txt").read_text())

    rules = password_rules(files)
    door = lockout(files, "login")

    assert (rules.min_length, rules.by, rules.scheme) == (6, "pam_unix", "yescrypt")
    assert rules.remembered == 0
    assert rules.defaults_scheme == ("yescrypt" if release == 13 else "sha512")
    assert not door.counts


def test_a_local_person_of_rhel_is_not_asked_by_sss() -> None:
    """The stack of authselect ends at pam_unix for a local account."""
    assert modules(RHEL, "login", "auth") == [
        *("pam_env", "pam_faildelay", "pam_faillock", "pam_usertype", "pam_localuser", "pam_unix"),
    ]


def test_done_in_a_substack_ends_only_the_substack() -> None:
    services = {
        "a": "auth substack b\nauth required pam_last.so\n",
        "b": "auth sufficient pam_unix.so\nauth required pam_never.so\n",
    }

    assert modules(services, "a", "auth") == ["pam_unix", "pam_last"]
    assert isinstance(stack_of(services, "a", "auth")[0], Substack)


def test_done_in_an_include_ends_everything() -> None:
    services = {
        "a": "auth include b\nauth required pam_never.so\n",
        "b": "auth sufficient pam_unix.so\n",
    }

    assert modules(services, "a", "auth") == ["pam_unix"]


def test_a_jump_counts_a_substack_as_one() -> None:
    services = {
        "a": "auth [success=1 default=bad] pam_unix.so\nauth substack b\n"
        "auth required pam_end.so\n",
        "b": "auth required pam_x.so\nauth required pam_y.so\n",
    }

    assert modules(services, "a", "auth") == ["pam_unix", "pam_end"]


def test_a_jump_past_the_end_fails() -> None:
    stack = stack_of({"a": "auth [success=3 default=ignore] pam_unix.so\n"}, "a", "auth")

    assert not walk(stack, ordinary).granted


def test_only_jumps_and_ignored_answers_grant_nothing() -> None:
    """Which is why Debian's stacks end in pam_permit."""
    text = "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"

    assert not walk(stack_of({"a": text}, "a", "auth"), ordinary).granted
    permit = text + "auth required pam_permit.so\n"
    assert walk(stack_of({"a": permit}, "a", "auth"), ordinary).granted


def test_the_first_failure_stays() -> None:
    text = "auth required pam_deny.so\nauth sufficient pam_unix.so\nauth required pam_end.so\n"
    met = walk(stack_of({"a": text}, "a", "auth"), ordinary)

    assert not met.granted
    assert [each.module for each in met.visited] == ["pam_deny", "pam_unix", "pam_end"]


def test_continued_lines_comments_and_brackets() -> None:
    text = (
        "auth required \\\n  pam_unix.so nullok # the usual\n#auth required pam_no.so\n"
        "-AUTH [ success = ok  default=bad ] /lib/security/pam_x.so [a b\\]c] d=e\n"
    )
    first, second = stack_of({"a": text}, "a", "auth")
    assert isinstance(first, Step)
    assert isinstance(second, Step)

    assert (first.module, first.arguments) == ("pam_unix", ("nullok",))
    assert second.module == "pam_x"
    assert second.arguments == ("a b]c", "d=e")
    assert second.control == {"success": "ok", "default": "bad"}


def test_a_service_without_a_file_is_other() -> None:
    assert modules({"other": "auth required pam_deny.so\n"}, "ftp", "auth") == ["pam_deny"]


@pytest.mark.parametrize(
    "services",
    [
        {"a": "@include a\n"},
        {"a": "@include gone\n"},
        {"a": "auth maybe pam_unix.so\n"},
        {"a": "nonsense\n"},
        {},
    ],
)
def test_what_pam_would_not_take_is_not_guessed(services: dict[str, str]) -> None:
    with pytest.raises(UnreadableError):
        stack_of(services, "a", "auth")


def test_walks_of_the_manual_page_of_faillock() -> None:
    """faillock(8): wrong passwords are counted, a lock holds, others get in."""
    stack = stack_of(FAILLOCK, "login", "auth")

    assert walk(stack, ordinary).granted
    assert not walk(stack, wrong_password).granted
    assert not walk(stack, locked_out).granted


def test_a_condition_on_the_number_of_the_user() -> None:
    services = changed(
        DEBIAN,
        "common-auth",
        "auth\t[success=1",
        "auth [success=done default=ignore] pam_succeed_if.so quiet uid >= 5000\nauth\t[success=1",
    )

    assert "pam_unix" in modules(services, "login", "auth")


def test_copies_of_packages_are_no_services() -> None:
    text = "== pam\n== file /etc/pam.d/su.dpkg-dist\nx\n== file /etc/pam.d/su~\ny\n== end\n"

    assert parse_pam(text).services == {}
