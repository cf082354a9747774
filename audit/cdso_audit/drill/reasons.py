"""The sentences of an assessment: why a drill proves no more, and what it did not prove."""

from typing import Any

from cdso_audit.drill.proof import Level, LevelCap
from cdso_audit.language import both
from cdso_audit.model import Text

CAP_TEXT = {
    "self-approved": (
        "the plan was approved by nobody but its own operator",
        "let another person approve the next plan",
    ),
    "lost-resource": (
        "it used what the scenario had lost: {names}",
        "drill again without {names}",
    ),
    "no-control": (
        "no check ran before the restore, where it must fail",
        "write `negative_control: true` on the checks of the data and of the service",
    ),
    "control-passed": (
        "{names} passed before anything was restored, so it looks at production or at nothing",
        "mend the check {names}, then drill again",
    ),
    "no-data-proof": (
        "no check of the restored data passed",
        "add a step with `proves: data`: counts, sums, or checksums against a manifest",
    ),
    "no-service-proof": (
        "nobody saw the service from outside",
        "add a step with `proves: service` that goes the way of the users",
    ),
    "not-outside": (
        "the service was looked at from the restored system itself: {names}",
        "let a host of the side `outside` look",
    ),
    "few-looks": (
        "service was believed after {looks} successes in {spread}, not {least} in {least_spread}",
        "write `consecutive: 5` and `every: 60s` or more",
    ),
    "short-hold": (
        "service was watched for {held} after it came back; the house asks for {least}",
        "write `hold: 30m` or more",
    ),
    "no-canary": (
        "no heartbeat told how much was lost, though a limit is set",
        "write heartbeats (`cdso-audit canary write`) and add a step of kind `canary`",
    ),
    "clock-skew": (
        "the clock of {names} is off by more than {most}, so the loss is not believed",
        "set the clock by NTP, then drill again",
    ),
    "clock": (
        "the clocks cannot be believed: {why}",
        "run the next drill from a machine whose clock is kept by NTP",
    ),
    "cleanup": (
        "the cleanup was not proved",
        "clean up by hand, mend the cleanup's steps, then drill again",
    ),
    "guards": (
        "no guard saw that the target was there for drills",
        "put the plan's marker on the target",
    ),
    "behind": (
        "a part of the drill is not in this copy of the journal",
        "find the other copy of the journal",
    ),
    "sample": (
        "only a part was restored",
        "restore everything once (mode: full)",
    ),
    "part": (
        "{restored} GB were restored, and the inventory names {full} GB",
        "restore everything, or mend `data_gb` in agency.yaml",
    ),
    "copy": (
        "the copy that was restored is the online one",
        "restore from the offline copy: an attacker reaches the online one too",
    ),
    "copy-unknown": (
        "nobody looked which copy was restored, and how old it is",
        "add a step with `proves: copy`, and say in the plan when the copy was taken",
    ),
    "announced": (
        "the people knew of the drill beforehand",
        "hold the next one unannounced",
    ),
    "differences": (
        "not everything was as it would be in earnest: {names}",
        "drill once on what would be used in earnest",
    ),
    "dependencies": (
        "systems that it depends on stayed up: {names}",
        "drill with {names} lost too",
    ),
    "declaration": (
        "the incident was not declared by two people",
        "add a step with `accepts: declaration` and `four_eyes: true`",
    ),
    "anchor": (
        "the head of the journal was not put where its owner cannot change it",
        "anchor it: print it, mail it, or have it stamped (RFC 3161)",
    ),
}

NOT_PROVED_TEXT = {
    "unreached": "Nobody answered {names} before the restore: it does not look at production, "
    "but whether it tells good data from bad was not seen.",
    "unconfirmed": "Two people have not signed that service is back: it is unconfirmed.",
    "data-open": "These checks of the data did not run: {names}.",
    "no-loss": "How much data were lost was not measured.",
    "loss-over": "{loss} of data were lost, more than the {limit} that is allowed.",
    "utc": "The operator's machine was restarted or changed: across that the time rests on UTC, "
    "within {bound}.",
    "unobserved": "Nobody looked for {span} in all; nothing is claimed for that time.",
    "copy-age": "How old the copy was is not known.",
    "minimum": "More than the least service was not looked at: {service}.",
    "people": "That it works on the day without {names} was not tried.",
}

CLAIM_TEXT = {
    "open": "the drill is not closed",
    "refused": "the drill was refused before it began: {why}",
    "superseded": "another machine went on with the drill; its journal has the result",
    "not begun": "the drill was stopped before it began",
    "unreadable": "this version cannot read the plan of the drill",
    "no size": "the size of the sample or of all data is not known: capture `bytes`, set `data_gb`",
    "too small": "the sample is too small for a projection: {why}",
    "lost": "it used what the scenario had lost, so its time says nothing of that day: {names}",
    "no time": "no time passed between the first restored byte and the proof",
}


def cap(to: Level, rule: str, **values: Any) -> LevelCap:
    """The cap of that rule, with its reason and what would lift it."""
    why, do = CAP_TEXT[rule]
    return LevelCap(to=to, rule=rule, why=both(why, **values), do=both(do, **values))


def told(template: str, **values: Any) -> Text:
    """One of the sentences above, filled."""
    return both(template, **values)
