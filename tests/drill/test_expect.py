"""What is expected of an output is filled with the drill's values before it is compared."""

import pytest

from cdso_audit.drill.plan import filled
from cdso_audit.drill.playbook import OutputExpect
from cdso_audit.drill.run.kinds import judged
from cdso_audit.drill.run.shells import Said

SAID = Said(out=b"table dossier: 42 rows (a.b)\n", err=b"", exit=0)


@pytest.mark.parametrize(
    ("expect", "passes"),
    [
        ({"contains": ("{{name}}",)}, True),
        ({"contains": ("{{other}}",)}, False),
        ({"lacks": ("{{name}}",)}, False),
        ({"lacks": ("{{other}}",)}, True),
        ({"matches": r"{{name}}: \d+ rows"}, True),
        ({"matches": r"\({{dotted}}\)"}, True),
        ({"matches": r"{{pattern}}"}, False),
        ({"exit": (1,)}, False),
    ],
)
def test_values_are_put_in(expect: dict[str, object], passes: bool) -> None:
    """A dot in a value is a dot, and what is named in braces is never looked for as such."""
    values = {"name": "dossier", "other": "citizen", "dotted": "a.b", "pattern": "d.s.ier"}
    found = judged(OutputExpect.model_validate(expect), {}, SAID, lambda text: filled(text, values))

    assert found.passed is passes, found.why
