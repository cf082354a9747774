"""Links that let nobody in without a certificate."""

from cdso_audit.checking import About, check
from cdso_audit.facts.links import LinkClientAuth
from cdso_audit.model import Context, LinkAsset, Severity, Verdict


@check(
    LinkClientAuth,
    About(
        id="link-mutual-tls",
        title="The link is encrypted, and demands a certificate of whoever connects",
        severity=Severity.MEDIUM,
        why="A key in a header is copied into logs; the key of a certificate stays on its host.",
        fix="Ask the operator of the platform to demand client certificates; for a link that "
        "authenticates in another way set `mutual_tls: false` in agency.yaml.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5", "A.8.21"), "cis-v8": ("12.6",)},
        pitfalls="Tried without a certificate: being asked is not enough, being refused is what "
        "counts. An answer of 401 may be the application's own, so it is unknown.",
    ),
)
def link_mutual_tls(link: LinkClientAuth, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """Asked for one, and refused without; not demanded where the owner says so."""
    if not link.encrypted:
        return Verdict.failed("the link is plain HTTP")
    if isinstance(context.asset, LinkAsset) and not context.asset.mutual_tls:
        return Verdict.passed("encrypted; the owner declares that it authenticates in another way")
    if link.asked is None:
        return Verdict.unknown("this Python cannot see whether a certificate was asked for")
    if not link.asked:
        return Verdict.failed("no certificate of the client was asked for")
    if link.refused is None:
        return Verdict.unknown(
            "a certificate was asked for; the answer was HTTP {status}", status=link.status or 0
        )
    if not link.refused:
        return Verdict.failed(
            "a certificate was asked for, but HTTP {status} came without one",
            status=link.status or 0,
        )
    return Verdict.passed("nobody gets in without a certificate")
