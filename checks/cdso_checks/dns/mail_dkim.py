"""
The key at each selector that the inventory names. Selectors cannot be guessed, so without any
nothing is known.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.dns import DkimKey
from cdso_audit.model import Context, Severity, Verdict


@check(
    DkimKey,
    About(
        id="mail-dkim",
        title="DKIM keys are published and strong",
        severity=Severity.MEDIUM,
        why="Without a good DKIM key receivers cannot tell the agency's mail from forged "
        "mail that was passed on.",
        fix="Make a key of 2048 bits (`opendkim-genkey -b 2048 -s SELECTOR -d DOMAIN`), "
        "publish its TXT record, and sign with it.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.14",),
            "cis-v8": ("9.5",),
            "url": ("https://www.rfc-editor.org/rfc/rfc8301",),
        },
    ),
    min_rsa_bits=2048,
)
def mail_dkim(seen: DkimKey, context: Context) -> Verdict:  # noqa: PLR0911 - one a way to fail
    """A key that is there, whole, long enough and in earnest."""
    key = f"{seen.key_kind} {seen.key_bits}"
    if not seen.found:
        return Verdict.failed("there is no DKIM record at this selector")
    if seen.revoked:
        return Verdict.failed("the DKIM key is revoked (empty p=)")
    if seen.problem:
        return Verdict.failed("the DKIM record is broken: {problem}", problem=seen.problem)
    if seen.key_kind not in ("rsa", "ed25519"):
        return Verdict.failed("the DKIM key has an unknown kind: {kind}", kind=seen.key_kind)
    if seen.key_kind == "rsa" and seen.key_bits < context.number("min_rsa_bits"):
        return Verdict.failed(
            "the DKIM key is short: {key}",
            key=key,
            seen=key,
            expected=f"rsa >= {context.number('min_rsa_bits')}",
        )
    if seen.testing:
        return Verdict.failed("the DKIM key is marked as a test (t=y), so receivers ignore it")
    return Verdict.passed("the DKIM key is {key}", key=key, seen=key)
