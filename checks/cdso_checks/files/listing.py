"""How findings on files show what they found."""

from collections.abc import Sequence

from cdso_audit.facts.filetree import Entry

#: Paths shown in a finding; the rest is in the evidence.
MOST_SHOWN = 20


def shown(entries: Sequence[Entry]) -> str:
    """One line for each of the first entries: mode, owner, path."""
    lines = [f"{each.mode:04o} {each.uid}:{each.gid} {each.path}" for each in entries[:MOST_SHOWN]]
    more = len(entries) - len(lines)
    return "\n".join([*lines, f"(+{more})"] if more > 0 else lines)


def is_under(path: str, folders: Sequence[str]) -> bool:
    """Whether the path is one of these, or lies in one of them."""
    return any(path == each or path.startswith(each.rstrip("/") + "/") for each in folders)
