"""The readers of web servers against the servers themselves: what they say is what is answered."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from tests.servers import let_others_in
from tests.support import AT, HOST, MISSING_TOOL, SYSTEM, Answer, observation

from cdso_audit.facts.reading import Outputs, Probe, Snapshot, snapshot
from cdso_audit.facts.sockets import SOCKET_NAMES
from cdso_audit.facts.webserver import APACHE, HTACCESS, HTTPD, NGINX, WebServer, WebSite

pytestmark = [
    pytest.mark.daemon,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own"),
]
SITES: Final = 50
FIRST_PORT: Final = 8001
SECRET: Final = "hunter2Hunter2"  # noqa: S105 - planted

PREPARE: Final = r"""
set -e
here=$1
ip link set lo up
mount --bind "$here/conf" "$2"
mount -t tmpfs logs /var/log
mkdir -p /var/log/nginx /var/log/apache2
mount -t tmpfs run /run
mkdir -p /run/apache2 /run/lock
"""
#: Asks every site what its owner wants to know, and prints the answers as JSON.
ASK: Final = r"""
import http.client, http.server, json, pathlib, sys, threading, time
class Upstream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"upstream")
    do_POST = do_GET
    def log_message(self, *args): pass
threading.Thread(target=http.server.HTTPServer(("127.0.0.1", 9999), Upstream).serve_forever,
                 daemon=True).start()
logs = pathlib.Path(sys.argv[1])
asked = 0
def is_written(mark):
    return any(mark in each.read_text() for each in logs.glob("*access*"))
def ask(port, path, size=None):
    global asked
    asked += 1
    mark = f"?n{asked}n"
    path += mark
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.putrequest("GET" if size is None else "POST", path)
    link.putheader("Connection", "close")
    if size is not None:
        link.putheader("Content-Length", str(size))
    link.endheaders()
    if size is not None and size < 10_000_000:
        try:
            link.send(b"x" * size)
        except OSError:
            pass
    answer = link.getresponse()
    body = answer.read()
    link.close()
    for _ in range(10):
        if size is not None or is_written(mark):
            break
        time.sleep(0.005)
    return {"status": answer.status, "server": answer.getheader("Server", ""),
            "listed": b"Index of" in body, "body": body[:8].decode("latin-1"),
            "logged": is_written(mark)}
found = {}
for port, places in json.load(open(sys.argv[2])).items():
    found[port] = {
        "dot": ask(int(port), "/.git/config"),
        "pages": {each: ask(int(port), each) for each in places},
        "sizes": {str(size): {each: ask(int(port), each, size)["status"] for each in places}
                  for size in (1500, 3000, 1100000)},
    }
print(json.dumps(found))
"""


def chosen(dice: random.Random, *options: str) -> str:
    return dice.choice(("", "", *options))


def settings(dice: random.Random) -> str:
    return "\n".join(
        (
            chosen(dice, "server_tokens off;", "server_tokens on;", "server_tokens build;"),
            chosen(dice, "autoindex on;", "autoindex off;"),
            chosen(dice, "access_log off;", "access_log /var/log/nginx/own-access.log;"),
            chosen(dice, "client_max_body_size 2k;", "client_max_body_size 0;"),
        )
    )


def site(dice: random.Random, port: int, root: str) -> tuple[str, list[str]]:
    """A server block, and a path for each of its places."""
    places = {
        "/": "location / {{ {} }}",
        "/a/": "location /a/ {{ {} location ~ ^/a/n/ {{ }} }}",
        "/r/": r"location ~ ^/r/ {{ {} }}",
        "/e/": "location = /e/ {{ {} }}",
    }
    dots = (
        r"location ~ /\. { deny all; }",
        r"location ~* /\.GIT { return 404; }",
        "location ^~ /.git/ { }",
        "location /.git { deny all; }",
        "location /.git/c { internal; }",
        r"location ~ /\.(?!git) { deny all; }",
        "location = /.git/config { proxy_pass http://127.0.0.1:9999; }",
        "",
    )
    kept = [each for each in places if dice.random() < 0.6]
    paths = ["/.git/", "/.git/config"] if "/" in kept else ["/.git/", "/.git/config", "/"]
    parts = []
    for each in kept:
        inside = settings(dice)
        if dice.random() < 0.25:
            inside += "\nproxy_pass http://127.0.0.1:9999;"
        parts.append(places[each].format(inside))
        paths.append(each)
        if each == "/a/":
            paths.append("/a/n/")
    parts += [dice.choice(dots), dice.choice(dots)]
    parts = list(dict.fromkeys(each for each in parts if each))
    dice.shuffle(parts)
    secret = f'# password {SECRET}\nproxy_set_header Authorization "Basic {SECRET}";\n'
    body = "\n".join([settings(dice), secret, *parts])
    return (
        f"server {{ listen 127.0.0.1:{port}; server_name s{port}; root {root};\n{body}\n}}\n",
        paths,
    )


def run(here: Path, conf: str, start: str, probe: Probe, ask: dict[str, list[str]]) -> Any:
    """The probe's own command and the answers of the running server, from one namespace."""
    (here / "ask.py").write_text(ASK)
    (here / "ask.json").write_text(json.dumps(ask))
    assert isinstance(probe.run, tuple)
    script = (
        f'{PREPARE}\nlogs=$3; shift 3\n{start}\n"$@" >"$here/dump"\n'
        f'{sys.executable} "$here/ask.py" "$logs" "$here/ask.json"\n'
    )
    logs = "/var/log/nginx" if probe is NGINX else "/var/log/apache2"
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    done = subprocess.run(
        [*command, "--propagation", "private", "sh", "-c", script, "sh", str(here), conf, logs,
         *probe.run],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def read(probe: Probe, dump: str) -> Snapshot:
    answers: dict[Probe, str | Answer] = dict.fromkeys((NGINX, APACHE, HTTPD), MISSING_TOOL)
    seen = [observation(each, given) for each, given in {**answers, probe: dump}.items()]
    seen.append(observation(SOCKET_NAMES, ""))
    assert HTACCESS.follow
    assert isinstance(HTACCESS.run, str)
    outputs = Outputs({each.probe: each for each in seen}, HOST, SYSTEM, AT)
    if folders := HTACCESS.follow(outputs):
        done = subprocess.run(
            ["sh", "-c", HTACCESS.run, "probe", *folders], capture_output=True, check=True
        )
        assert done.stderr == b""
        assert SECRET.encode() not in done.stdout
        seen.append(observation(HTACCESS, Answer(done.stdout)))
    return snapshot(HOST, SYSTEM, seen, [WebSite, WebServer], at=AT)


def pages(root: Path) -> None:
    """Folders without a start page, a repository left behind; open to the server's account."""
    for each in ("a/n", "r", "e", ".git"):
        (root / each).mkdir(parents=True)
    (root / ".git/config").write_text("[core]\n")
    let_others_in(root)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs apt package nginx-light")
@pytest.mark.parametrize("seed", range(1, 5))
def test_nginx_does_what_the_reader_says(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same sites each time
    pages(tmp_path / "root")
    asked: dict[str, list[str]] = {}
    (tmp_path / "conf/sites").mkdir(parents=True)
    for port in range(FIRST_PORT, FIRST_PORT + SITES):
        text, asked[str(port)] = site(dice, port, str(tmp_path / "root"))
        (tmp_path / f"conf/sites/{port}.conf").write_text(text)
    (tmp_path / "conf/nginx.conf").write_text(
        f"user root;\nevents {{ }}\nhttp {{ {settings(dice)}\n include sites/*.conf; }}\n"
    )

    answers = run(tmp_path, "/etc/nginx", "nginx", NGINX, asked)
    dump = (tmp_path / "dump").read_text()
    found = read(NGINX, dump)

    assert "unter2" not in dump
    assert not found.gaps, found.gaps
    sites = {each.names[0]: each for each in found.facts if isinstance(each, WebSite)}
    assert len(sites) == SITES
    for port, said in answers.items():
        told = sites[f"s{port}"]
        dot = said["dot"]
        real = (
            "denied" if dot["status"] != 200
            else "not-from-disk" if dot["body"] == "upstream" else "served"
        )  # fmt: skip
        assert (port, told.dot_files) == (port, real)
        answered = list(said["pages"].values())
        assert (port, told.shows_version) == (port, any("/" in each["server"] for each in answered))
        assert (port, bool(told.lists)) == (port, any(each["listed"] for each in answered))
        assert (port, bool(told.without_log)) == (
            port,
            not all(each["logged"] for each in answered),
        )
        for size, statuses in said["sizes"].items():
            if real == "denied":
                del statuses["/.git/"], statuses["/.git/config"]
            is_taken = any(each != 413 for each in statuses.values())
            is_said = told.body_limit == 0 or told.body_limit >= int(size)
            assert (port, size, is_said) == (port, size, is_taken)
    [server] = [each for each in found.facts if isinstance(each, WebServer)]
    assert server.user == "root"


#: Port → what stands in the virtual host.
APACHE_SITES: Final = {
    8101: "",
    8102: "<Directory {root}>\n Options +Indexes\n Require all granted\n</Directory>",
    8103: '<DirectoryMatch "/\\.git">\n Require all denied\n</DirectoryMatch>',
    8104: "RedirectMatch 404 /\\.git",
    8105: "<LocationMatch /\\.>\n Require all denied\n</LocationMatch>",
    8106: "LimitRequestBody 2000",
    8107: "<Directory {root}/a>\n Options Indexes\n</Directory>",
    8108: "<FilesMatch ^\\.ht>\n Require all denied\n</FilesMatch>",
}


def apache_folder(here: Path) -> None:
    """The machine's own settings of Apache, without its sites."""
    shutil.copytree("/etc/apache2", here / "conf", symlinks=True)
    for each in (here / "conf/sites-enabled").iterdir():
        each.unlink()
    (here / "conf/ports.conf").write_text("")
    (here / "conf/conf-enabled/security.conf").unlink(missing_ok=True)


@pytest.mark.skipif(shutil.which("apache2") is None, reason="needs apt package apache2")
@pytest.mark.parametrize("tokens", ["", "ServerTokens Prod"])
def test_apache_does_what_the_reader_says(tokens: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    pages(root)
    apache_folder(tmp_path)
    hosts = [tokens]
    for port, text in APACHE_SITES.items():
        hosts.append(
            f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nServerName s{port}\n"
            f"DocumentRoot {root}\nSetEnv DB_PASSWORD {SECRET}\n"
            f"<Directory {root}>\n Require all granted\n</Directory>\n"
            + text.replace("{root}", str(root))
            + (f"\nCustomLog /var/log/apache2/access{port}.log common" if port % 2 else "")
            + "\n</VirtualHost>"
        )
    (tmp_path / "conf/sites-enabled/all.conf").write_text("\n".join(hosts) + "\n")
    (tmp_path / "conf/conf-enabled/other-vhosts-access-log.conf").unlink(missing_ok=True)

    answers = run(
        tmp_path, "/etc/apache2", ". /etc/apache2/envvars; /usr/sbin/apache2 -k start",
        APACHE, {str(port): ["/", "/a/"] for port in APACHE_SITES},
    )  # fmt: skip
    dump = (tmp_path / "dump").read_text()
    found = read(APACHE, dump)

    assert "unter2" not in dump
    assert not found.gaps, found.gaps
    sites = {each.names[0]: each for each in found.facts if isinstance(each, WebSite)}
    for port, said in answers.items():
        told = sites[f"s{port}"]
        is_served = said["dot"]["status"] == 200
        answered = list(said["pages"].values())
        assert (port, told.dot_files) == (port, "served" if is_served else "denied")
        assert (port, told.shows_version) == (port, any("/" in each["server"] for each in answered))
        assert (port, bool(told.lists)) == (port, any(each["listed"] for each in answered))
        assert (port, bool(told.without_log)) == (
            port,
            not all(each["logged"] for each in answered),
        )


#: Port → what the folder's section says besides `Options`, its Options, and files by folder.
HTACCESS_SITES: Final[dict[int, tuple[str, str, dict[str, str]]]] = {
    8201: ("AllowOverride All", "None", {".": "Options +Indexes"}),
    8202: ("AllowOverride None", "None", {".": "Options +Indexes"}),
    8203: ("", "None", {".": "Options +Indexes"}),
    8204: ("AllowOverride All", "Indexes", {".": "Options -Indexes"}),
    8205: ("AllowOverride All", "None", {"a": "# a\nOptions \\\nIndexes"}),
    8206: ("AllowOverride FileInfo", "None", {".": "RedirectMatch 404 /\\."}),
    8207: ("AllowOverride All", "None", {".": "LimitRequestBody 2000"}),
    8208: ("AllowOverride Options=Indexes", "None", {"a": "Options +Indexes"}),
    8209: ("AllowOverrideList Options", "None", {".": "Options +Indexes", "a": "Options None"}),
    8210: (
        "AllowOverride All",
        "Indexes",
        {".": f"SetEnv PASSWORD {SECRET}\n<IfModule mod_dir.c>\nOptions -Indexes\n</IfModule>"},
    ),
    8211: ("AllowOverride All", "None", {".": '<Files "x">\nRequire all denied\n</Files>'}),
    8212: ("AllowOverride AuthConfig", "Indexes", {".": "Require all granted"}),
    8214: (
        "AllowOverride All",
        "Indexes",
        {".": "<IfModule mod_autoindex.c>\nOptions -Indexes\n</IfModule>"},
    ),
    8213: ("AllowOverride All", "None", {"..": "Options +Indexes"}),
}


@pytest.mark.skipif(shutil.which("apache2") is None, reason="needs apt package apache2")
def test_apache_does_what_its_folders_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    tmp_path = tmp_path_factory.mktemp("ht")  # a long name with a number would be masked
    apache_folder(tmp_path)
    hosts = []
    for port, (allow, options, files) in HTACCESS_SITES.items():
        root = tmp_path / f"sites{port}" / "root"
        pages(root)
        for folder, text in files.items():
            (root / folder / ".htaccess").write_text(text + "\n")
        hosts.append(
            f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nServerName s{port}\n"
            f"DocumentRoot {root}\n<Directory {root.parent}>\n Require all granted\n"
            f"{allow}\nOptions {options}\n</Directory>\n"
            "CustomLog /var/log/apache2/access.log common\n</VirtualHost>"
        )
    (tmp_path / "conf/sites-enabled/all.conf").write_text("\n".join(hosts) + "\n")

    answers = run(
        tmp_path, "/etc/apache2", ". /etc/apache2/envvars; /usr/sbin/apache2 -k start",
        APACHE, {str(port): ["/", "/a/"] for port in HTACCESS_SITES},
    )  # fmt: skip
    found = read(APACHE, (tmp_path / "dump").read_text())

    assert not found.gaps, found.gaps
    sites = {each.names[0]: each for each in found.facts if isinstance(each, WebSite)}
    unsure = {port for port in HTACCESS_SITES if sites[f"s{port}"].unread}
    assert unsure == {8210}
    for port, said in answers.items():
        told = sites[f"s{port}"]
        is_served = said["dot"]["status"] == 200
        assert (port, told.dot_files) == (port, "served" if is_served else "denied")
        if int(port) not in unsure:
            listed = any(each["listed"] for each in said["pages"].values())
            assert (port, bool(told.lists)) == (port, listed)
        is_taken = said["sizes"]["3000"]["/"] != 413
        assert (port, told.body_limit == 0 or told.body_limit >= 3000) == (port, is_taken)
