"""Where the laboratory lives, its addresses, and the keys and certificates made for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BRIDGE: Final = "cdso-lab0"
NETWORK: Final = "198.18.77.0/24"  # benchmark range of RFC 2544: never a real network
GATEWAY: Final = "198.18.77.1"
ADDRESSES: Final = {
    "dvc-web": "198.18.77.10",
    "dvc-db": "198.18.77.20",
    "lgsp-app": "198.18.77.30",
    "ns": "198.18.77.53",
}
RESOLVER: Final = "198.18.77.54"  # validating resolver, a second address of ns
AUDIT_USER: Final = "cdso-audit"

_CA_SETTINGS = """
[ca]
default_ca = lab
[lab]
dir = {here}
database = {here}/index.txt
new_certs_dir = {here}
serial = {here}/serial
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
countryName = optional
organizationName = optional
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuer]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:dvc.lab.example,DNS:www.dvc.lab.example
[req]
distinguished_name = nobody
[nobody]
"""


class LabError(Exception):
    """Something that the laboratory needs is missing or did not work; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Site:
    """The folders of one laboratory on this machine."""

    state: Path
    """Keys, certificates, agency.yaml, known_hosts and the running hosts; mode 0700."""
    cache: Path
    """Base roots and layers, kept between runs."""

    @classmethod
    def of_environment(cls) -> Site:
        """The folders that CDSO_LAB_STATE and CDSO_LAB_CACHE name, or the usual ones."""
        return cls(
            state=Path(os.environ.get("CDSO_LAB_STATE", "/var/lib/cdso-lab")),
            cache=Path(os.environ.get("CDSO_LAB_CACHE", "/var/cache/cdso-lab")),
        )

    @property
    def agency_yaml(self) -> Path:
        """The inventory of the laboratory."""
        return self.state / "agency.yaml"

    @property
    def known_hosts(self) -> Path:
        """The hosts' real keys."""
        return self.state / "known_hosts"

    @property
    def identity(self) -> Path:
        """The private key of the audit account."""
        return self.state / "keys" / "cdso_ed25519"

    @property
    def ca(self) -> Path:
        """The root certificate of the laboratory's authority."""
        return self.state / "ca" / "root.pem"

    @property
    def trust_anchor(self) -> Path:
        """The DNSKEY of lab.example, the only anchor of the laboratory's DNS."""
        return self.state / "trust-anchor.key"

    def prepare(self) -> None:
        """Make the folders, the SSH key and the certificates that are not there yet."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)
        self.cache.mkdir(parents=True, exist_ok=True)
        self.cache.chmod(0o700)
        if not self.identity.exists():
            self.identity.parent.mkdir(exist_ok=True)
            _run(
                *("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "cdso-audit@lab"),
                *("-f", str(self.identity)),
            )
        self._make_certificates()

    def _make_certificates(self) -> None:
        here = self.state / "ca"
        if (here / "complete").exists():
            return
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir()
        (here / "index.txt").touch()
        settings = here / "openssl.cnf"
        settings.write_text(_CA_SETTINGS.format(here=here))
        for name in ("root", "issuer", "server"):
            _run("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout",
                 "-out", str(here / f"{name}.key"))  # fmt: skip
        # 1024 bits: as old as the certificate claims to be
        _run("openssl", "genrsa", "-out", str(here / "expired.key"), "1024")
        _run("openssl", "genrsa", "-out", str(here / "dkim.key"), "2048")
        subjects = {
            "root": "/C=VN/O=CDSO Lab/CN=CDSO Lab Root",
            "issuer": "/C=VN/O=CDSO Lab/CN=CDSO Lab Issuer",
            "server": "/C=VN/O=CDSO Lab/CN=dvc.lab.example",
            "expired": "/C=VN/O=CDSO Lab/CN=lgsp.lab.example",
        }
        for name, subject in subjects.items():
            _run("openssl", "req", "-new", "-sha256", "-config", str(settings), "-subj", subject,
                 "-key", str(here / f"{name}.key"), "-out", str(here / f"{name}.csr"))  # fmt: skip
        sign = ("openssl", "ca", "-batch", "-notext", "-config", str(settings))
        for name, by, words in (
            ("root", "root", ("-selfsign", "-days", "3650", "-extensions", "root")),
            ("issuer", "root", ("-days", "1825", "-extensions", "issuer")),
            ("server", "issuer", ("-days", "180", "-extensions", "server")),
            ("expired", "expired",
             ("-selfsign", "-startdate", "20220101000000Z", "-enddate", "20240101000000Z")),
        ):  # fmt: skip
            authority = () if name == by else ("-cert", str(here / f"{by}.pem"))
            _run(*sign, *words, *authority, "-keyfile", str(here / f"{by}.key"),
                 "-in", str(here / f"{name}.csr"), "-out", str(here / f"{name}.pem"))  # fmt: skip
        chain = (here / "server.pem").read_text() + (here / "issuer.pem").read_text()
        (here / "server-chain.pem").write_text(chain)
        public = _run("openssl", "pkey", "-in", str(here / "dkim.key"), "-pubout")
        (here / "dkim.pub").write_text(re.sub(r"-----[^-]+-----|\s", "", public))
        (here / "complete").touch()


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{argv[0]} failed: {' '.join(argv)}\n{done.stderr}")
    return done.stdout
