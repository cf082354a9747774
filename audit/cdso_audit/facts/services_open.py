"""
Databases and consoles of a host that answer from where the scanner stands, with or without a
password.

A question each, in the service's own words, the most harmless there is (PING, version). No name and
no password is ever tried, and nothing of an answer is kept but whether somebody unknown got one.
"""

from collections.abc import Iterator
from typing import Any, Literal

from cdso_audit.facts.reading import Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import AssetKind, Frozen, GapReason, KnownBy

OPEN_SERVICES = Probe(
    id="open-services",
    via="services",
    run="one connection to each of some thirty usual ports of databases, caches, container "
    "engines, consoles and shares, and one question without a password: PING, version, a list of "
    "names; only whether it was answered is kept",
    why="databases, caches and consoles that answer strangers without a password",
    deadline=90,
)

State = Literal["closed", "silent", "open", "protected", "other"]


class ServiceAnswer(Frozen):
    """
    What one port did. `open`: the service answered a stranger; `protected`: it asked for a password
    or refused; `other`: something else answers there; `silent`: nothing came back.
    """

    service: str
    port: int
    state: State


class OpenServices(Fact):
    """The answers of one host. `alive`: something of it answered, if only with a refusal."""

    kind: Literal["open-services"] = "open-services"
    known_by: KnownBy = KnownBy.NETWORK
    answers: tuple[ServiceAnswer, ...]
    alive: bool

    def having(self, state: State) -> list[ServiceAnswer]:
        """The answers of one kind."""
        return [each for each in self.answers if each.state == state]


@reader(OpenServices, OPEN_SERVICES, on=(AssetKind.HOST_LINUX, AssetKind.HOST_WINDOWS))
def read_open_services(outputs: Outputs) -> Iterator[OpenServices | Missing]:
    """One fact; a gap for each port whose answer broke off."""
    found: Any = outputs.json(OPEN_SERVICES)
    try:
        answers = tuple(ServiceAnswer.model_validate(each) for each in found["answers"])
        broken = [(str(each["service"]), int(each["port"])) for each in found["unasked"]]
        alive = bool(found["alive"])
    except (KeyError, TypeError, ValueError) as problem:
        raise UnreadableError(f"the evidence has another form: {problem}") from problem
    for service, port in broken:
        yield Missing(f"{service} {port}", GapReason.TIMEOUT, "no time was left to ask this port")
    yield OpenServices(subject="services", answers=answers, alive=alive)
