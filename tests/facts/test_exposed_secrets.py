"""Places of secrets, looked for by the real program: what is found, what is not, what is sent."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.lab.canaries import CANARIES
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts import exposed_secrets
from cdso_audit.facts.exposed_secrets import SECRETS, ExposedSecrets
from cdso_audit.facts.reading import READERS, Snapshot, snapshot

AWKS = ["mawk", "gawk", "busybox awk", "original-awk"]
SECRET: Final = "hunter2Hunter2"  # noqa: S105 - planted

#: Lines with a secret in them: file, line, what is said of it.
FOUND: Final = [
    ("systemd/system/a.service", f"Environment=PORTAL_TOKEN={SECRET}", "PORTAL_TOKEN"),
    ("systemd/system/a.service", f'Environment="A=b" "DB_PASSWORD={SECRET} x"', "DB_PASSWORD"),
    ("systemd/system/a.service", f"Environment=X=1 MYSQL_PWD={SECRET}$1", "MYSQL_PWD"),
    ("systemd/system/a.service", f"ExecStart=/opt/app --db-password {SECRET}", "db-password"),
    ("systemd/system/a.service", f"ExecStartPre=-/opt/app --password={SECRET}", "password"),
    ("systemd/system/a.service", f"ExecStart=/opt/app \\\n  --api-key={SECRET}", "api-key"),
    ("systemd/system/a.service", f"ExecStart=/opt/app -Dapp.keyPassword={SECRET}",
     "app.keyPassword"),
    ("systemd/system/a.service", f"SetCredential=db-password:{SECRET}", "SetCredential"),
    ("systemd/system/b.service.d/x.conf", f"Environment=DSN=postgres://u:{SECRET}@db/x", "URL"),
    ("systemd/system/b.service.d/x.conf", f"ExecStart=curl -u u:{SECRET} http://x/", "curl -u"),
    ("cron.d/export", f"PGPASSWORD={SECRET}", "PGPASSWORD"),
    ("cron.d/export", f"1 2 * * * root mysqldump -uroot -p{SECRET} dvc >/x.sql", "mysql -p"),
    ("cron.d/export", f"1 2 * * * root sshpass -p {SECRET} scp x y:", "sshpass"),
    ("cron.d/export", f"1 2 * * * root sshpass -p{SECRET} scp x y:", "sshpass"),
    ("cron.d/export", f"1 2 * * * root PGPASSWORD={SECRET} psql -c x", "PGPASSWORD"),
    ("cron.d/export", f"1 2 * * * root curl -H 'Authorization: Bearer {SECRET}' https://x/",
     "Authorization"),
    ("cron.d/export", f"1 2 * * * root curl -H 'X-Api-Key: {SECRET}' https://x/", "X-Api-Key"),
    ("cron.d/export", f"1 2 * * * root redis-cli -a {SECRET} save", "redis-cli -a"),
    ("cron.d/export", f"1 2 * * * root openssl rsa -passin pass:{SECRET} -in k", "pass:"),
    ("cron.d/export", f"1 2 * * * root ldapsearch -D cn=x -w {SECRET} -b y", "ldap -w"),
    ("cron.daily/dump", f"export RESTIC_PASSWORD='{SECRET}'", "RESTIC_PASSWORD"),
    ("cron.daily/dump", f'db_pass="{SECRET}"', "db_pass"),
    ("default/app", f"SMTP_PASS={SECRET}", "SMTP_PASS"),
    ("environment", f"http_proxy=http://u:{SECRET}@proxy:3128/", "URL"),
    ("profile.d/x.sh", f"export AWS_SECRET_ACCESS_KEY={SECRET}", "AWS_SECRET_ACCESS_KEY"),
    ("nginx/site", f'proxy_set_header Authorization "Basic {SECRET}";', "Authorization"),
    ("nginx/site", f"proxy_set_header X-Api-Key {SECRET};", "X-Api-Key"),
    ("nginx/site", f"  fastcgi_param DB_PASSWORD {SECRET};", "DB_PASSWORD"),
    ("nginx/site", f'set $api_token "{SECRET}";', "api_token"),
    ("nginx/site", f"env DB_PASSWORD={SECRET};", "DB_PASSWORD"),
    ("nginx/site", f"proxy_pass http://u:{SECRET}@127.0.0.1/;", "URL"),
    ("nginx/site", f"secure_link_secret {SECRET};", "secure_link_secret"),
    ("apache2/site", f"SetEnv DB_PASSWORD {SECRET}", "DB_PASSWORD"),
    ("apache2/site", f'RequestHeader set Authorization "Bearer {SECRET}"', "Authorization"),
    ("apache2/site", f"AuthLDAPBindPassword {SECRET}", "AuthLDAPBindPassword"),
    ("haproxy/haproxy.cfg", f"  stats auth admin:{SECRET}", "stats auth"),
    ("haproxy/haproxy.cfg", f"  user ops insecure-password {SECRET}", "insecure-password"),
    ("php/8.2/fpm/pool.d/www.conf", f"env[DB_PASSWORD] = {SECRET}", "DB_PASSWORD"),
    ("default/app", f"# old password: {SECRET}", "# password"),
    ("default/app", f"#SMTP_PASS={SECRET}", "# SMTP_PASS"),
    ("default/app", f"PORT=80  # admin password = '{SECRET}'", "# password"),
    ("cron.d/export", f"# export PGPASSWORD='{SECRET}'", "# PGPASSWORD"),
    ("nginx/site", f"# mật khẩu cũ: {SECRET}", "# password"),
    ("nginx/site", f"#   Mat khau (2023) = {SECRET}.", "# password"),
    ("systemd/system/a.service", f"; token: {SECRET}", "# token"),
]  # fmt: skip
#: The same in applications' settings: file below /srv, line, what is said of it.
FOUND_APPLICATIONS: Final = [
    ("a/config.ini", f"password = {SECRET}", "password"),
    ("a/.env", f"DB_PASSWORD={SECRET}", "DB_PASSWORD"),
    ("a/.env", f'export APP_SECRET="{SECRET}"', "APP_SECRET"),
    ("a/application.properties", f"spring.datasource.password={SECRET}",
     "spring.datasource.password"),
    ("a/application.yml", f"    password: '{SECRET}'", "password"),
    ("a/application.yml", f"  url: postgresql://portal:{SECRET}@db/dvc", "URL"),
    ("a/wp-config.php", f"define('DB_PASSWORD', '{SECRET}');", "DB_PASSWORD"),
    ("a/config.php", f"$db_password = '{SECRET}';", "db_password"),
    ("a/config/database.php", f"  'password' => '{SECRET}',", "password"),
    ("a/settings.py", f"    'PASSWORD': '{SECRET}',", "PASSWORD"),
    ("a/appsettings.json", f'  "ClientSecret": "{SECRET}",', "ClientSecret"),
    ("a/appsettings.json", f'  "Default": "Server=db;User=x;Password={SECRET};"', "Password"),
    ("a/config.php", f"// $db_password = '{SECRET}';", "# db_password"),
    ("a/config.php", f"  /* define('DB_PASSWORD', '{SECRET}'); */", "# DB_PASSWORD"),
    ("a/config.ini", f"; password = {SECRET}", "# password"),
    ("a/application.yml", f"    # password: {SECRET}", "# password"),
    ("a/application.yml", f"    <!-- secret: {SECRET} -->", "# secret"),
]  # fmt: skip
CLEAN_APPLICATIONS: Final = [
    ("a/.env.example", "DB_PASSWORD=hunter2"),
    ("a/vendor/x/config.php", "$db_password = 'hunter2';"),
    ("a/config/database.php", "  'password' => env('DB_PASSWORD', ''),"),
    ("a/config/database.php", "  'passwords' => ['users' => 'x'],"),
    ("a/application.yml", "    password: ${DB_PASSWORD}"),
    ("a/application.yml", "    password: !vault |"),
    ("a/application.yml", "    password_hint: choose a long one"),
    ("a/application.yml", "  - password: required|min:14"),
    ("a/application.yml", "    # password: changeme1"),
    ("a/application.yml", "    # password: your-password-1"),
    ("a/application.yml", "    # password: onlyletters"),
    ("a/application.yml", "    # token: 20260101"),
    ("a/application.yml", "    # secret: ${SECRET_1}"),
    ("a/application.yml", "    # the password that the portal had before: see hunter2hunter2"),
    ("a/application.yml", "    # whoever has a lost password: hunter2hunter2"),
    ("a/config.ini", "; password = secret123"),
    ("a/config.ini", "; password_hash: sha256"),
    ("a/config.ini", "# token = /etc/app/token1"),
    ("a/config.ini", "; user = hunter2hunter2"),
    ("a/config.ini", "password ="),
    ("a/config.ini", "password_file = /etc/app/pw"),
    ("a/config.ini", "token_ttl = 3600"),
    ("a/settings.py", "    'PASSWORD': os.environ['DB_PASSWORD'],"),
    ("a/settings.py", "AUTH_PASSWORD_VALIDATORS = []"),
    ("a/config.php", "// $db_password = getenv('DB_PASSWORD1');"),
    ("a/config.php", "  'message' => 'Your password: please change it now',"),
]
#: Lines that only look as if.
CLEAN: Final = [
    ("systemd/system/a.service", "EnvironmentFile=/etc/app/password.env"),
    ("systemd/system/a.service", "# Environment=PASSWORD=hunter"),
    ("systemd/system/a.service", "LoadCredential=db-password:/etc/app/secret"),
    ("systemd/system/a.service", "SetCredentialEncrypted=db-password: k6iUCUh0RJCQyvL8k8q1UyAA"),
    ("systemd/system/a.service", "Environment=DB_PASSWORD_FILE=%d/db-password"),
    ("systemd/system/a.service", "Environment=DB_PASSWORD=${CREDENTIALS_DIRECTORY}"),
    ("systemd/system/a.service", "Environment=RESTIC_PASSWORD_FILE=/root/.restic-password"),
    ("systemd/system/a.service", "Environment=DB_PASSWORD="),
    ("systemd/system/a.service", 'Environment="DB_PASSWORD="'),
    ("systemd/system/a.service", "Environment=DB_PASSWORD=********"),
    ("systemd/system/a.service", 'Environment="BORG_PASSCOMMAND=cat /root/.borg-passphrase"'),
    ("systemd/system/a.service", "Environment=PWD=/srv TOKEN_TTL=3600 MAX_TOKENS=2048"),
    ("systemd/system/a.service", "ExecStart=/opt/app --password-file /run/secrets/x --port 8080"),
    ("systemd/system/a.service", "ExecStart=/opt/app --password $DB_PASSWORD --token ${TOKEN}"),
    ("systemd/system/a.service", "ExecStart=/opt/app --token=%d/token --no-password --x y"),
    ("systemd/system/a.service", "ExecStart=/opt/app --secret env:SECRET --key vault:kv/app"),
    ("systemd/system/a.service", "ExecStart=/bin/systemd-ask-password --timeout=90 --echo=no"),
    ("systemd/system/a.service", "ExecStart=/sbin/agetty --skip-login -o '-p -- \\\\u' tty1"),
    ("systemd/system/a.service", "Documentation=https://docs.example.vn/password?x=a:b@c"),
    ("systemd/system/a.service", "Description=Forward password requests to the console token"),
    ("cron.d/export", "1 2 * * * root mysqldump --defaults-extra-file=/root/.my.cnf dvc"),
    ("cron.d/export", "1 2 * * * root mysqldump -p dvc"),
    ("cron.d/export", '1 2 * * * root mysqldump -p"$PASS" dvc'),
    ("cron.d/export", "1 2 * * * root PGPASSWORD=$(cat /root/.pg) psql -p 5432 -U x"),
    ("cron.d/export", '1 2 * * * root curl -H "Authorization: Bearer $TOKEN" https://x/'),
    ("cron.d/export", "1 2 * * * root mkdir -p /srv/password && cp -p a b"),
    ("cron.d/export", "#PGPASSWORD=s3cret"),
    ("cron.daily/dump", "password=`cat /root/.secret`"),
    ("cron.daily/dump", 'if [ -z "$PASSWORD" ]; then echo no password; fi'),
    ("cron.daily/dump", "read -r password </root/.secret"),
    ("default/app", "# set PASSWORD=something here"),
    ("default/app", "# PASSWORD=sample1 here"),
    ("apache2/site", "#    file needs this password: `xxj31ZMTZzkVA'."),
    ("default/app", 'PASSWORD=""'),
    ("default/app", "PASSWORD_MIN_LENGTH=14"),
    ("default/app", "TOKEN_FILE=/etc/app/token"),
    ("nginx/site", "server_tokens off;"),
    ("nginx/site", "ssl_session_tickets off; ssl_password_file /etc/keys/pw;"),
    ("nginx/site", "proxy_set_header Authorization $http_authorization;"),
    ("nginx/site", 'proxy_set_header Authorization "Bearer $cookie_token";'),
    ("nginx/site", 'proxy_set_header Authorization "";'),
    ("nginx/site", "proxy_pass http://127.0.0.1:9000;"),
    ("nginx/site", "proxy_pass http://$backend_secret;"),
    ("nginx/site", "auth_basic_user_file /etc/nginx/htpasswd;"),
    ("nginx/site", "location ~ /password { deny all; }"),
    ("nginx/site", 'log_format main "$remote_user:$token@$host";'),
    ("nginx/site", 'if ($http_x_token = "") { return 403; }'),
    ("nginx/site", 'secure_link_md5 "$secure_link_expires$uri$secret";'),
    ("apache2/site", "ServerTokens Prod"),
    ("apache2/site", "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase"),
    ("apache2/site", "AuthUserFile /etc/apache2/htpasswd"),
    ("apache2/site", 'RequestHeader set Authorization "expr=%{HTTP:X}"'),
    ("apache2/site", "RequestHeader unset Authorization"),
    ("haproxy/haproxy.cfg", "  user ops password $6$k6y3o.eP$JlKBx9za9667qe4xHSwRv6J.C0/D7cV91"),
]  # fmt: skip


def planted(
    lines: list[tuple[str, str]], folder: str = "/etc/"
) -> tuple[dict[str, str], dict[tuple[str, int], str]]:
    """Files with these lines, and which line of which file each one is."""
    files: dict[str, str] = {}
    places: dict[tuple[str, int], str] = {}
    for name, line in lines:
        text = files.setdefault(name, "[Service]\n" if "systemd" in name else "")
        places[folder + name, text.count("\n") + 1] = line
        files[name] = text + line + "\n"
    return files, places


SCRIPT: Final = r"""
set -e
mount -t tmpfs -o mode=755 etc /etc
cp -r "$1/etc/." /etc/
chmod -R go+rX /etc
cat >/etc/passwd <"$1/passwd"
for each in /opt /srv /var/www; do [ -d "$each" ] && mount -t tmpfs -o mode=755 x "$each"; done
[ -d "$1/srv" ] && cp -r "$1/srv/." /srv/ && chmod -R go+rX /srv
[ -e "$1/more" ] && . "$1/more"
mount -t tmpfs -o mode=755 units /usr/lib/systemd/system
PATH=$1/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C
exec sh -c "$(cat "$1/probe")" probe
"""


def asked(
    tmp_path: Path,
    awk: str,
    files: dict[str, str],
    more: str = "",
    applications: dict[str, str] | None = None,
) -> str:
    """What the probe says of a host with these files below /etc and /srv, with this awk."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount in a namespace of its own")
    program = shutil.which(awk.split(maxsplit=1)[0])
    if program is None:
        pytest.skip(f"needs apt package {awk.split(maxsplit=1)[0]}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/awk").symlink_to(program)
    (tmp_path / "probe").write_text(str(SECRETS.run))
    (tmp_path / "passwd").write_text(Path("/etc/passwd").read_text())
    if more:
        (tmp_path / "more").write_text(more)
    whole = {f"etc/{name}": text for name, text in files.items()}
    whole |= {f"srv/{name}": text for name, text in (applications or {}).items()}
    for name, text in whole.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "etc").mkdir(exist_ok=True)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def read(output: str) -> Snapshot:
    return snapshot(HOST, SYSTEM, [observation(SECRETS, output)], [ExposedSecrets], at=AT)


def places(found: Snapshot) -> set[tuple[str, int, str]]:
    return {
        (place.where, place.line, place.key)
        for fact in found.facts
        if isinstance(fact, ExposedSecrets) and fact.subject != "process arguments"
        for place in fact.places
    }


@pytest.mark.daemon
@pytest.mark.parametrize("awk", AWKS)
def test_every_secret_is_found_and_nothing_else(awk: str, tmp_path: Path) -> None:
    files, lines = planted([(name, line) for name, line, _ in FOUND] + CLEAN)
    programs, more = planted(
        [(name, line) for name, line, _ in FOUND_APPLICATIONS] + CLEAN_APPLICATIONS, "/srv/"
    )
    lines |= more
    wanted = {line: key for _, line, key in FOUND + FOUND_APPLICATIONS}
    expected = {
        (path, number, wanted[line]) for (path, number), line in lines.items() if line in wanted
    }

    output = asked(tmp_path, awk, files, applications=programs)
    found = places(read(output))

    assert found - expected == set(), [lines.get((path, number)) for path, number, _ in found]
    assert expected - found == set()
    assert "unter2" not in output


@pytest.mark.daemon
def test_what_others_cannot_read_is_not_exposed(tmp_path: Path) -> None:
    line = f"PGPASSWORD={SECRET}\n"
    files = {"cron.d/a": line, "cron.d/b": line, "default/x/c": line, "nginx/a": line}
    more = (
        "chmod 640 /etc/cron.d/a; chmod 700 /etc/default; mkdir -m 700 /etc/closed\n"
        f"printf '{line}' >/etc/closed/x; ln -s /etc/closed/x /etc/cron.d/link\n"
        "ln -s b /etc/cron.d/same\n"
    )

    found = read(asked(tmp_path, "mawk", files, more))

    assert places(found) == {("/etc/cron.d/b", 1, "PGPASSWORD")}


@pytest.mark.daemon
def test_a_host_without_such_files_proves_it(tmp_path: Path) -> None:
    found = read(asked(tmp_path, "mawk", {}))

    assert {each.subject for each in found.absences} == {
        "systemd units", "cron", "environment files", "web server files", "application settings",
    }  # fmt: skip
    assert [each.subject for each in found.facts] == ["process arguments"]


def arguments(awk: str, *processes: list[str]) -> str:
    """What the program says of these processes, whose numbers no process has."""
    words = awk.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    text = "\n".join(
        f"==> /proc/{9000000 + number}/cmdline <==\n" + "\n".join(process) + "\n"
        for number, process in enumerate(processes)
    )
    return subprocess.run(
        [*words, "-v", "kind=argument", exposed_secrets._LOOK],
        input=text, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("awk", AWKS)
def test_arguments_of_processes(awk: str) -> None:
    out = arguments(
        awk,
        ["/bin/sh", "-c", "while :; do sleep 3600; done", "sender", f"--password={SECRET}"],
        ["java", f"-Djavax.net.ssl.keyStorePassword={SECRET}", "-jar", "x.jar"],
        ["app", "--token", SECRET, "--verbose"],
        ["app", f"--dsn=postgresql://portal:{SECRET}@db/dvc"],
        ["mysql", "-uroot", f"-p{SECRET}"],
        ["mysqld_safe", "--password=x", "-pxxxxxxxx"],
        ["app", "--password-file=/run/x", "--password", "--verbose", "--token="],
        ["postgres: portal dvc 10.0.0.5(5432) idle"],
        ["sh", "-c", f": cdso-looks-for-secrets; --password={SECRET}"],
        ["curl", "https://user@host/x:y@z"],
    )

    assert re.findall(r"process \S+ \S+ (.*)", out) == [
        "password", "javax.net.ssl.keyStorePassword", "token", "URL", "mysql -p",
    ]  # fmt: skip
    assert "seen argument 10" in out
    assert "unter2" not in out


@pytest.mark.parametrize("awk", AWKS)
def test_arguments_that_were_cut_are_told(awk: str) -> None:
    out = arguments(awk, ["java", "-cp", "x" * 65530])

    assert "cut java" in out


def test_the_probes_themselves_are_no_finding() -> None:
    """They run beside this one, and their texts stand in their arguments."""
    probes = {
        probe.id: [probe.run, *([] if isinstance(probe.run, str) else probe.run)]
        for readers in READERS.values()
        for reader in readers
        for probe in reader.probes
        if probe.via == "shell"
    }
    texts = [
        ["timeout", "10", "sh", "-c", probe] if isinstance(probe, str) else list(probe)
        for probe, *_ in probes.values()
    ]

    out = arguments("mawk", *texts)

    assert "process" not in out


@pytest.mark.parametrize("name", sorted(CANARIES))
def test_no_canary_leaves_wherever_it_stands(name: str) -> None:
    value = CANARIES[name]
    out = arguments(
        "mawk",
        ["app", f"--password={value}", f"--secret-{value}=x", f"--{value}-token", value],
        ["app", "--token", value, f"TOKEN_{value}={value}", f"{value}={value}"],
        [f"/usr/bin/{value}", f"https://{value}:{value}@{value}/"],
    )

    assert "process" in out
    assert value not in out
