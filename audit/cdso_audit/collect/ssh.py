"""
SSH by paramiko: one connection a host, at most two sessions on it, nothing written there.

The host key is verified or the connection refused, and the message says how to mend it. What the
inventory does not say comes from ~/.ssh/config.
"""

import base64
import contextlib
import socket
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

import paramiko

from cdso_audit.collect.conversation import ConnectionLostError
from cdso_audit.collect.secret import resolve
from cdso_audit.errors import SecretError
from cdso_audit.model import GapReason, HostAsset, SshAccess

#: Seconds to connect, to greet and to log in, each, unless `access.ssh.timeout` says otherwise.
TIMEOUT = 15.0
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Route:
    """Where and as whom to log in, with everything resolved but the secret itself."""

    host: str
    port: int
    user: str
    access: SshAccess
    identities: tuple[Path, ...]
    known_hosts: tuple[Path, ...]
    jump: str
    timeout: float

    @property
    def name(self) -> str:
        """The host's name in known_hosts."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"  # noqa: PLR2004


def route(host: str, access: SshAccess, folder: Path, config: paramiko.SSHConfig) -> Route:
    """Join what the inventory says with ~/.ssh/config; paths are relative to the inventory."""
    looked_up = config.lookup(host)
    identities = (
        (folder / Path(access.identity).expanduser(),)
        if access.identity
        else tuple(Path(each).expanduser() for each in looked_up.get("identityfile", ()))
    )
    known_hosts = (
        (folder / Path(access.known_hosts).expanduser(),)
        if access.known_hosts
        else tuple(
            Path(each).expanduser()
            for each in str(
                looked_up.get("userknownhostsfile", "~/.ssh/known_hosts /etc/ssh/ssh_known_hosts")
            ).split()
        )
    )
    jump = access.jump if access.jump is not None else str(looked_up.get("proxyjump", ""))
    return Route(
        host=str(looked_up.get("hostname", host)),
        port=access.port or int(looked_up.get("port", 22)),
        user=access.user or str(looked_up.get("user", "")) or _own_name(),
        access=access,
        identities=identities,
        known_hosts=known_hosts,
        jump="" if jump.lower() == "none" else jump,
        timeout=access.timeout or TIMEOUT,
    )


def _own_name() -> str:
    import getpass  # noqa: PLC0415 - only when nobody names a user

    return getpass.getuser()


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):
    """A host whose key nobody vouched for is not talked to."""

    def __init__(self, where: Route) -> None:
        self.where = where

    def missing_host_key(
        self, _client: paramiko.SSHClient, _hostname: str, key: paramiko.PKey
    ) -> NoReturn:
        file = self.where.known_hosts[0] if self.where.known_hosts else "known_hosts"
        raise ConnectionLostError(
            GapReason.REFUSED,
            f"the host key of {self.where.name} is not known ({key.get_name()} "
            f"{fingerprint(key)}); compare this fingerprint on the host's own console, then: "
            f"ssh-keyscan -p {self.where.port} {self.where.host} >> {file}",
        )


def fingerprint(key: paramiko.PKey) -> str:
    """The key's fingerprint as OpenSSH prints it."""
    digest = base64.b64encode(sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


@dataclass(slots=True)
class SshStream:
    """One session that runs `sh -s`."""

    channel: paramiko.Channel

    def write(self, data: bytes) -> None:
        self.channel.sendall(data)
        self.channel.shutdown_write()

    def read_output(self) -> bytes:
        return self.channel.recv(CHUNK)

    def read_errors(self) -> bytes:
        return self.channel.recv_stderr(CHUNK)

    def close(self) -> None:
        self.channel.close()


@dataclass(slots=True)
class SshSession:
    """One connection to one host, made at the first `open`."""

    where: Route
    connect: "Connections"
    run_as: str = ""
    vantage: str = ""
    timeout: float = TIMEOUT
    client: paramiko.SSHClient | None = None

    def open(self) -> SshStream:
        try:
            if self.client is None:
                self.client = self.connect.client(self.where)
            transport = self.client.get_transport()
            if transport is None:
                raise ConnectionLostError(GapReason.UNREACHABLE, "the connection is gone")
            channel = transport.open_session(timeout=self.where.timeout)
            channel.settimeout(None)  # the conversation watches the clock, and closes
            channel.exec_command("sh -s")
        except (paramiko.SSHException, OSError, EOFError) as problem:
            raise lost(problem, self.where) from problem
        return SshStream(channel)

    def close(self) -> None:
        if self.client is not None:
            self.client.close()


def lost(problem: BaseException, where: Route) -> ConnectionLostError:  # noqa: PLR0911
    """What a failure of the connection means to the reader of a gap."""
    match problem:
        case ConnectionLostError():
            return problem
        case paramiko.BadHostKeyException():
            return ConnectionLostError(
                GapReason.REFUSED,
                f"the host key of {where.name} is NOT the one in known_hosts (seen "
                f"{fingerprint(problem.key)}): either the host was set up anew or somebody sits "
                f"in between. Find out which; then: ssh-keygen -R '{where.name}'",
            )
        case paramiko.PasswordRequiredException():
            return ConnectionLostError(
                GapReason.DENIED,
                "the private key has a passphrase; add it to ssh-agent (ssh-add) first",
            )
        case paramiko.AuthenticationException():
            return ConnectionLostError(
                GapReason.DENIED, f"{where.name} refused to log in {where.user}: {problem}"
            )
        case TimeoutError():
            return ConnectionLostError(
                GapReason.TIMEOUT, f"{where.name} did not answer within {where.timeout:g} s"
            )
        case ConnectionRefusedError():
            return ConnectionLostError(
                GapReason.REFUSED, f"{where.name} refuses connections to port {where.port}"
            )
        case socket.gaierror():
            return ConnectionLostError(
                GapReason.UNREACHABLE, f"the name {where.host} cannot be resolved"
            )
        case OSError():
            return ConnectionLostError(
                GapReason.UNREACHABLE, f"{where.name}: {problem.strerror or problem}"
            )
    return ConnectionLostError(
        GapReason.UNREACHABLE, f"{where.name}: {problem or type(problem).__name__}"
    )


@dataclass(slots=True)
class Connections:
    """Makes connections; a jump host is connected to once and shared by all that go through it."""

    folder: Path
    defaults: SshAccess
    config: paramiko.SSHConfig
    jumps: dict[str, paramiko.SSHClient] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)

    def session(self, asset: HostAsset) -> SshSession:
        """A session on this asset; nothing is contacted before its first `open`."""
        access = (asset.access.ssh or SshAccess()).over(self.defaults)
        where = route(asset.host, access, self.folder, self.config)
        vantage = f"ssh {where.user}@{where.host}" + (f" via {where.jump}" if where.jump else "")
        return SshSession(
            where=where, connect=self, run_as=where.user, vantage=vantage, timeout=where.timeout
        )

    def client(self, where: Route) -> paramiko.SSHClient:
        """A logged-in client; raises ConnectionLostError, SSHException or OSError."""
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(_RefuseUnknown(where))
        for path in where.known_hosts:
            if path.is_file():
                client.load_system_host_keys(str(path))
        password = self._password(where)
        keys = [str(path) for path in where.identities if path.is_file()]
        if where.access.identity and not keys:
            raise ConnectionLostError(
                GapReason.DENIED, f"the private key {where.identities[0]} does not exist"
            )
        wire = self._wire(where)
        try:
            client.connect(
                where.host,
                port=where.port,
                username=where.user,
                password=password,
                key_filename=keys or None,  # type: ignore[arg-type]  # a list is documented
                sock=wire,
                timeout=where.timeout,
                banner_timeout=where.timeout,
                auth_timeout=where.timeout,
                channel_timeout=where.timeout,
                allow_agent=bool(where.access.agent)
                if where.access.agent is not None
                else not (where.access.identity or password),
                look_for_keys=not keys and password is None,
            )
        except BaseException:
            client.close()
            with contextlib.suppress(OSError):
                wire.close()
            raise
        return client

    def close(self) -> None:
        """End the connections to the jump hosts."""
        for client in self.jumps.values():
            client.close()

    def _password(self, where: Route) -> str | None:
        if where.access.password is None:
            return None
        try:
            return resolve(where.access.password, self.folder)
        except SecretError as problem:
            raise ConnectionLostError(
                GapReason.DENIED, f"{problem.message}; {problem.hint}"
            ) from problem

    def _wire(self, where: Route) -> Any:
        if not where.jump:
            wire = socket.create_connection((where.host, where.port), timeout=where.timeout)
            # paramiko leaves Nagle's algorithm on, which costs some 60 ms a connection.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return wire
        with self.lock:
            jump = self.jumps.get(where.jump)
            if jump is None:
                jump = self.client(self._jump_route(where))
                self.jumps[where.jump] = jump
        transport = jump.get_transport()
        if transport is None:
            raise ConnectionLostError(GapReason.UNREACHABLE, f"the jump host {where.jump} is gone")
        return transport.open_channel(
            "direct-tcpip", (where.host, where.port), ("127.0.0.1", 0), timeout=where.timeout
        )

    def _jump_route(self, where: Route) -> Route:
        user, _, rest = where.jump.rpartition("@")
        host, _, port = rest.partition(":")
        access = where.access.model_copy(
            update={"user": user or None, "port": int(port) if port else None, "jump": "none"}
        )
        return route(host, access, self.folder, self.config)


def user_config() -> paramiko.SSHConfig:
    """~/.ssh/config, or an empty one."""
    path = Path("~/.ssh/config").expanduser()
    return paramiko.SSHConfig.from_path(str(path)) if path.is_file() else paramiko.SSHConfig()
