"""Whether MariaDB or MySQL looks at new passwords, and how long they must be."""

from cdso_audit.checking import About, check
from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    MariadbServer,
    About(
        id="mariadb-password-policy",
        title="MariaDB and MySQL demand long passwords of several classes",
        severity=Severity.MEDIUM,
        why="Without a check the password of the whole database may be 123456.",
        fix="MariaDB: `INSTALL SONAME 'simple_password_check'`, then "
        "`simple_password_check_minimal_length = 14` under [mariadb]. MySQL: `INSTALL COMPONENT "
        "'file://component_validate_password'`, then `validate_password.length = 14`.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.5.17",),
            "cis-v8": ("5.2",),
            "url": ("https://mariadb.com/kb/en/simple-password-check-plugin/",),
        },
        pitfalls="Passwords that were set before are not looked at by any of these.",
    ),
    min_length=14,  # TCVN 14423:2026 without MFA; 8 with it
)
def mariadb_password_policy(server: MariadbServer, context: Context) -> Verdict:
    """A plug-in asks for so many characters, and for more than one class of them."""
    least, values = context.number("min_length"), server.settings
    simple = "simple_password_check_"
    ours = (f"{simple}digits", f"{simple}letters_same_case", f"{simple}other_characters")
    theirs = ("validate_password.policy", "validate_password_policy")
    lengths = (f"{simple}minimal_length", "validate_password.length", "validate_password_length")
    seen = server.shown(*lengths, *ours, *theirs, "cracklib_password_check_dictionary")
    length = max((int(values[name]) for name in lengths if name in values), default=0)
    if not length:
        if "cracklib_password_check_dictionary" in values:
            return Verdict.unknown("cracklib decides; its rules are not seen", seen=seen)
        return Verdict.failed("any new password is taken", seen=seen, expected=f">= {least}")
    if length < least:
        return Verdict.failed(
            "{length} characters are enough", length=length, seen=seen, expected=f">= {least}"
        )
    several = sum(values.get(name, "0") != "0" for name in ours) > 1
    if not several and not {values.get(name) for name in theirs} & {"MEDIUM", "STRONG", "1", "2"}:
        return Verdict.failed("one class of characters is enough", seen=seen)
    return Verdict.passed("at least {length} characters", length=length, seen=seen)
