"""
What the engine writes down, in the other language.

The journal holds one English sentence for each refusal and failure, since its text is hashed. Here
every such sentence is known as a template, so that it can be said in Vietnamese wherever it is
shown; a test compares the list with the engine's source. What a host said stays as it is. Pure.
"""

import re
from functools import cache
from typing import Final

from cdso_audit.language import Language, translated

SAID_TEXT: Final = (
    # guards
    "without the inventory nobody can tell whether this host is production",
    "the host tells neither a name nor an address",
    "{name} is production: it stands in the inventory",
    "this machine is production: it stands in the inventory",
    "its machine id is that of a production machine",
    "there is no marker {path}: nobody said that this host is for drills",
    "the marker {path} is of another plan",
    "the marker {path} does not say when it ends",
    "the marker {path} ends at no moment",
    "the marker {path} ended at {moment}",
    "the marker {path} has no near end: {moment}",
    "a step would run on the operator's own machine",
    "the guard {name} is not installed",
    "the guard {name} says nothing",
    "lease {number} was seen there: somebody else runs this drill",
    "the environment variable {name} is not set",
    "{path} can be read by others (mode {known})",
    "{path}: No such file or directory",
    "the secret {name} is empty",
    "the keyring holds nothing for {user} of {service}",
    "the package `keyring` is not installed",
    "nobody approved the plan",
    "nobody knows from which file the plan was made",
    "{path} or its playbook was edited since: register and approve it anew",
    "{step} passes before the restore: it measures production, or nothing",
    # steps
    "exit {code}, not {wanted}",
    "exit {code}, not {wanted} ({meaning})",
    "exit {code}",
    "it was ended when its time was up",
    "it was killed, by its time limit or by the host",
    "no {name} in the output",
    "no {name} in the answer",
    "{text} is not there",
    "{text} is there",
    "nothing matches {pattern}",
    "no row came",
    "no column {column} for {name}",
    "the client ended with {code}",
    "{value} is no number",
    "{value} is less than {bound}",
    "{value} is more than {bound}",
    "{value} is not {wanted}",
    "{value} is not within {percent} % of {base}",
    "status {code}",
    "request {number}: {why}",
    "fewer than {count} bytes",
    "the checksum is another",
    "the manifest is empty",
    "the manifest cannot be read: {why}",
    "{count} of {all} files compared: {missing} missing, {wrong} wrong",
    "canaries cannot be read: {why}",
    "nothing gave the value {name}",
    "the value of {name} cannot be used as an argument",
    "the host refused: {why}",
    "{address} is open",
    "{address} is closed",
    "the name {name} cannot be resolved",
    "the host forwards no connections (AllowTcpForwarding)",
    "the line to the host broke: {why}",
    "the line broke",
    "the line broke in it",
    "no end within its time",
    "stopped",
    "only {row} of {wanted} in a row in time",
    "it ended without telling how (killed on the host)",
    "it ended without telling how (killed, or the host was restarted)",
    "it ended without telling how",
    "its state is {state}",
    "{name} did not accept",
    "nobody signed in time",
    "the drill was stopped",
    "the cleanup failed",
    "it took longer than it may",
    "it used what the scenario had lost: {names}",
    "a guard refused before the interruption",
    # heartbeats (`drill.canary`)
    "{count} heartbeats have a wrong MAC: altered, or of another key",
    "no valid heartbeat from before T0",
    "no valid heartbeat from before T0, {count} were written after T0",
    "the heartbeats go on across T0 without a break: this is the running system",
    "number {number} stands on two heartbeats: somebody else writes here too",
    "{count} heartbeats are missing, the first ones {first} to {last}",
    "{loss} of data are lost, more than {limit}",
    # the outage
    "{text} is no moment of an outage: ISO 8601 with its zone, or seconds of 1970",
    "the outage would have been at {moment}, which is not yet",
    # doubts
    "a cleanup is repeated",
    "people are asked again",
    "it may be run again",
    "the target says: {state}",
    "it was prepared and never begun on the target",
    "it was never begun on the target",
    # a journal that contradicts itself (`drill.ledger`, `store.journal`)
    "entry {number} ({type}): {why}",
    "number {number} comes next",
    "it does not follow the entry before it",
    "it does not follow the one before",
    "it cannot be read",
    "its hash is not that of its text",
    "a journal begins with journal_opened, and has it once",
    "it belongs to no drill",
    "the next drill has the number {number}",
    "there is no drill {number}",
    "drill {number} is closed",
    "the lease is {fence}, not {other}",
    "another plan was approved than the registered one",
    "the drill has begun",
    "the drill has begun before",
    "the drill has not begun",
    "a lease must be higher than every one before it",
    "a guard refused",
    "the phases follow one another",
    "a step is still open",
    "its clock is before that of the entry before it",
    "a drill of mode {mode} is not rehearsed",
    "a drill of mode {mode} proves nothing, so it is rehearsed",
    "it has not begun, or somebody stopped it",
    "these steps did not pass: {names}",
    "step {step} was begun, so it cannot be skipped",
    "step {step} is in attempt {number}",
    "step {step} is {status}, not under way",
    "step {step} is {status} after attempt {number}",
    "step {step} is not in doubt",
    "nobody was asked to sign {step}",
    "{name} has signed {step}",
    "only {number} successes in a row were seen",
    "{step} was not verified",
    "this would be success {number} in a row",
    # words of the journal
    "failed",
    "engine-ended",
    "connection-lost",
    "host-restarted",
    "earlier-failure",
    "aborted",
    "dry-run",
    "tabletop",
    "not-begun",
    # clocks
    "UTC went back across a reboot",
    "UTC was set back during the drill",
    # any guard's or error's own words after its name
    "{name}: {why}",
)

_PLACE: Final = re.compile(r"\{([a-z]+)\}")
#: Longer ones hold mostly what a host said, and are not looked up.
LONGEST: Final = 500
#: Sentences inside sentences; none of ours nests deeper.
DEEPEST: Final = 4


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The templates as patterns, the most specific first."""
    ordered = sorted(SAID_TEXT, key=lambda each: len(_PLACE.sub("", each)), reverse=True)
    return tuple((re.compile(_pattern(each), re.DOTALL), each) for each in ordered)


def _pattern(template: str) -> str:
    parts = _PLACE.split(template)
    return "".join(
        f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )


def known(text: str) -> str:
    """The template of a sentence of the engine, or nothing."""
    return next((template for pattern, template in _templates() if pattern.fullmatch(text)), "")


def in_words(text: str, lang: Language, depth: int = 0) -> str:
    """The sentence in that language; what is no sentence of the engine stays as it is."""
    if lang == "en" or not text or depth > DEEPEST or len(text) > LONGEST:
        return text
    for pattern, template in _templates():
        found = pattern.fullmatch(text)
        if found is None:
            continue
        values = {
            name: in_words(value, lang, depth + 1) if name in ("why", "meaning") else value
            for name, value in found.groupdict().items()
        }
        return translated(template, lang).format_map(values)
    return text
