"""Probes of mail against the real Postfix and Perl: what they tell is what those two do."""

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.mounts import mount_points
from tests.servers import let_others_in

from cdso_audit.facts.mail_entrances import (
    MAIL_SERVER,
    is_open,
    parse_postfix,
    port_of,
    stopped_kinds,
    words_of,
)
from cdso_audit.facts.mail_filters import (
    KINDS,
    MAIL_FILTERS,
    endpoint,
    is_loopback,
    parse_amavis,
    parse_clamav_milter,
    parse_rspamd,
)
from cdso_audit.facts.os_release import sections

SHELLS: Final = [["dash"], ["bash"], ["busybox", "sh"]]
#: Postfix as tools/packages.sh unpacks it beside the tests, or the machine's own.
PEER: Final = Path(__file__).parents[2] / "build/peers/postfix/usr"
SBIN: Final = f"{PEER}/sbin:{os.environ['PATH']}:/usr/sbin"
SECRET: Final = "hunter2Hunter2"  # noqa: S105 - planted


@pytest.mark.parametrize(
    ("text", "path", "host", "port", "is_here"),
    [
        ("smtp-amavis:[127.0.0.1]:10024", "", "[127.0.0.1]", "10024", True),
        ("127.0.0.1:10024", "", "127.0.0.1", "10024", True),
        ("smtp:[::1]:10024", "", "[::1]", "10024", True),
        ("inet:localhost:8891", "", "localhost", "8891", True),
        ("inet:8891@localhost", "", "localhost", "8891", True),
        ("inet6:8891@[::1]", "", "[::1]", "8891", True),
        ("inet:mx2.example.vn:8891", "", "mx2.example.vn", "8891", False),
        ("inet:8891@10.1.1.9", "", "10.1.1.9", "8891", False),
        ("unix:/clamav/clamav-milter.ctl", "/clamav/clamav-milter.ctl", "", "", True),
        ("unix:clamav/clamav-milter.ctl", "/clamav/clamav-milter.ctl", "", "", True),
        ("local:/var/run/x.sock", "/run/x.sock", "", "", True),
        ("lmtp:unix:/var/spool/postfix/x", "/x", "", "", True),
        ('"/var/run/clamav/clamd.ctl"', "/run/clamav/clamd.ctl", "", "", True),
        ("filter:dummy", "", "", "", False),
        ("", "", "", "", False),
    ],
)
def test_an_endpoint_in_every_spelling(
    text: str, path: str, host: str, port: str, *, is_here: bool
) -> None:
    found = endpoint(text)

    assert (found.path, found.host, found.port, found.is_here) == (path, host, port, is_here)


@pytest.mark.parametrize(
    ("service", "interfaces", "expected"),
    [
        ("smtp", "all", True),
        ("smtp", "loopback-only", False),
        ("smtp", "127.0.0.1, [::1]", False),
        ("smtp", "localhost", False),
        ("smtp", "$myhostname, localhost", True),
        ("127.0.0.1:25", "all", False),
        ("[::1]:25", "all", False),
        ("localhost:10025", "all", False),
        ("10.0.0.1:25", "loopback-only", True),
    ],
)
def test_a_service_is_open_by_its_own_address_first(
    service: str, interfaces: str, *, expected: bool
) -> None:
    assert is_open(service, interfaces) is expected


def test_ports_words_and_loopback() -> None:
    named = ("smtp", "smtps", "submissions", "submission", "10.0.0.1:2525", "26", "mailin")
    assert [port_of(each) for each in named] == [25, 465, 465, 587, 2525, 26, None]
    assert words_of("{ inet:a:1, default_action=accept }, unix:/q  x") == [
        "{ inet:a:1, default_action=accept }",
        "unix:/q",
        "x",
    ]
    assert [is_loopback(each) for each in ("127.8.0.1", "[::1]", "::1", "10.0.0.127")] == [
        *(True, True, True, False)
    ]


# ---------------------------------------------------------------------------------------------
# Postfix
# ---------------------------------------------------------------------------------------------


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": SBIN,
        "LD_LIBRARY_PATH": f"{PEER}/lib/postfix",
        "MAIL_CONFIG": str(folder),
        "LC_ALL": "C",
    }


def configured(folder: Path, main: str, master: str) -> None:
    """Settings of a Postfix of its own; its owners must exist, so they are Debian's own."""
    if shutil.which("postconf", path=SBIN) is None:
        pytest.skip("needs the package postfix, unpacked by tools/packages.sh")
    (folder / "main.cf").write_text(
        "compatibility_level = 3.6\nmail_owner = daemon\nsetgid_group = mail\n"
        f"queue_directory = {folder}\n{main}"
    )
    (folder / "master.cf").write_text(master)
    for each in ("main.cf", "master.cf"):  # Postfix waits before it reads a file of this moment
        os.utime(folder / each, (0, 0))


def told(folder: Path, shell: list[str]) -> str:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"needs {shell[0]}")
    done = subprocess.run(
        [*shell, "-c", str(MAIL_SERVER.run)],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert SECRET not in done.stdout + done.stderr
    return sections(done.stdout)["postfix"]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
def test_what_the_real_postfix_says_of_its_services(tmp_path: Path, shell: list[str]) -> None:
    configured(
        tmp_path,
        "mua = inet:localhost:11332, unix:/x\ncontent_filter = scan:[127.0.0.1]:10024\n"
        f"mime_header_checks = regexp:{tmp_path}/a b, regexp:{tmp_path}/none, ldap:{tmp_path}/l\n"
        f"smtp_sasl_password_maps = static:u:{SECRET}\n",
        "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n"
        "127.0.0.1:10025 inet n - y - - smtpd\n  -o content_filter=\n  -o smtpd_milters=$mua\n"
        "submission inet n - y - - smtpd\n"
        "  -o { smtpd_milters = { inet:a:1, default_action=accept }, unix:/q }\n"
        f"  -o smtp_sasl_password_maps=static:u:{SECRET}\n"
        f"strict unix n - y - 0 cleanup\n  -o mime_header_checks=regexp:{tmp_path}/own\n"
        f"vac unix - n n - - pipe user=x argv=/bin/x {SECRET}\n",
    )
    (tmp_path / "own").write_text('/name=.*\\.(exe)/ REJECT\n/(/ REJECT\n/\\.js"/\n')

    found = parse_postfix(told(tmp_path, shell))

    assert found.services == [
        ("smtp", "inet", "postscreen"),
        ("smtpd", "pass", "smtpd"),
        ("127.0.0.1:10025", "inet", "smtpd"),
        ("submission", "inet", "smtpd"),
    ]
    assert found.of("smtpd/pass", "content_filter") == "scan:[127.0.0.1]:10024"
    assert found.of("127.0.0.1:10025/inet", "content_filter") == ""
    assert found.of("127.0.0.1:10025/inet", "smtpd_milters") == "inet:localhost:11332, unix:/x"
    assert found.of("submission/inet", "smtpd_milters").startswith("{ inet:a:1, default_action")
    assert found.of("strict/unix", "mime_header_checks") == f"regexp:{tmp_path}/own"
    assert found.main["milter_default_action"] == "tempfail"
    assert {name: each.is_read for name, each in found.tables.items()} == {
        f"regexp:{tmp_path}/a": False,
        f"regexp:{tmp_path}/none": False,
        f"regexp:{tmp_path}/own": True,
    }
    assert stopped_kinds([found.tables[f"regexp:{tmp_path}/own"]]) == ("exe",)


def test_postfix_whose_settings_are_wrong_is_no_answer(tmp_path: Path) -> None:
    configured(tmp_path, "", "")
    (tmp_path / "main.cf").unlink()

    assert "failed" in told(tmp_path, ["sh"]).split()


def rule(chance: random.Random) -> str:
    """One line of a table, as people write them."""
    some = "|".join(chance.sample(KINDS, chance.randint(1, 9)))
    pattern = chance.choice(
        (
            rf'/name\s*=\s*"?.*\.({some})"?\s*(;|$)/',
            rf"/^Content-(Type|Disposition).*name[[:space:]]*=.*\.({some})/",
            rf'/^Content-Disposition:.*filename="[^"]*\.({some})"/',
            rf'/^Content-Type:.*name="[^"]*\.({some})"$/',
            rf'!/\.({some})"/',
            rf"/\.({some.upper()})\"/i",
            "/^Content-Type: text/",
        )
    )
    action = chance.choice(("REJECT no", "reject", "DISCARD", "HOLD", "WARN", "DUNNO", "STRIP x"))
    return f"{pattern} {action}\n"


def test_kinds_are_stopped_where_the_real_tables_stop_them(tmp_path: Path) -> None:
    """Eight services with two tables each; postmap is asked header by header, in their order."""
    chance = random.Random(20261122)  # noqa: S311 - a seed, no secret
    master, places = "smtp inet n - y - - smtpd\n", []
    for number in range(8):
        tables = [tmp_path / f"t{number}{letter}" for letter in "ab"]
        for each in tables:
            each.write_text("".join(rule(chance) for _ in range(chance.randint(1, 3))))
        named = ", ".join(f"regexp:{each}" for each in tables)
        master += f"c{number} unix n - y - 0 cleanup\n  -o {{ mime_header_checks = {named} }}\n"
        places.append(tables)
    configured(tmp_path, "", master)
    found = parse_postfix(told(tmp_path, ["sh"]))

    def action(tables: list[Path], header: str) -> str:
        for each in tables:
            done = subprocess.run(
                ["postmap", "-q", header, f"regexp:{each}"],
                env=environment(tmp_path),
                executable=shutil.which("postmap", path=SBIN),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return (done.stdout.split() or [""])[0].upper()
        return ""

    seen = set()
    for number, tables in enumerate(places):
        names = words_of(found.of(f"c{number}/unix", "mime_header_checks"))
        got = stopped_kinds([found.tables[each] for each in names])
        for kind in chance.sample(KINDS, 5):
            headers = (
                f'Content-Type: application/octet-stream; name="a.{kind}"',
                f'Content-Disposition: attachment; filename="a.{kind}"',
            )
            stopped = all(action(tables, each) in ("REJECT", "DISCARD", "HOLD") for each in headers)
            assert (kind in got) is stopped, (number, kind)
            seen.add(stopped)
    assert seen == {True, False}


# ---------------------------------------------------------------------------------------------
# amavis, clamav-milter, rspamd
# ---------------------------------------------------------------------------------------------

FOLDERS: Final = ("/etc/amavis", "/usr/share/amavis", "/etc/clamav", "/etc/rspamd")
ENTER: Final = (
    "for f in etc/amavis usr/share/amavis etc/clamav etc/rspamd; do"
    ' mount --bind "$1/$f" "/$f"; done; shift; exec "$@"'
)


def asked(root: Path, shell: list[str]) -> dict[str, str]:
    """What the probe says of settings below a folder, mounted where they belong."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for a mount namespace of its own")
    if shutil.which(shell[0]) is None:
        pytest.skip(f"needs {shell[0]}")
    for each in FOLDERS:
        (root / each.lstrip("/")).mkdir(parents=True, exist_ok=True)
    with mount_points(*FOLDERS):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", ENTER, "x", root, *shell, "-c", str(MAIL_FILTERS.run)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    assert SECRET not in done.stdout + done.stderr
    return sections(done.stdout)


def written(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


DEBIAN: Final = {
    "/usr/share/amavis/conf.d/20-package": "@bypass_virus_checks_maps  = (1);  # DISABLE it\n1;\n",
    "/etc/amavis/conf.d/15-av_scanners": """
@av_scanners = (
# ['Sophos', \\&sophos_savi ],
 ['ClamAV-clamd',
   \\&ask_daemon, ["CONTSCAN {}\\n", "/var/run/clamav/clamd.ctl"],
   qr/\\bOK$/m, qr/\\bFOUND$/m,
   qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ],
 ['Other', ['/no/such/scanner','vascan-none'], '-s {}', [0], qr/x/m ],
);
@av_scanners_backup = (
  ['ClamAV-clamscan', 'sh', "--stdout {}", [0], qr/:.*\\sFOUND$/m ],
);
1;
""",
    "/etc/amavis/conf.d/20-debian_defaults": f"""
$inet_socket_port = 10024;   # default listening socket
$final_virus_destiny      = D_DISCARD;  # (data not lost, see virus quarantine)
$final_banned_destiny     = D_DISCARD;
@lookup_sql_dsn = ( ['DBI:mysql:database=vmail', 'vmail', '{SECRET}'] );
$banned_filename_re = new_RE(
# qr'^MAIL$',   # retain full original message for virus checking (can be slow)
  qr'\\.[^./]*\\.(exe|vbs|pif|scr|bat|cmd|com|cpl|dll)\\.?$'i,
# qr'\\.(hta)$'i,
  [ qr'^\\.(rpm|cpio|tar)$' => 0 ],  # allow any in Unix-type archives
  [ qr'.\\.(chm)$'i => 0 ],
  qr'.\\.(exe|vbs|pif|scr|bat|cmd|com|cpl|chm)$'i, # banned extension - basic
);
1;
""",
    "/etc/amavis/conf.d/50-user": """
$interface_policy{'10026'} = 'ORIGINATING';
$policy_bank{'ORIGINATING'} = {  # mail of our own
  originating => 1,
  bypass_banned_checks_maps => [1],
};
@bypass_virus_checks_maps = (
   \\%bypass_virus_checks, \\@bypass_virus_checks_acl, \\$bypass_virus_checks_re);
1;
""",
    "/etc/amavis/conf.d/50-user.dpkg-old": "$final_virus_destiny = D_PASS;\n",
    "/etc/clamav/clamav-milter.conf": f"""
#MilterSocket /tmp/x
MilterSocket /var/spool/postfix/clamav/clamav-milter.ctl
ClamdSocket unix:/var/run/clamav/clamd.ctl
OnInfected Quarantine
RejectMsg {SECRET}
""",
    "/etc/rspamd/modules.d/antivirus.conf": """
antivirus {
  # clamav {
    # action = "reject";
  .include(try=true,priority=5) "${DBDIR}/dynamic/antivirus.conf"
  .include(try=true,priority=1,duplicate=merge) "$LOCAL_CONFDIR/local.d/antivirus.conf"
}
""",
    "/etc/rspamd/local.d/antivirus.conf": f"""
clamav {{
  action = "reject";  # stop it
  message = '${{SCANNER}}: virus found: "${{VIRUS}}"';
  password = "{SECRET}";
  symbol = "CLAM_VIRUS"; type = "clamav";
  servers = "/var/run/clamav/clamd.ctl";
  patterns {{ JUST_EICAR = '^Eicar'; action = "x"; }}
}}
first {{ enabled = false; type = "sophos"; servers = "127.0.0.1:4010" }}
""",
    "/etc/rspamd/local.d/multimap.conf": 'A { type = "filename"; }\n',
    "/etc/rspamd/local.d/mime_types.conf": "# bad_extensions = { exe = 5 }\n",
    "/etc/rspamd/local.d/worker-proxy.inc": 'bind_socket = "/run/rspamd/m.sock mode=0666";\n',
}


@pytest.mark.parametrize("shell", SHELLS, ids=lambda each: each[0])
def test_settings_as_debian_writes_them(tmp_path: Path, shell: list[str]) -> None:
    written(tmp_path, DEBIAN)
    parts = asked(tmp_path, shell)

    amavis = parse_amavis(parts["amavis"])
    rspamd = parse_rspamd(parts["rspamd"])
    assert amavis.is_there
    assert amavis.values == {
        "bypass_virus_checks_maps": "none",
        "final_virus_destiny": "D_DISCARD",
        "final_banned_destiny": "D_DISCARD",
    }
    assert amavis.listens == {"10024"}
    assert amavis.banks == {"10026": "ORIGINATING"}
    assert amavis.bypasses == {("ORIGINATING", "banned")}
    assert (amavis.daemons, amavis.scanners) == (("/var/run/clamav/clamd.ctl",), ("sh",))
    assert amavis.kinds == {"bat", "cmd", "com", "cpl", "exe", "pif", "scr", "vbs"}
    assert (amavis.odd, amavis.closed) == ((), ())
    assert parse_clamav_milter(parts["clamav-milter"]) == {
        "MilterSocket": "/var/spool/postfix/clamav/clamav-milter.ctl",
        "ClamdSocket": "unix:/var/run/clamav/clamd.ctl",
        "OnInfected": "Quarantine",
    }
    assert rspamd.scanners == (
        {"action": "reject", "type": "clamav", "servers": "/var/run/clamav/clamd.ctl"},
    )
    assert rspamd.kinds == ("local.d/multimap.conf",)
    assert rspamd.binds == ("/run/rspamd/m.sock",)
    assert rspamd.closed == ()


@pytest.mark.parametrize(
    ("user", "values", "odd"),
    [
        ("@bypass_virus_checks_maps = (1);\n", {"bypass_virus_checks_maps": "all"}, ()),
        ("@bypass_virus_checks_maps = (0);\n", {"bypass_virus_checks_maps": "none"}, ()),
        ("@bypass_banned_checks_maps = (read_hash('/x'));\n",
         {"bypass_banned_checks_maps": "odd"}, ()),
        ("$bypass_decode_parts = 1;\n", {"bypass_decode_parts": "1"}, ()),
        ("#$final_virus_destiny = D_PASS;\n", {}, ()),
        ("1;\n__END__\n$final_virus_destiny = D_PASS;\n", {}, ()),
        ("$banned_filename_re = new_RE(@mine);\n", {}, ("banned_filename_re",)),
        ("$banned_filename_re = new_RE(qr'('i);\n", {}, ("pattern",)),
        ("$banned_filename_re = new_RE(qr'(?{ die })'i);\n", {}, ("pattern",)),
        ("%banned_rules = ('X' => $banned_filename_re);\n", {}, ("banned_filename_maps",)),
    ],
)  # fmt: skip
def test_settings_of_amavis_in_other_spellings(
    tmp_path: Path, user: str, values: dict[str, str], odd: tuple[str, ...]
) -> None:
    written(tmp_path, {"/etc/amavis/conf.d/50-user": user})
    found = parse_amavis(asked(tmp_path, ["sh"])["amavis"])

    assert dict(found.values) == values
    assert found.odd == odd
    assert not found.kinds


def test_a_file_that_is_closed_is_named(tmp_path: Path) -> None:
    """As an ordinary user, who may not read what holds passwords."""
    written(tmp_path, DEBIAN)
    for name in ("amavis/conf.d/50-user", "clamav/clamav-milter.conf"):
        (tmp_path / "etc" / name).chmod(0o600)
    (tmp_path / "etc/rspamd/local.d/antivirus.conf").chmod(0o600)
    let_others_in(tmp_path)
    parts = asked(tmp_path, ["setpriv", "--reuid=65534", "--clear-groups", "sh"])

    assert parse_amavis(parts["amavis"]).closed == ("/etc/amavis/conf.d/50-user",)
    assert parse_clamav_milter(parts["clamav-milter"]) == {
        "closed": "/etc/clamav/clamav-milter.conf"
    }
    assert parse_rspamd(parts["rspamd"]).closed == ("/etc/rspamd/local.d/antivirus.conf",)


#: amavis reads its files as Perl: this does the same, and asks the list in the same order.
ORACLE: Final = r"""
sub new_RE { @_ } @list = do "$ARGV[0]";
for my $kind (split / /, $ARGV[1]) { for my $rule (@list) {
  my ($re, $value) = ref $rule eq "ARRAY" ? @$rule : ($rule, 1);
  if ("a.$kind" =~ $re) { print "$kind\n" if $value; last }
} }
"""


def test_forbidden_names_are_those_of_perl(tmp_path: Path) -> None:
    chance = random.Random(20261123)  # noqa: S311 - a seed, no secret
    seen: set[bool] = set()
    for number in range(8):
        lines = []
        for _ in range(chance.randint(1, 5)):
            some = "|".join(chance.sample(KINDS, chance.randint(1, 9)))
            flags = chance.choice(("i", "", "ix", "is"))
            spelled = chance.choice((some, some.upper(), some.replace("|", " | ")))
            quoted = chance.choice(("qr'.\\.({})$'{}", "qr/\\.(?:{})\\z/{}", "qr'^a\\.({})$'{}"))
            one = quoted.format(spelled, flags)
            lines.append(chance.choice((f"  {one},", f"  [ {one} => 0 ],", f"  [{one}=>1],")))
            if chance.random() < 0.3:
                lines.append(chance.choice(("# qr'.\\.(js)$'i,", "", "  ,")).rstrip(" ,"))
        text = "$banned_filename_re = new_RE(\n" + "\n".join(lines) + "\n);\n"
        root = tmp_path / str(number)
        written(root, {"/etc/amavis/conf.d/50-user": text})
        (root / "list").write_text(text.replace("$banned_filename_re = ", ""))
        wanted = subprocess.run(
            ["perl", "-e", ORACLE, str(root / "list"), " ".join(KINDS)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()

        found = parse_amavis(asked(root, ["sh"])["amavis"])

        assert found.odd == (), text
        assert sorted(found.kinds) == sorted(wanted), text
        seen |= {bool(wanted)}
    assert True in seen
