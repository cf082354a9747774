"""
Key sizes and signature hashes of the chain as it is served. The signature of a self-issued
certificate proves nothing to anybody, so it is not judged.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsCertificates
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsCertificates,
    About(
        id="tls-certificate-key",
        title="The certificates have strong keys and signatures",
        severity=Severity.HIGH,
        why="A short key or a broken hash lets an attacker forge the certificate.",
        fix="Issue a new key (`openssl ecparam -genkey -name prime256v1`, or RSA of 2048 "
        "bits and more) and a certificate signed with SHA-256.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://doi.org/10.6028/NIST.SP.800-131Ar2",),
        },
    ),
    min_rsa_bits=2048,
    min_ec_bits=256,
)
def tls_certificate_key(seen: TlsCertificates, context: Context) -> Verdict:
    """Compare every certificate of the chain with the least sizes (NIST SP 800-131A)."""
    rsa, curve = context.number("min_rsa_bits"), context.number("min_ec_bits")
    expected = f"RSA >= {rsa}, EC >= {curve}, SHA-2"
    for each in seen.chain:
        key = f"{each.key_kind} {each.key_bits}"
        short = {"RSA": each.key_bits < rsa, "EC": each.key_bits < curve}
        if short.get(each.key_kind, not each.key_kind.startswith("Ed")):
            return Verdict.failed(
                "the key of {subject} is weak: {key}",
                subject=each.subject,
                key=key,
                seen=key,
                expected=expected,
            )
        if each.signature_hash in ("md5", "sha1", "md2") and not each.self_issued:
            return Verdict.failed(
                "the signature of {subject} uses {hash}",
                subject=each.subject,
                hash=each.signature_hash,
                seen=each.signature_hash,
                expected=expected,
            )
    own = seen.own
    return Verdict.passed(
        "the key is {key}",
        key=f"{own.key_kind} {own.key_bits}",
        seen=own.subject,
        expected=expected,
    )
