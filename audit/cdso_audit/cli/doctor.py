"""
`doctor`: what is missing on this machine and for this inventory, and how to get it.

It contacts nobody: a host that is down today is no fault of the machine. Exit code 0 when all is
there, 2 when something is missing that a scan needs.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import ssl
import stat
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cdso_audit import __version__
from cdso_audit.cli import console
from cdso_audit.errors import CdsoError, ConfigErrors, SecretError
from cdso_audit.inventory import FILE_NAME, parse_agency
from cdso_audit.language import said
from cdso_audit.model import (
    Agency,
    Asset,
    DatabaseAsset,
    DeviceAsset,
    EndpointAsset,
    HostAsset,
    SecretRef,
    SshAccess,
)
from cdso_audit.store.files import read

if TYPE_CHECKING:
    from cdso_audit.collect.ssh import Route

#: Engine → the package that asks it, and the extra that brings it.
PACKAGES = {
    "postgresql": ("psycopg", "postgres"),
    "mariadb": ("pymysql", "mysql"),
    "mysql": ("pymysql", "mysql"),
}

State = Literal["ok", "missing", "note"]

MIB = 1024 * 1024
#: Room for one run: the report and its tables, and the evidence of an asset (its cap in practice).
ROOM, ROOM_AN_ASSET = 200 * MIB, 5 * MIB
OLDEST_PYTHON = (3, 11)
#: No machine that runs this version has an honest clock before the version was made.
NOT_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at. `note` is worth knowing and stops nothing."""

    what: str
    state: State
    seen: str
    remedy: str = ""


@click.command()
@click.option(
    "-i",
    "--inventory",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The agency's inventory. Without one: agency.yaml here, else the machine alone.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("cdso-audit-out"),
    help="The folder that results will go to.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print."
)
def doctor(inventory: Path | None, output: Path, form: str) -> int:
    """Say what is missing on this machine and for this inventory; contact nobody."""
    if inventory is None and Path(FILE_NAME).is_file():
        inventory = Path(FILE_NAME)
    found: list[Diagnosis] = []
    agency: Agency | None = None
    if inventory is not None:
        agency, problems = _inventory(inventory)
        found += problems
    folder = inventory.resolve().parent if inventory else Path.cwd()
    assets = [asset for system in agency.systems for asset in system.assets] if agency else []
    found += [*machine(assets, output), *(of_assets(agency, folder) if agency else [])]
    if form == "json":
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        _print(found)
    return 2 if any(each.state == "missing" for each in found) else 0


def _each(problem: CdsoError) -> tuple[CdsoError, ...]:
    return problem.problems if isinstance(problem, ConfigErrors) else (problem,)


def _said(problem: CdsoError) -> str:
    about = f"{problem.subject}: " if problem.subject else ""
    return about + said(problem.template, problem.values, console.lang())


def _hint(problem: CdsoError) -> str:
    return said(problem.hint_template, problem.values, console.lang())


def _inventory(path: Path) -> tuple[Agency | None, list[Diagnosis]]:
    what = console.word("inventory")
    try:
        agency = parse_agency(read(path), str(path))
    except CdsoError as problem:
        wrong = [
            Diagnosis(
                what,
                "missing",
                f"{each.place or path}: {_said(each)}",
                _hint(each),
            )
            for each in _each(problem)
        ]
        return None, wrong
    assets = sum(len(system.assets) for system in agency.systems)
    seen = console.tell(
        "{path}: {systems} systems, {assets} assets",
        path=path,
        systems=len(agency.systems),
        assets=assets,
    )
    if not assets:
        remedy = console.word("write the assets of your systems into it")
        return agency, [Diagnosis(what, "missing", seen, remedy)]
    notes = [
        Diagnosis(what, "note", console.tell(each.template, **each.values))
        for each in agency.notices
    ]
    return agency, [Diagnosis(what, "ok", seen), *notes]


# ---------------------------------------------------------------------------------------------
# This machine
# ---------------------------------------------------------------------------------------------


def machine(assets: list[Asset], output: Path) -> Iterator[Diagnosis]:
    """What every scan needs of the machine that it runs on."""
    yield Diagnosis("cdso-audit", "ok", __version__)
    yield _python()
    yield _nmap(assets)
    yield _openssl()
    yield _numpy()
    yield _resolver()
    yield _clock(datetime.now(UTC))
    yield _room(output, len(assets))


def _python() -> Diagnosis:
    seen = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Diagnosis("Python", "missing", seen, console.word("install Python 3.11 or newer"))
    return Diagnosis("Python", "ok", seen)


def _nmap(assets: list[Asset]) -> Diagnosis:
    found = shutil.which("nmap")
    if found:
        return Diagnosis("nmap", "ok", found)
    needed = any(isinstance(each, HostAsset) and not each.local for each in assets)
    seen = console.word("not installed: open ports cannot be seen from outside")
    return Diagnosis("nmap", "missing" if needed else "note", seen, install("nmap"))


def install(package: str) -> str:
    """The line that installs a package on this machine."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install {package}"
    if shutil.which("dnf"):
        return f"sudo dnf install {package}"
    return console.tell("install the package {package}", package=package)


def _numpy() -> Diagnosis:
    """Only `forecast` needs it, so its absence stops no scan; it is not imported here."""
    if importlib.util.find_spec("numpy") is not None:
        return Diagnosis("numpy", "ok", console.word("installed"))
    seen = console.word("not installed: `forecast` cannot simulate; scans and drills need none")
    return Diagnosis("numpy", "note", seen, 'pip install "cdso-audit[forecast]"')


def _openssl() -> Diagnosis:
    """Whether OpenSSL here can still speak TLS 1.0, to see servers that do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            # Python calls TLS 1.0 out of date; that is why we want to see who still speaks it.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return Diagnosis("OpenSSL", "ok", ssl.OPENSSL_VERSION)
    except (ssl.SSLError, ValueError):
        pass
    seen = console.tell(
        "{version} cannot offer TLS 1.0; old servers are seen by their first answer alone",
        version=ssl.OPENSSL_VERSION,
    )
    return Diagnosis("OpenSSL", "note", seen)


def _resolver(path: Path = Path("/etc/resolv.conf")) -> Diagnosis:
    what = console.word("DNS resolver")
    servers: list[str] = []
    with contextlib.suppress(OSError):
        words = [line.split() for line in path.read_text(errors="replace").splitlines()]
        servers = [each[1] for each in words if len(each) > 1 and each[0] == "nameserver"]
    if servers:
        return Diagnosis(what, "ok", ", ".join(servers))
    seen = console.tell("{path} names none: names cannot be resolved", path=path)
    remedy = console.word("write a line `nameserver ADDRESS` into it, or give IP addresses")
    return Diagnosis(what, "note", seen, remedy)


def _clock(now: datetime) -> Diagnosis:
    what = console.word("clock")
    seen = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < NOT_BEFORE:
        remedy = "sudo timedatectl set-ntp true"
        return Diagnosis(
            what, "missing", console.tell("{moment} is too early", moment=seen), remedy
        )
    return Diagnosis(what, "ok", seen)


def _room(output: Path, assets: int) -> Diagnosis:
    what = console.word("output folder")
    there = output.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        seen = console.tell("{path} cannot be written", path=there)
        remedy = console.word("give another folder with -o")
        return Diagnosis(what, "missing", seen, remedy)
    free = shutil.disk_usage(there).free
    needed = ROOM + ROOM_AN_ASSET * assets
    seen = console.tell("{path}: {free} MiB free", path=output, free=free // MIB)
    if free < needed:
        remedy = console.tell("make room: {needed} MiB are needed", needed=needed // MIB)
        return Diagnosis(what, "missing", seen, remedy)
    return Diagnosis(what, "ok", seen)


# ---------------------------------------------------------------------------------------------
# This inventory
# ---------------------------------------------------------------------------------------------


def of_assets(agency: Agency, folder: Path) -> Iterator[Diagnosis]:
    """What the inventory's assets need: each thing once, however many assets share it."""
    told: set[Diagnosis] = set()
    good = 0
    for system in agency.systems:
        for asset in system.assets:
            found = list(_of_asset(asset, agency.defaults.ssh, folder))
            good += all(each.state != "missing" for each in found)
            found += [
                one
                for sbom in system.declared.sboms
                if sbom.on == asset.id and sbom.file
                for one in _file(folder / Path(sbom.file).expanduser())
            ]
            yield from (each for each in found if each not in told)
            told.update(found)
    total = sum(len(system.assets) for system in agency.systems)
    if total:
        seen = console.tell("{good} of {total} can be asked", good=good, total=total)
        yield Diagnosis(console.word("assets"), "ok" if good == total else "note", seen)


def _of_asset(asset: Asset, defaults: SshAccess, folder: Path) -> Iterator[Diagnosis]:
    match asset:
        case HostAsset() if asset.local:
            yield from _local()
        case HostAsset() if asset.os == "linux":
            yield from _ssh(asset, (asset.access.ssh or SshAccess()).over(defaults), folder)
        case DatabaseAsset():
            yield from _database(asset, folder)
        case DeviceAsset() if asset.config:
            yield from _file(folder / Path(asset.config).expanduser())
        case EndpointAsset() if asset.ca:
            yield from _file(folder / Path(asset.ca).expanduser())


def _local() -> Iterator[Diagnosis]:
    if os.geteuid() != 0 and not shutil.which("sudo"):
        yield Diagnosis(
            console.word("rights"),
            "note",
            console.word("neither root nor sudo: much of this machine cannot be seen"),
            install("sudo"),
        )


def _file(path: Path) -> Iterator[Diagnosis]:
    if not os.access(path, os.R_OK) or not path.is_file():
        seen = console.tell("{path} is not there, or cannot be read", path=path)
        remedy = console.word("check the path; it starts from the folder of the inventory")
        yield Diagnosis(console.word("file"), "missing", seen, remedy)


def _secret(reference: SecretRef, folder: Path) -> Iterator[Diagnosis]:
    """Whether a reference leads somewhere. The secret is read, and neither kept nor shown."""
    from cdso_audit.collect.secret import resolve  # noqa: PLC0415 - only where there is one

    try:
        resolve(reference, folder)
    except SecretError as problem:
        what = console.word("secret")
        yield Diagnosis(what, "missing", _said(problem), _hint(problem))
    except UnicodeDecodeError:
        seen = console.tell("{reference} is no text", reference=reference.ref)
        yield Diagnosis(console.word("secret"), "missing", seen)


def _database(asset: DatabaseAsset, folder: Path) -> Iterator[Diagnosis]:
    """Whether there is somebody to ask it, and a connection string."""
    what = console.word("database")
    package, extra = PACKAGES.get(asset.database, ("", ""))
    if not package:
        seen = console.tell(
            "nobody here can ask {engine}; known are: {known}",
            engine=asset.database,
            known=", ".join(PACKAGES),
        )
        yield Diagnosis(what, "note", seen)
    elif find_spec(package) is None:
        seen = console.tell("the package {package} is not installed", package=package)
        yield Diagnosis(what, "missing", seen, f'pip install "cdso-audit[{extra}]"')
    if asset.dsn:
        yield from _secret(asset.dsn, folder)
    elif package:
        seen = console.tell("{asset} has no connection string", asset=asset.id)
        remedy = console.word("write `dsn:` below it, a `ref` to env:NAME or file:PATH")
        yield Diagnosis(what, "missing", seen, remedy)


def _ssh(asset: HostAsset, access: SshAccess, folder: Path) -> Iterator[Diagnosis]:
    from cdso_audit.collect.ssh import route, user_config  # noqa: PLC0415 - paramiko is slow

    config = user_config()
    where = route(asset.host, access, folder, config)
    yield from _known(where)
    yield from _login(where, folder)
    if where.jump:
        user, _, rest = where.jump.rpartition("@")
        host, _, port = rest.partition(":")
        number = int(port) if port.isdigit() else None
        over = access.model_copy(update={"user": user or None, "port": number, "jump": "none"})
        yield from _known(route(host, over, folder, config))


def _known(where: "Route") -> Iterator[Diagnosis]:
    """Whether a known_hosts file vouches for the host, in plain or in hashed form."""
    import paramiko  # noqa: PLC0415

    what = console.word("host key")
    for path in where.known_hosts:
        if not path.is_file():
            continue
        keys = paramiko.HostKeys()
        try:
            keys.load(str(path))
        except (OSError, paramiko.SSHException, UnicodeDecodeError) as problem:
            seen = console.tell("{path} cannot be read: {why}", path=path, why=str(problem))
            yield Diagnosis(what, "missing", seen)
            return
        if keys.lookup(where.name) is not None:
            return
    file = where.known_hosts[0] if where.known_hosts else "~/.ssh/known_hosts"
    yield Diagnosis(
        what,
        "missing",
        console.tell("{host} is not in {file}", host=where.name, file=file),
        console.tell(
            "ssh-keyscan -p {port} {host} >> {file}, then compare the fingerprint "
            "(ssh-keygen -lf {file}) with the one on the host's own console",
            port=where.port,
            host=where.host,
            file=file,
        ),
    )


def _login(where: "Route", folder: Path) -> Iterator[Diagnosis]:
    """Whether there is anything to log in with: a password, a key, or an agent with keys."""
    access = where.access
    if access.password is not None:
        yield from _secret(access.password, folder)
        return
    what = console.word("SSH key")
    if access.agent is False or access.identity:
        for path in where.identities:
            yield from _key(path)
        if where.identities:
            return
    usable = [path for path in (*where.identities, *_usual_keys()) if path.is_file()]
    if not usable and not _agent_keys():
        yield Diagnosis(
            what,
            "missing",
            console.word("no private key, and no ssh-agent that holds one"),
            console.word(
                "ssh-keygen -t ed25519 -f keys/cdso_ed25519, and name it as defaults.ssh.identity"
            ),
        )


def _usual_keys() -> Iterator[Path]:
    for name in ("id_ed25519", "id_ecdsa", "id_rsa"):
        yield Path("~/.ssh").expanduser() / name


def _key(path: Path) -> Iterator[Diagnosis]:
    what = console.word("SSH key")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        head = path.read_bytes()[:4096]
    except OSError as problem:
        seen = console.tell("{path} cannot be read: {why}", path=path, why=str(problem.strerror))
        remedy = console.word("check the path; it starts from the folder of the inventory")
        yield Diagnosis(what, "missing", seen, remedy)
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        seen = console.tell("{path} is open to others (mode {mode})", path=path, mode=f"{mode:04o}")
        yield Diagnosis(what, "missing", seen, f"chmod 600 {path}")
    elif b"PRIVATE KEY-----" not in head:
        seen = console.tell("{path} is no private key in the form of OpenSSH or PEM", path=path)
        remedy = console.word("name the private key, not the one that ends in .pub")
        yield Diagnosis(what, "missing", seen, remedy)
    elif _has_passphrase(path) and not _agent_keys():
        seen = console.tell("{path} has a passphrase, and no ssh-agent holds it", path=path)
        yield Diagnosis(what, "missing", seen, f"ssh-add {path}")


def _has_passphrase(path: Path) -> bool:
    import paramiko  # noqa: PLC0415

    try:
        paramiko.PKey.from_path(path)
    except paramiko.PasswordRequiredException:
        return True
    except (TypeError, ValueError, paramiko.SSHException) as problem:
        return "encrypted" in str(problem).lower() or "password" in str(problem).lower()
    except Exception:  # noqa: BLE001 - a form that paramiko does not know is told at the login
        return False
    return False


def _agent_keys() -> int:
    """How many keys the ssh-agent of this session holds."""
    place = os.environ.get("SSH_AUTH_SOCK", "")
    if not place:
        return 0
    import paramiko  # noqa: PLC0415

    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            probe.connect(place)
        agent = paramiko.Agent()
        keys = len(agent.get_keys())
        agent.close()
    except (OSError, paramiko.SSHException):
        return 0
    return keys


# ---------------------------------------------------------------------------------------------
# Printing
# ---------------------------------------------------------------------------------------------


def _print(found: list[Diagnosis]) -> None:
    from rich.table import Table  # noqa: PLC0415 - slow to import

    shown = {
        "ok": ("✓", "green", console.word("there")),
        "missing": ("✗", "red", console.word("missing")),
        "note": ("!", "yellow", console.word("note")),
    }
    table = Table(box=None, pad_edge=False, show_header=False)
    for column in ("state", "what"):
        table.add_column(column, no_wrap=True)
    table.add_column("seen", overflow="fold")
    for each in found:
        mark, style, word = shown[each.state]
        remedy = f"\n→ {each.remedy}" if each.remedy else ""
        table.add_row(
            f"{mark} {word}", each.what, console.plain(f"{each.seen}{remedy}"), style=style
        )
    console.out().print(table)
