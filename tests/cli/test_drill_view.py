"""What the live view of a drill says of the chance: never a number without what it rests on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.drill.stories import HOUR
from tests.drill.test_chance import held, restoring
from tests.drill.times import stamp

from cdso_audit.cli import console
from cdso_audit.cli.drill import plan_of
from cdso_audit.cli.drill_view import Screen, chance_lines, status_json, table_of
from cdso_audit.drill.chance import Chance
from cdso_audit.drill.playbook import Phase


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    before = console.chosen()
    console.choose("en")
    yield
    console.choose(before)


@pytest.mark.parametrize(
    ("chance", "en", "vi"),
    [
        (None, "", ""),
        (Chance(proved=True), "Everything that counts is proved", "đã được chứng minh"),
        (
            Chance(unknown=("restore", "rows", "beat", "portal"), spare=timedelta(hours=13)),
            (
                "not to be told, no earlier run to compare with: restore (Restore), rows (Count "
                "rows), beat (Heartbeat), +1.\nIf every phase that is left keeps to its budget, 13:"
            ),
            "không nói được, chưa có lần chạy nào trước đó để so: restore (Khôi phục)",
        ),
        (
            Chance(value=0.834, drills=1, prior=True, changed=True, spare=-timedelta(hours=1)),
            (
                "83%, by the times of 1 earlier drills, if no step fails.\nHow much these times "
                "vary is our prior: too few drills to know.\nThe playbook was changed since one "
                "of those drills.\nEven if every phase that is left kept to its budget, it would "
                "be 1:00:00 too"
            ),
            "83%, theo thời gian của 1 lần diễn tập trước, nếu không bước nào thất bại.",
        ),
        (
            Chance(value=0.5, drills=5, spent_up=Phase.RESTORE),
            "The phase restore has used up its budget, and is not over.",
            "Giai đoạn khôi phục đã dùng hết ngân sách thời gian mà chưa xong.",
        ),
        (Chance(value=1.0, drills=5), ">99%, by", ">99%, theo"),
        (Chance(value=0.0, drills=5), "<1%, by", "<1%, theo"),
        (
            Chance(overdue="restore", drills=2),
            (
                "restore (Restore) takes longer than earlier drills led to expect.\nA phase "
                "that is left has no budget."
            ),
            "restore (Khôi phục) kéo dài hơn",
        ),
    ],
)
def test_the_chance_is_told_with_its_basis(chance: Chance | None, en: str, vi: str) -> None:
    story, _ = restoring(2 * HOUR)
    made = plan_of(story.ledger.drill(1))

    assert en in "\n".join(chance_lines(chance, made))
    console.choose("vi")
    assert vi in "\n".join(chance_lines(chance, made))


def test_the_table_and_the_json_show_it() -> None:
    story, at = restoring(2 * HOUR)
    state = story.ledger.drill(1)
    made = plan_of(state)
    screen = Screen(made, quiet=False, earlier=[held(6)])

    chance = screen._chance(state, stamp(at))
    table = table_of(state, made, stamp(at), chance)
    told = status_json(state, made, stamp(at), running=True, earlier=[held(6)])

    assert "by the times of 1 earlier drills" in str(table.caption)
    assert chance is not None
    assert told["chance"]["value"] == chance.value
    assert told["chance"]["prior"]
    assert status_json(state, made, stamp(at), running=True)["chance"]["never_run"][0] == "restore"


def test_the_live_view_draws_it_anew_only_now_and_then() -> None:
    story, at = restoring(2 * HOUR)
    state = story.ledger.drill(1)
    screen = Screen(plan_of(state), quiet=False, earlier=[held(6)])

    first = screen._chance(state, stamp(at))
    assert screen._chance(state, stamp(at + 1)) is first
    assert screen._chance(state, stamp(at + 60)) is not first
