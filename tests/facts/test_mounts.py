"""The mount table: what is covered by a later mount is not what a path leads to."""

import pytest

from cdso_audit.facts.mounts import parse_mounts, unescaped
from cdso_audit.facts.reading import UnreadableError

ROOT = "22 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n"
END = "== end\n"


def points(text: str) -> dict[str, str]:
    return {each.point: each.source for each in parse_mounts(text)}


def test_the_uppermost_of_two_on_one_point_counts() -> None:
    text = ROOT + "30 22 0:30 / /tmp rw - tmpfs one rw\n31 30 0:31 / /tmp rw - tmpfs two rw\n" + END

    assert points(text) == {"/": "/dev/vda1", "/tmp": "two"}  # noqa: S108


def test_a_mount_over_a_folder_hides_what_was_mounted_in_it() -> None:
    text = ROOT + "30 22 0:30 / /a/b rw - tmpfs in rw\n31 22 0:31 / /a rw - tmpfs over rw\n" + END

    assert points(text) == {"/": "/dev/vda1", "/a": "over"}


def test_what_hangs_below_a_covered_mount_is_hidden_too() -> None:
    text = (
        ROOT
        + "30 22 0:30 / /a rw - tmpfs under rw\n31 30 0:31 / /a/b rw - tmpfs child rw\n"
        + "32 30 0:32 / /a rw - tmpfs over rw\n"
        + END
    )

    assert points(text) == {"/": "/dev/vda1", "/a": "over"}


def test_the_order_of_lines_says_nothing() -> None:
    text = "23 22 0:21 / /proc rw - proc proc rw\n" + ROOT + END

    assert points(text) == {"/proc": "proc", "/": "/dev/vda1"}


def test_blanks_in_a_path_stand_as_octal() -> None:
    assert unescaped(r"/srv/a\040b\011c\134d") == "/srv/a b\tc\\d"


@pytest.mark.parametrize("text", ["", ROOT, "nonsense\n" + END, END])
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_mounts(text)
