"""
`python -m tests.bench.forecast`: processor time of 10,000 runs of an agency of 100 systems.

Twelve people in three kinds of shift, eight restore slots, copies that may be bad, and the usual
tenth of systems that no list has. One core; the least and the median of seven: other programs on
the machine add time and never take any away.
"""

import random
import time
from datetime import UTC, datetime
from statistics import median

from cdso_audit.drill.forecast.plan import parse_plan
from cdso_audit.drill.forecast.recovery import recoverable
from cdso_audit.drill.forecast.simulation import forecast
from cdso_audit.inventory import parse_agency
from cdso_audit.model import Agency

PLAN = """
apiVersion: cdso/forecast-v1
shifts: {watch: {on: 12h, off: 12h}, office: {week: ["Mon-Fri 07:30-17:00"]}}
people:
  - {id: a, count: 4, skills: [system], shift: watch}
  - {id: b, count: 4, skills: [system, database], shift: office}
  - {id: c, count: 4, skills: [database, network]}
restore: {bandwidth: 1000, slots: 8}
usual: {prepare_skill: system, verify_skill: database, prepare: 1h, verify: 45m}
"""


def agency(systems: int) -> Agency:
    """An agency whose systems each depend on up to two earlier ones."""
    draw = random.Random(1)  # noqa: S311 - the same agency each time
    lines = ["apiVersion: cdso/agency-v1", "agency: {id: a}", "systems:"]
    for index in range(systems):
        after = sorted({f"s{draw.randrange(index)}" for _ in range(min(index, 2))}) if index else []
        lines.append(
            f"  - {{id: s{index}, level: {draw.choice([1, 2, 3])}, "
            f"depends_on: [{', '.join(after)}], data_gb: {draw.choice([20, 50, 100, 300])}}}"
        )
    return parse_agency("\n".join(lines))


def main() -> None:
    """Print the seconds."""
    listed = agency(100)
    model = recoverable(listed, parse_plan(PLAN, "forecast.yaml", listed))
    for what_if in (False, True):
        seconds = []
        for _ in range(7):
            before = time.process_time()
            forecast(model, name="a", made_at=datetime.now(UTC), what_if=what_if)
            seconds.append(time.process_time() - before)
        which = "with" if what_if else "without"
        print(f"{which} what-ifs: {min(seconds):.2f} s (median {median(seconds):.2f} s)")


if __name__ == "__main__":
    main()
