"""
Secrets that every account of the host may read.

A unit file, a cron file and a web server's file are readable by all unless somebody says otherwise,
and the arguments of a process are shown to all by the kernel. So whoever gets into the least of the
accounts has the password of the database. Only what `others` may read counts.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.exposed_secrets import ExposedSecrets
from cdso_audit.model import Context, Severity, Verdict

#: Places shown in a finding; the rest is in the evidence.
MOST_SHOWN = 20


@check(
    ExposedSecrets,
    About(
        id="exposed-secrets",
        title="No password or token stands where every account of the host may read it",
        severity=Severity.HIGH,
        why="Whoever gets into the least of the accounts reads the password and goes on to the "
        "database or the service that it opens.",
        fix="Move the value into a file of mode 0600 (`EnvironmentFile=`, `LoadCredential=`, "
        "`--password-file`, ~/.pgpass, an nginx `include` of mode 0600), then change the secret, "
        "since it was open to all.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.5.17", "A.8.3"),
            "cis-v8": ("3.3", "3.11"),
            "nist-csf-2": ("PR.AA-01", "PR.DS-01"),
            "url": ("https://cwe.mitre.org/data/definitions/214.html",),
        },
        pitfalls="References ($VARIABLE, files, vaults), masks and empty values are no secrets; a "
        "file that others cannot read is no finding. In a comment (`# password`) a value counts "
        "that mixes letters with digits and is no usual sample, after a name such as password or "
        "mật khẩu; a sentence that holds one is not found. The value itself never leaves the host, "
        "only the name in front of it.",
    ),
    ignored=(),
)
def exposed_secrets(secrets: ExposedSecrets, context: Context) -> Verdict:
    """None, but names of `ignored`, which the owner knows to be no secrets."""
    ignored = {each.lower() for each in context.names("ignored")}
    found = [each for each in secrets.places if each.key.lower() not in ignored]
    if secrets.is_hidden:
        return Verdict.passed(
            "the kernel shows the arguments of a process to its owner alone", seen="hidepid"
        )
    if found:
        lines = [str(each) for each in found[:MOST_SHOWN]]
        more = len(found) - len(lines)
        return Verdict.failed(
            "{count} secrets may be read by every account, the first is {key} of {where}",
            count=len(found),
            key=found[0].key,
            where=found[0].where,
            seen="\n".join([*lines, f"(+{more})"] if more else lines),
            expected="readable by its owner alone",
        )
    return Verdict.passed(
        "no secret was found in {count} places that every account may read",
        count=secrets.looked_at,
        seen=f"{secrets.looked_at} files or processes",
    )
