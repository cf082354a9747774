"""
The laboratory: a small agency of whole Debian hosts that starts on this machine.

`python -m tests.lab up` boots it, `down` leaves nothing behind; tests use `Lab` itself.
"""

from tests.lab.canaries import CANARIES
from tests.lab.digest import changes, tree_digest
from tests.lab.expected import EXPECTED, Planted
from tests.lab.lab import Lab, LabError

__all__ = ["CANARIES", "EXPECTED", "Lab", "LabError", "Planted", "changes", "tree_digest"]
