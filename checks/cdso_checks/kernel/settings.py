"""How a rule on kernel settings is judged: what holds now, and what the next start will set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cdso_audit.facts.kernel import KernelSettings

#: How the kernel joins `all` with an interface's own value (Documentation/networking/ip-sysctl).
JOINS: Mapping[str, Callable[[int, int], int]] = {
    "max": max,
    "and": lambda one, other: one and other,
    "or": lambda one, other: one or other,
    "own": lambda _, own: own,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A key with the values that pass. `join` says how `all` counts for an interface."""

    key: str
    good: tuple[int, ...]
    join: str = ""


def wrong_of(
    settings: KernelSettings, rule: Rule, values: Mapping[str, str], places: Sequence[str]
) -> list[str]:
    """`key = value` of what is not right among these values."""
    if not rule.join:
        value = values.get(rule.key)
        if rule.key not in settings.live or (value and number(value) in rule.good):
            return []
        return [f"{rule.key} = {value or '?'}"]
    family, name = rule.key.split(" ")
    found = []
    for place in places:
        key = f"{family}.{place}.{name}"
        if key not in settings.live:
            continue
        every, own = values.get(f"{family}.all.{name}"), values.get(key)
        if own is None or (every is None and rule.join != "own"):
            found.append(f"{key} = ?")
            continue
        joined = JOINS[rule.join](number(every or "0"), number(own))
        if joined not in rule.good:
            found.append(f"{key} = {own} (all = {every})")
    return found


def number(text: str) -> int:
    """A whole number, or -1 for what is none."""
    return int(text) if text.lstrip("-").isdigit() else -1


def interfaces(settings: KernelSettings, family: str) -> tuple[str, ...]:
    """The interfaces that have settings of their own; the loopback forwards nothing."""
    names = {
        key.removeprefix(f"{family}.").rpartition(".")[0]
        for key in settings.live
        if key.startswith(f"{family}.")
    }
    return tuple(sorted(names - {"all", "lo"}))


def judged(settings: KernelSettings, rules: Sequence[Rule]) -> tuple[list[str], list[str]]:
    """What is wrong now, and what the next start would set wrong or leave to chance."""
    now: list[str] = []
    saved: list[str] = []
    for rule in rules:
        family = rule.key.split(" ")[0]
        now += wrong_of(settings, rule, settings.live, interfaces(settings, family))
        saved += wrong_of(settings, rule, settings.saved, ("default",))
    return now, saved
