"""The guides to the forecast: their examples are read, their priors are the program's."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from cdso_audit.drill.forecast.plan import PRIORS, parse_plan
from cdso_audit.drill.forecast.recovery import recoverable
from cdso_audit.drill.forecast.scoring import Held
from cdso_audit.inventory import parse_agency

DOCS = Path(__file__).parent.parent.parent / "docs"
AGENCY = parse_agency(
    "apiVersion: cdso/agency-v1\nagency: {id: a}\nsystems: [{id: dvc, level: 3, data_gb: 600}]\n"
)
NAMES = ["forecast.md", "forecast.vi.md"]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_read(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    (plan,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (drill,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)

    model = recoverable(AGENCY, parse_plan(plan, name, AGENCY))
    assert model.units[0].alone is not None
    assert len(model.workers) == 5
    assert Held.model_validate_json(drill).took == timedelta(hours=19.5)


@pytest.mark.parametrize("name", NAMES)
def test_the_priors_are_those_of_the_program(name: str) -> None:
    text = (DOCS / name).read_text("utf-8").replace(",", ".")
    rows = re.findall(r"^\| (.*) \| (.*) \|$", text, re.MULTILINE)
    values = " ".join(value for _, value in rows[1:12])

    for value in (
        "2 h · 30 m · 2 h", "2 h · 1 h", f"{PRIORS.spread:g} (P90", f"{PRIORS.common_shock:g}",
        f"{PRIORS.bandwidth:g} · {PRIORS.stream:g} · {PRIORS.offline_stream:g} GB/",
        f"{PRIORS.speed_spread:g}", f"{PRIORS.slots} · 15 m · 2 h", f"{PRIORS.bad:.0%}"[:-1] + " %",
        f"{100 * PRIORS.surprise:.1f} %", f"15 m · {PRIORS.gb:g} GB",
    ):  # fmt: skip
        assert value in values, value
    hour = timedelta(hours=1)
    assert (PRIORS.detect, PRIORS.declare, PRIORS.contain) == (2 * hour, hour / 2, 2 * hour)
    assert (PRIORS.prepare, PRIORS.verify, PRIORS.setup) == (2 * hour, hour, hour / 4)
    assert (PRIORS.fetch, PRIORS.handover, PRIORS.on) == (2 * hour, hour / 4, 12 * hour)


def test_the_twins_have_the_same_numbers() -> None:
    english, vietnamese = ((DOCS / name).read_text("utf-8") for name in NAMES)

    assert re.findall(r"^#+ ", english, re.MULTILINE) == re.findall(
        r"^#+ ", vietnamese, re.MULTILINE
    )
    for line in re.findall(r"^\| [248].*\|$", english, re.MULTILINE):
        numbers = re.findall(r"\d+(?:\.\d+)?", line)
        twin = [each.replace(",", ".") for each in vietnamese.splitlines()]
        assert any(re.findall(r"\d+(?:\.\d+)?", each) == numbers for each in twin), line
