"""
The empty plan of a playbook, for a person to fill in: every key with what it is for. Pure.

What has a default holds it; what nobody but the owner knows is left empty, so that `drill check`
names its line until it is filled.
"""

import json
from collections.abc import Callable, Iterator, Sequence

from cdso_audit.drill.plan import VERSION
from cdso_audit.drill.playbook import Param, Playbook
from cdso_audit.language import Language, both
from cdso_audit.model import Text

Say = Callable[[Text], str]

#: The words of `side`, for the owner who looks for the machine.
SIDE_TEXT = {
    "target": "what is restored; its data are lost",
    "copy": "where the copies lie",
    "outside": "looks at the service as users do",
    "other": "another machine of the drill",
}
TYPE_TEXT = {
    "text": "text",
    "name": "letters, digits and . _ -",
    "path": "an absolute path",
    "integer": "a whole number",
    "number": "a number",
    "seconds": "a span of time, such as 15m",
}
COPY_TEXT = {
    "offline": "offline",
    "immutable": "immutable",
    "online": "online",
    "none": "none",
}


def blank_plan(
    book: Playbook, lang: Language, *, system: str = "", systems: Sequence[str] = ()
) -> str:
    """
    The plan of that playbook as YAML, with comments in that language.

    `systems` are the ids of the inventory; `system` is written where it is known.
    """
    return "\n".join(_lines(book, lang, system, systems)) + "\n"


def _lines(book: Playbook, lang: Language, system: str, systems: Sequence[str]) -> Iterator[str]:
    def say(text: Text) -> str:
        return " ".join((text.vi if lang == "vi" else text.en).split())

    lost = ", ".join(book.scenario.lost) or "-"
    yield f"# {say(both('Plan of a drill'))}: {say(book.title)}"
    yield "# " + say(both("Fill in what is empty. Then:"))
    yield "#   cdso-audit drill check FILE          " + say(both("every mistake with its line"))
    yield '#   cdso-audit drill plan FILE --by "…"  ' + say(both("register it, to be approved"))
    yield f"apiVersion: {VERSION}"
    yield f"playbook: {book.id}"
    known = say(both("the system's id in the inventory"))
    known += f": {', '.join(systems)}" if systems else ""
    yield f"system: {system}  # {known}".replace(":   #", ":  #")
    if not book.tabletop:
        yield "mode: full  # " + say(both("full, sample (a part), tabletop (people only), dry-run"))
    yield "announced: true  # " + say(both("false only if nobody on duty knows the day"))
    yield from _hosts(book, say, lost)
    yield from _params(book, say)
    yield from _secrets(book, say)
    yield "people:" if book.roles else "people: {}"
    if book.roles:
        names = say(both("full names; two where two must sign, and not the operator alone"))
        yield f"  # {names}"
    for name, title in book.roles.items():
        yield f"  {name}: []  # {say(title)}"
    if book.scenario.copy_used != "none":
        kind = say(both(COPY_TEXT[book.scenario.copy_used]))
        yield "copy:  # " + say(both("the copy that is restored")) + f": {kind}"
        yield '  identity: ""  # ' + say(both("the tape's or snapshot's own name"))
        yield "  # taken_at: 2026-03-09T22:00:00+07:00  # " + say(both("when it was taken"))
        yield "  resources: []  # " + say(both("what it stands on; lost is")) + f": {lost}"
    yield "differences: []  # " + say(both("what is not as in earnest, such as half the memory"))


def _hosts(book: Playbook, say: Say, lost: str) -> Iterator[str]:
    if not book.hosts:
        return
    yield "hosts:"
    for name, role in book.hosts.items():
        title = f"{say(role.title)}: " if role.title is not None else ""
        yield f"  {name}:  # {title}{say(both(SIDE_TEXT[role.side]))}"
        yield "    host:  # " + say(both("name or address; never a machine of the inventory"))
        if book.safety.class_ == "isolated":
            yield "    # local: true  # " + say(both("instead of `host`: this machine itself"))
        yield "    ssh: {user: drill, identity: keys/drill, known_hosts: known_hosts}"
        yield "    resources: []  # " + say(both("what it stands on; lost is")) + f": {lost}"


def _params(book: Playbook, say: Say) -> Iterator[str]:
    yield "params:" if book.params else "params: {}"
    for name, param in book.params.items():
        about = ": ".join([*([say(param.title)] if param.title else []), _kind(param, say)])
        if param.from_ is not None:
            note = say(both("from the inventory, unless it is given here"))
            yield f"  # {name}:  # {about}; {note}"
        elif param.default is None:
            yield f"  {name}:  # {about}"
        else:
            yield f"  {name}: {json.dumps(param.default, ensure_ascii=False)}  # {about}"


def _kind(param: Param, say: Say) -> str:
    return say(both(TYPE_TEXT[param.type]))


def _secrets(book: Playbook, say: Say) -> Iterator[str]:
    if not book.secrets:
        return
    yield "secrets:  # " + say(
        both("where each is kept, never the secret itself: env:NAME, file:PATH (mode 0600)")
    )
    for name, secret in book.secrets.items():
        title = f"  # {say(secret.title)}" if secret.title is not None else ""
        yield f"  {name}: {{ref: {json.dumps(secret.ref)}, resources: []}}{title}"
