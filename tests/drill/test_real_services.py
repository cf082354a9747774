"""Website, certificate, DNS zone, offline medium and a whole portal: real servers on loopback."""

import os
import re
import shutil
import signal
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from tests.drill.held import Held
from tests.drill.staged import (
    KEY,
    Hasty,
    Stage,
    carried_out,
    heartbeats,
    need,
    recent,
    stage,
    staged,
    story,
)
from tests.drill.test_real_databases import BIN, Postgresql, postgresql_params
from tests.drill.whole import ACCOUNT, Whole, whole
from tests.sshd import free_port

from cdso_audit.drill.assess import assess
from cdso_audit.drill.events import Anchored
from cdso_audit.drill.proof import ProjectedOutage
from cdso_audit.drill.statistics import Measured

pytestmark = pytest.mark.daemon
NAME = "dvc.example.vn"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("CDSO_DRILL_PASSPHRASE", "two keys and a witness")
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}:/usr/sbin")
    with stage(tmp_path) as made:
        yield made


def succeeded(drill: Held, *controlled: str, **changes: object) -> None:
    state = carried_out(drill, **changes)

    assert state.closed is not None, story(drill)
    assert (state.closed.outcome, state.closed.why) == ("succeeded", ""), story(drill)
    assert state.closed.cleanup_proved
    for each in controlled:
        assert state.step(each).control is True
    assert b"two keys and a witness" not in drill.path.read_bytes()
    assert KEY.encode() not in drill.path.read_bytes()


# ---------------------------------------------------------------------------------------------
# Servers
# ---------------------------------------------------------------------------------------------


def authority(place: Stage) -> None:
    """A certificate authority, and the first certificate of the service."""
    need("openssl")
    for name, more in (
        ("ca", ["-subj", "/CN=Trial CA", "-addext", "basicConstraints=critical,CA:TRUE"]),
    ):
        place.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                  place.path(f"{name}.key"), "-out", place.path(f"{name}.pem"), *more)  # fmt: skip
    place.run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
              "-nodes", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
              "-keyout", place.path("old.key"), "-out", place.path("old.csr"))  # fmt: skip
    certify(place, "old.csr", "old.pem")


def certify(place: Stage, request: str, certificate: str) -> None:
    place.run("openssl", "x509", "-req", "-in", place.path(request), "-copy_extensions", "copy",
              "-CA", place.path("ca.pem"), "-CAkey", place.path("ca.key"), "-CAcreateserial",
              "-days", "1", "-out", place.path(certificate))  # fmt: skip


class Nginx:
    """nginx as the account, with TLS, from a folder of ours."""

    def __init__(self, place: Stage, root: str, key: str, certificate: str) -> None:
        need("nginx")
        self.place = place
        self.port = free_port()
        self.config = place.write(
            "nginx.conf",
            f"pid {place.path('nginx.pid')};\nerror_log {place.path('nginx.log')};\n"
            "events {}\nhttp {\n"
            + "".join(
                f"{name}_temp_path {place.path(name)};\n"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"access_log off;\nserver {{ listen 127.0.0.1:{self.port} ssl;\n"
            f"server_name {NAME};\nroot {place.path(root)};\n"
            f"ssl_certificate {place.path(certificate)};\nssl_certificate_key {place.path(key)};\n"
            "default_type text/html; }\n}\n",
        )

    def words(self, *more: str) -> list[str]:
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
        return [program, "-p", str(self.place.folder), "-c", str(self.config), *more]

    def start(self) -> None:
        self.place.run(*self.words())

    def stop(self) -> None:
        self.place.run(*self.words("-s", "stop"), check=False)


class Knot:
    """knotd as the account, with one zone file."""

    def __init__(self, place: Stage, zone: Path, address: str = "127.0.0.1") -> None:
        need("knotd", "knotc", "dig")
        self.place = place
        self.port = free_port()
        self.config = place.write(
            "knot.conf",
            f"server:\n  rundir: {place.folder}\n  listen: {address}@{self.port}\n"
            f"database:\n  storage: {place.path('knotdb')}\n"
            "control:\n  listen: knot.sock\n"
            f"zone:\n  - domain: example.vn\n    file: {zone}\n    zonefile-load: whole\n"
            "    journal-content: none\n",
        )
        self.reload = place.write(
            "reload-zone",
            f'#!/bin/sh\nexec /usr/sbin/knotc -s {place.path("knot.sock")} zone-reload "$1"\n',
            0o755,
        )

    def start(self) -> None:
        self.place.run("/usr/sbin/knotd", "-d", "-c", self.config)
        for _ in range(100):
            if self.place.path("knot.sock").exists():
                return
            time.sleep(0.05)

    def stop(self) -> None:
        self.place.run("/usr/sbin/knotc", "-s", self.place.path("knot.sock"), "stop", check=False)


ZONE = f"""\
$ORIGIN example.vn.
$TTL 60
@ SOA ns hostmaster 1 60 60 600 60
@ NS ns
ns A 127.0.0.1
{NAME}. A 127.0.0.1
"""


def resolving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here asks a resolver for the name: the playbooks pin its address."""
    monkeypatch.setenv("no_proxy", "*")


# ---------------------------------------------------------------------------------------------
# Drills
# ---------------------------------------------------------------------------------------------


def archive(place: Stage, name: str, files: dict[str, str]) -> Path:
    """A tar of the clean source, without owners of this machine."""
    folder = place.path(f"{name}-clean")
    for each, text in files.items():
        place.write(f"{name}-clean/{each}", text)
    made = place.path(f"{name}.tar.gz")
    with tarfile.open(made, "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    place.own(made)
    return made


class TestWebsite:
    def test_defaced_and_back(self, place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving(monkeypatch)
        authority(place)
        source = archive(
            place, "site", {"index.html": "<h1>Sở ví dụ</h1>", "tin/bai-1.html": "Bài một"}
        )
        clean = place.path("site-clean")
        manifest = place.folder.parent / "manifest"
        manifest.write_text(
            "".join(
                f"{sha256(each.read_bytes()).hexdigest()}  ./{each.relative_to(clean)}\n"
                for each in sorted(clean.rglob("*.html"))
            )
        )
        for name in ("releases", "defaced"):
            place.path(name).mkdir()
            place.own(place.path(name))
        place.write("defaced/index.html", "hacked")
        server = Nginx(place, "releases/current", "old.key", "old.pem")
        server.start()
        try:
            drill = staged(
                place,
                "website-rebuild",
                params={
                    "source": str(source),
                    "source_sha256": sha256(source.read_bytes()).hexdigest(),
                    "site": str(place.path("releases")),
                    "broken": str(place.path("defaced")),
                    "evidence": str(place.path("evidence.tar.gz")),
                    "manifest": str(manifest),
                    "authority": f"{NAME}:{server.port}",
                    "address": "127.0.0.1",
                    "inner": "/tin/bai-1.html",
                    "word": "Sở ví dụ",
                    "ca": str(place.path("ca.pem")),
                },
            )
            succeeded(drill, "hashes", "page")
        finally:
            server.stop()
        assert not list(place.path("releases").iterdir())
        with tarfile.open(place.path("evidence.tar.gz")) as kept:
            assert kept.getnames()


class TestCertificate:
    def test_a_stolen_key_is_replaced(self, place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving(monkeypatch)
        authority(place)
        place.write("www/index.html", "ok")
        for kind in ("key", "pem"):  # what the server reads, replaced by the drill
            shutil.copy(place.path(f"old.{kind}"), place.path(f"live.{kind}"))
            place.own(place.path(f"live.{kind}"))
        server = Nginx(place, "www", "live.key", "live.pem")
        server.start()
        old = place.run("openssl", "x509", "-in", place.path("old.pem"), "-noout",
                        "-fingerprint", "-sha256")  # fmt: skip
        install = (
            f"#!/bin/sh\nset -e\ncp {place.path('new.key')} {place.path('live.key')}\n"
            f"cp {place.path('new.pem')} {place.path('live.pem')}\n"
            f"exec {' '.join(server.words('-s', 'reload'))}\n"
        )
        reload = place.write("reload", install, 0o755)
        over = threading.Event()

        def issue() -> None:  # the authority's officer, who answers the signing request
            while not over.wait(0.1):
                if place.path("new.csr").exists() and place.path("new.csr").stat().st_size:
                    time.sleep(0.2)
                    certify(place, "new.csr", "new.pem")
                    return

        officer = threading.Thread(target=issue)
        officer.start()
        try:
            drill = staged(
                place,
                "certificate-loss",
                params={
                    "authority": f"{NAME}:{server.port}",
                    "address": "127.0.0.1",
                    "name": NAME,
                    "key": str(place.path("new.key")),
                    "request": str(place.path("new.csr")),
                    "certificate": str(place.path("new.pem")),
                    "old_sha256": re.sub(r".*=|:|\s", "", old),
                    "ca": str(place.path("ca.pem")),
                    "reload": str(reload),
                },
            )
            succeeded(drill, "not-the-old")
        finally:
            over.set()
            officer.join()
            server.stop()


class TestZone:
    def test_lost_and_back(self, place: Stage) -> None:
        live, copy = place.path("live.zone"), place.write("copy.zone", ZONE)
        server = Knot(place, live)
        server.start()
        try:
            drill = staged(
                place,
                "dns-zone",
                params={
                    "zone": "example.vn",
                    "copy": str(copy),
                    "copy_sha256": sha256(copy.read_bytes()).hexdigest(),
                    "place": str(live),
                    "name": NAME,
                    "address": "127.0.0.1",
                    "server": "127.0.0.1",
                    "port": server.port,
                    "reload": str(server.reload),
                },
            )
            succeeded(drill, "answers")
        finally:
            server.stop()
        assert not live.exists()


class TestOfflineCopy:
    def test_a_medium_that_reads(self, place: Stage) -> None:
        need("gpg", "findmnt", "mount")
        if os.geteuid() != 0:
            pytest.skip("needs root to attach a medium read-only")
        place.write("medium/a.txt", "một")
        place.write("medium/b.txt", "hai")
        place.own(place.path("medium"))
        inner = archive(place, "set", {"x.txt": "x", "y.txt": "y"})
        place.path("gnupg").mkdir(mode=0o700)
        place.own(place.path("gnupg"))
        place.run("gpg", "--homedir", place.path("gnupg"), "--batch", "--pinentry-mode",
                  "loopback", "--passphrase", "two keys and a witness", "--symmetric", "--output",
                  place.path("medium/set.gpg"), inner)  # fmt: skip
        manifest = place.folder.parent / "manifest"
        medium = place.path("medium")
        manifest.write_text(
            "".join(
                f"{sha256(each.read_bytes()).hexdigest()}  ./{each.name}\n"
                for each in sorted(medium.iterdir())
            )
        )
        subprocess.run(["mount", "--bind", medium, medium], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", medium], check=True)
            drill = staged(
                place,
                "offline-copy",
                params={
                    "medium": str(medium),
                    "manifest": str(manifest),
                    "archive": str(medium / "set.gpg"),
                },
            )
            succeeded(drill)
        finally:
            subprocess.run(["umount", medium], check=True)

    def test_a_medium_that_can_be_written_is_refused(self, place: Stage) -> None:
        need("findmnt")
        place.write("medium/a.txt", "một")
        (place.folder.parent / "manifest").write_text("")
        drill = staged(
            place,
            "offline-copy",
            params={
                "medium": str(place.path("medium")),
                "manifest": str(place.folder.parent / "manifest"),
                "archive": str(place.path("medium/set.gpg")),
            },
        )
        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome == "failed"
        assert state.step("read-only").status == "failed"


#: The portal's application: it answers from the database, as the real one does.
APPLICATION = """\
import ssl, subprocess, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
PSQL, HOST, PORT, WEB, CERT, KEY, ADDRESS = sys.argv[1:8]
class Portal(BaseHTTPRequestHandler):
    def do_GET(self):
        number = self.path.rsplit("/", 1)[-1]
        text, code = "<h1>Cong dich vu cong</h1>", 200
        if self.path.startswith("/ho-so/"):
            done = subprocess.run([PSQL, "-X", "-A", "-t", "-h", HOST, "-p", PORT, "-U",
                "postgres", "-d", "dvc", "-v", "n=" + number, "-f", "-"], text=True,
                input="select note from dossier where id = :'n'", capture_output=True)
            text, code = done.stdout, 200 if done.stdout.strip() else 404
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer((ADDRESS, int(WEB)), Portal)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERT, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""


class TestPortal:
    @pytest.mark.parametrize(
        "apart", [False, pytest.param(True, marks=pytest.mark.lab)], ids=["one machine", "two"]
    )
    def test_the_whole_chain_is_lost_and_back(
        self, place: Stage, monkeypatch: pytest.MonkeyPatch, apart: bool
    ) -> None:
        """
        As in earnest: unannounced, from a copy whose age is known, declared and accepted by two,
        watched for as long as the playbook says, the head anchored. From a machine of its own that
        is L5; from the restored machine itself it is L3, however many names the plan gives it.
        """
        with whole() if apart else nullcontext() as eye:
            if eye is not None:
                eye.bring("dig")
            self.held(place, monkeypatch, eye)

    def held(self, place: Stage, monkeypatch: pytest.MonkeyPatch, eye: Whole | None) -> None:
        here = eye.here if eye is not None else "127.0.0.1"
        resolving(monkeypatch)
        need("setsid")
        authority(place)
        source = Postgresql(place)
        source.start()
        source.fill()
        for number, line in heartbeats("database", 20, timedelta(minutes=15), recent()):
            source.sql(f"insert into cdso_canary values ({number}, '{line}')")  # noqa: S608
        at = ["-h", source.data, "-p", str(source.port), "-U", "postgres"]
        dump, globals_ = place.path("dvc.dump"), place.path("globals.sql")
        place.run(BIN / "pg_dump", *at, "-Fc", "-f", dump, "dvc")
        place.run(BIN / "pg_dumpall", *at, "--globals-only", "-f", globals_)
        source.destroy()
        site = archive(place, "portal", {"portal.py": APPLICATION})
        zone = place.write("copy.zone", ZONE.replace("127.0.0.1", here))
        live = place.path("live.zone")
        names = Knot(place, live, here)
        names.start()
        web = free_port()
        database = postgresql_params(place)
        database.pop("db_user")
        python = shutil.which("python3", path="/usr/bin") or "/usr/bin/python3"
        publish = place.write(
            "publish",
            f"#!/bin/sh\nsetsid -f {python} {place.path('webroot/portal.py')} {BIN}/psql "
            f"{place.path('restored')} {database['port']} {web} {place.path('old.pem')} "
            f"{place.path('old.key')} {here} >/dev/null 2>&1 </dev/null\n"
            "sleep 1\n",
            0o755,
        )
        withdraw = place.write(
            "withdraw", f"#!/bin/sh\npkill -f {place.path('webroot/portal.py')}\n:\n", 0o755
        )
        try:
            drill = staged(
                place,
                "portal-chain",
                earnest=True,
                hosts={"outside": yaml.safe_load(eye.planned(ACCOUNT))} if eye else {},
                params={
                    **database,
                    "dump": str(dump),
                    "dump_sha256": sha256(dump.read_bytes()).hexdigest(),
                    "globals": str(globals_),
                    "site": str(site),
                    "site_sha256": sha256(site.read_bytes()).hexdigest(),
                    "webroot": str(place.path("webroot")),
                    "publish": str(publish),
                    "withdraw": str(withdraw),
                    "zone": "example.vn",
                    "zone_copy": str(zone),
                    "zone_place": str(live),
                    "zone_reload": str(names.reload),
                    "resolver": here,
                    "resolver_port": names.port,
                    "name": NAME,
                    "web_address": here,
                    "authority": f"{NAME}:{web}",
                    "ca": str(place.path("ca.pem")),
                    "dossier": "4321",
                    "dossier_word": "đã tiếp nhận, ữ ặ ỗ4321",
                },
            )
            hasty = Hasty(drill, "journey")
            succeeded(
                drill, "tables", "rows", "name-resolves", "journey",
                clock=hasty.clock, sleep=hasty.sleep,
            )  # fmt: skip
            assert hasty.ahead > timedelta(minutes=33).total_seconds()
            with drill.journal() as book:
                book.append_with(
                    lambda ledger: (
                        None,
                        Anchored(head=ledger.head, head_seq=ledger.length, where="paper", by="Chi"),
                    )
                )
            proved = assess(drill.entries(), 1, depends_on=("ad",))
            assert [each.rule for each in proved.caps] == ([] if eye else ["not-outside"])
            assert proved.level == (5 if eye else 3)
            assert isinstance(proved.claim, Measured if eye else ProjectedOutage)
        finally:
            names.stop()
            subprocess.run(
                ["pkill", f"-{signal.SIGKILL.value}", "-f", str(place.path("webroot/portal.py"))],
                check=False,
            )
        assert not place.path("restored").exists()
        assert not place.path("webroot").exists()
        assert not live.exists()
