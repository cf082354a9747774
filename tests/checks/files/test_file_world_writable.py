"""`file-world-writable` judges the walk, and only a whole one."""

# ruff: noqa: S108 - text is as the programs print it

import pytest
from tests.checks.files.walks import BELOW_NFS, END, FUSE, ROOT, STRANGE, USUAL, answers, walk
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.model import GapReason, Outcome
from cdso_checks.files.file_world_writable import file_world_writable

CASES = [
    Case("good", answers(walk("d d 777 0 0 /srv/x")), Outcome.PASS, says="2 local file systems"),
    Case(
        "good: a user's FUSE mount refuses root",
        answers(
            walk(code=1, errors="/usr/bin/find: '/run/user/1000/doc': Permission denied\n"),
            ROOT + FUSE + END,
        ),
        Outcome.PASS,
    ),
    Case(
        "good: a file vanished",
        answers(walk(code=1, errors="/usr/bin/find: '/tmp/x': No such file or directory\n")),
        Outcome.PASS,
    ),
    Case(
        "good: below an allowed folder",
        answers(walk("w f 666 0 0 /srv/drop/a")),
        Outcome.PASS,
        parameters={"allowed_below": ("/srv/drop",)},
    ),
    Case(
        "good: an allowed file",
        answers(walk("w f 666 0 0 /srv/drop")),
        Outcome.PASS,
        parameters={"allowed_below": ("/srv/drop",)},
    ),
    Case(
        "bad: beside an allowed folder",
        answers(walk("w f 666 0 0 /srv/dropped")),
        Outcome.FAIL,
        parameters={"allowed_below": ("/srv/drop",)},
    ),
    Case(
        "bad",
        answers(walk("w f 666 0 0 /opt/app/config.ini")),
        Outcome.FAIL,
        says="/opt/app/config.ini",
    ),
    Case(
        "bad: a name that imitates a record",
        answers(walk("w f 666 1000 1000 /tmp/a\nw f 644 0 0 /etc/passwd\x1b[31m")),
        Outcome.FAIL,
        says=r"/tmp/a\nw f 644 0 0 /etc/passwd\x1b[31m",
    ),
    Case("absent: nothing but what is remote", answers(walk()), Outcome.PASS),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    Case("unreadable: no GNU find", answers(MISSING_TOOL), Outcome.UNKNOWN),
    Case("unreadable: out of time", answers(Answer(gap=GapReason.TIMEOUT)), Outcome.UNKNOWN),
    Case(
        "unreadable: more than the cap", answers(Answer(gap=GapReason.TOO_LARGE)), Outcome.UNKNOWN
    ),
    Case("unreadable: cut in the middle", answers(Answer("w f 666 0 0 /op")), Outcome.UNKNOWN),
    Case(
        "unreadable: a type that nobody knows",
        answers(walk(), ROOT + STRANGE + END),
        Outcome.UNKNOWN,
        says="/data (newfs)",
    ),
    Case(
        "unreadable: a disk below a remote folder",
        answers(walk(), USUAL.replace(END, BELOW_NFS + END)),
        Outcome.UNKNOWN,
        says="/srv/share/disk (ext4)",
    ),
    Case(
        "unreadable: a folder refused",
        answers(walk(code=1, errors="/usr/bin/find: '/srv': Permission denied\n")),
        Outcome.UNKNOWN,
        says="/srv",
    ),
    Case(
        "unreadable: busybox find",
        answers(Answer("", 1, "find: unrecognized: -ignore_readdir_race\n")),
        Outcome.UNKNOWN,
    ),
    Case(
        "good: btrfs was entered",
        answers(walk("m d 755 0 0 /"), ROOT.replace("ext4", "btrfs") + END),
        Outcome.PASS,
    ),
    Case(
        "unreadable: btrfs was not entered",
        answers(walk(), ROOT.replace("ext4", "btrfs") + END),
        Outcome.UNKNOWN,
        says="/ (btrfs)",
    ),
    Case("unreadable: mounts were cut", answers(walk(), ROOT), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(file_world_writable, case)
