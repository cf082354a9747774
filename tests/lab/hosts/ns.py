"""ns: names, time and the log store of the laboratory; its zone dvc is good, its zone lgsp bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.hosts.plain import Host
from tests.lab.site import ADDRESSES, NETWORK, RESOLVER

if TYPE_CHECKING:
    from tests.lab.roots import Root
    from tests.lab.site import Site

NS, WEB, APP = ADDRESSES["ns"], ADDRESSES["dvc-web"], ADDRESSES["lgsp-app"]
_SOA: Final = (
    "@ 300 IN SOA ns.lab.example. hostmaster.lab.example. 2026010101 3600 900 604800 300\n"
)
_PARENT: Final = f"""{_SOA}@ 300 IN NS ns.lab.example.
ns 300 IN A {NS}
dvc 300 IN NS ns.lab.example.
lgsp 300 IN NS ns.lab.example.
"""
_LGSP: Final = f"""{_SOA}@ 300 IN NS ns.lab.example.
@ 300 IN A {APP}
@ 300 IN MX 10 mail
@ 300 IN TXT "some-site-verification=0123456789"
mail 300 IN A {APP}
"""
_KNOT: Final = f"""server:
    listen: {NS}@53
    user: knot:knot
    rundir: /run/knot
log:
  - target: syslog
    any: warning
database:
    storage: /var/lib/knot
policy:
  - id: lab
    manual: on
    single-type-signing: on
    nsec3: off
template:
  - id: default
    storage: /var/lib/knot
zone:
  - domain: lab.example
    file: lab.example.zone
    dnssec-signing: on
    dnssec-policy: lab
    zonefile-sync: -1
    journal-content: none
  - domain: dvc.lab.example
    file: dvc.lab.example.zone
    dnssec-signing: on
    dnssec-policy: lab
    zonefile-sync: -1
    journal-content: none
  - domain: lgsp.lab.example
    file: lgsp.lab.example.zone
"""
_REVERSE: Final = "".join(
    f'    local-data-ptr: "{address} {name}.lab.example"\n' for name, address in ADDRESSES.items()
)
# The machine has no way out: without the static root every other name would wait for a timeout.
_UNBOUND: Final = f"""server:
    interface: {RESOLVER}
    interface: 127.0.0.1
    access-control: {NETWORK} allow
    trust-anchor-file: /etc/unbound/lab.example.key
    local-zone: "." static
    local-zone: "lab.example." transparent
    local-zone: "77.18.198.in-addr.arpa." static
{_REVERSE}    do-not-query-localhost: no
    num-threads: 1
    cache-max-ttl: 60
remote-control:
    control-enable: no
stub-zone:
    name: lab.example
    stub-addr: {NS}
"""
CHRONY_UNIT: Final = "[Unit]\nConditionCapability=\n[Service]\nProtectClock=no\n"
"""A container may not set the clock; chronyd -x follows time without setting it."""


def settings(root: Root, site: Site) -> None:
    """Zones signed with a chain from lab.example, a resolver that proves it, time, log store."""
    dkim = (site.state / "ca" / "dkim.pub").read_text()
    halves = f'"v=DKIM1; k=rsa; p={dkim[:200]}" "{dkim[200:]}"'
    zone = f"""{_SOA}@ 300 IN NS ns.lab.example.
@ 300 IN A {WEB}
www 300 IN A {WEB}
@ 300 IN MX 10 mail
mail 300 IN A {WEB}
@ 300 IN TXT "v=spf1 mx ip4:{WEB} -all"
@ 300 IN CAA 0 issue "ca.lab.example"
@ 300 IN CAA 0 iodef "mailto:security@dvc.lab.example"
_dmarc 300 IN TXT "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@dvc.lab.example"
lab2026._domainkey 300 IN TXT {halves}
_mta-sts 300 IN TXT "v=STSv1; id=20260101000000"
_smtp._tls 300 IN TXT "v=TLSRPTv1; rua=mailto:tls@dvc.lab.example"
"""
    root.write("/etc/knot/knot.conf", _KNOT, 0o640)
    root.write("/var/lib/knot/lab.example.zone", _PARENT)
    root.write("/var/lib/knot/dvc.lab.example.zone", zone)
    root.write("/var/lib/knot/lgsp.lab.example.zone", _LGSP)
    root.write("/etc/unbound/unbound.conf", _UNBOUND)
    root.write("/etc/default/unbound", "ROOT_TRUST_ANCHOR_UPDATE=false\n")
    root.write(
        "/etc/chrony/chrony.conf",
        f"local stratum 8\nallow {NETWORK}\ndriftfile /var/lib/chrony/chrony.drift\n"
        "bindaddress 0.0.0.0\n",
    )
    root.write("/etc/default/chrony", 'DAEMON_OPTS="-x -F 1"\n')
    root.write("/etc/systemd/system/chrony.service.d/lab.conf", CHRONY_UNIT)
    root.write(
        "/etc/rsyslog.d/10-store.conf",
        'module(load="imtcp")\ninput(type="imtcp" port="514" ruleset="store")\n'
        'template(name="byhost" type="string" string="/var/log/remote/%HOSTNAME%.log")\n'
        'ruleset(name="store") { action(type="omfile" dynaFile="byhost") }\n',
    )
    root.sh(
        r"""
        for zone in lab.example dvc.lab.example; do
            keymgr -c /etc/knot/knot.conf $zone generate algorithm=13 ksk=yes zsk=yes
        done
        keymgr -c /etc/knot/knot.conf dvc.lab.example ds | sed 's/^dvc.lab.example. /dvc 300 IN /' \
            >>/var/lib/knot/lab.example.zone
        keymgr -c /etc/knot/knot.conf lab.example dnskey >/etc/unbound/lab.example.key
        chown -R knot:knot /var/lib/knot
        chown root:knot /etc/knot/knot.conf
        chmod 0644 /etc/unbound/lab.example.key
        sed -i '/^Subsystem/d' /etc/ssh/sshd_config
        printf 'PermitRootLogin no\nPasswordAuthentication no\nX11Forwarding no\n' \
            >/etc/ssh/sshd_config.d/10-site.conf
        for service in dns ntp ssh; do firewall-offline-cmd -q --add-service=$service || true; done
        firewall-offline-cmd -q --add-port=514/tcp
        install -d -m 750 /var/log/remote
        """
    )


HOST: Final = Host(
    id="ns",
    release=12,
    packages=("knot", "unbound", "chrony", "rsyslog", "firewalld", "nftables", "bind9-dnsutils"),
    settings=settings,
)
