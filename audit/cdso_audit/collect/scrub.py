"""
Taking secrets out of what was collected, before it is kept anywhere. Pure.

Probes are written so that no secret leaves a host. This is the second lock on the door: whatever
still looks like a private key, a password hash or a credential is replaced by a word that says what
was there, and nothing of its value or length remains.
"""

import re

_MARK = rb"[removed: %s]"

#: Values that are settings, not secrets: `passwd_tries=3`, `token_timeout = 5m`, `password: yes`.
#: And what was taken out already stays as it is.
_HARMLESS = re.compile(
    rb"(?i)\d{0,4}[smhd]?|yes|no|true|false|on|off|none|null|\*|x||\[removed:(?: [a-z0-9 ]+\])?"
)

_RULES: tuple[tuple[bytes, re.Pattern[bytes]], ...] = (
    (
        b"private key",
        re.compile(
            rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
            rb"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
    ),
    (
        b"password hash",  # crypt(5): $id$…$…; the scheme alone ($6$) stays
        re.compile(
            rb"(?<=\$)(?<![^:\s\"'=,!*]\$)"
            rb"(?P<scheme>1|2[abxy]?|5|6|7|y|gy|md5|sha1|argon2id?|argon2i|scrypt)"
            rb"\$[./A-Za-z0-9$=,+-]{8,}"
        ),
    ),
    (b"password hash", re.compile(rb"(?:SCRAM-SHA-256\$\d+:|\bmd5(?=[0-9a-f]{32}\b))[^\s\"']+")),
    (b"credentials", re.compile(rb"(?<=://)[^\s/@:\"'<>]*:[^\s/@\"'<>]+(?=@)")),
    (
        b"value",
        re.compile(
            # The whole word is taken at once, or a long one would cost its length squared.
            rb"(?i)(?<![\w.-])(?P<key>(?=[\w.-]*?(?:password|passwd|passphrase|secret|token"
            rb"|api[_-]?key|credential|\bpwd))[\w.-]++[\"']?[ \t]*=>?[ \t]*)"
            rb"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;]+)"
        ),
    ),
    (
        b"value",
        re.compile(
            rb"(?i)(?P<key>[\"'](?:[\w.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key))"
            rb"[\"']\s*:\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*')"
        ),
    ),
    (b"authorization", re.compile(rb"(?i)(?<=authorization: )(?:basic|bearer) [^\s\"]+")),
    (
        b"password",  # ~/.pgpass: host:port:database:user:password
        re.compile(rb"(?m)^(?P<key>[\w.*-]+:(?:\d{1,5}|\*):[\w.*-]+:[\w.*-]+:)(?P<value>[^\s:]+)$"),
    ),
)


def scrubbed(data: bytes) -> tuple[bytes, int]:
    """The bytes without what looks like a secret, and how many places were changed."""
    count = 0
    for what, pattern in _RULES:
        mark = _MARK % what

        def masked(match: re.Match[bytes], mark: bytes = mark) -> bytes:
            nonlocal count
            names = match.groupdict()
            value = names.get("value", b"")
            if "value" in names and _HARMLESS.fullmatch(value.strip(b"\"'")):
                return match[0]
            count += 1
            if "scheme" in names:
                return names["scheme"] + b"$" + mark
            quote = value[:1] if value[:1] in (b'"', b"'") else b""
            return names.get("key", b"") + quote + mark + quote

        data = pattern.sub(masked, data)
    return data, count
