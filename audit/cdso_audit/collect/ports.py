"""
Asking a host's TCP ports, through nmap and python-nmap.

python-nmap splits its `hosts` like a shell, so a "host" such as `--script=x` would be an option:
only an IP address that we found ourselves ever reaches it. Connect scan, no host discovery, no
names, no version detection: the gentlest that nmap can do, and no privilege.
"""

import ipaddress
from collections.abc import Callable, Iterable
from datetime import datetime

from cdso_audit.collect.connecting import Deadline, addresses, plain, reason_of
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, GapReason, HostAsset, System

#: What is asked of every host: all well-known ports, and above them those on which remote
#: administration, databases, middleware, proxies, containers and web servers usually listen, by
#: IANA's registry and the products' own manuals. In nmap's own notation.
PORTS = (
    "1-1025,1080,1099,1194,1241,1352,1433-1434,1494,1521-1530,1583,1701,1723,1755,1801,1812,1830,"
    "1883,1900,1935,2000-2010,2049,2082-2087,2095-2096,2121,2181,2222,2301,2375-2381,2483-2484,"
    "2598,2869,3000-3010,3050,3128,3260,3268-3269,3299-3310,3388-3399,3478,3632,3690,4000-4003,"
    "4022,4040,4190,4243,4333,4369,4443-4445,4500,4646,4786,4848,4899,5000-5010,5037,5044,5060-5061,"
    "5100,5190,5222,5269,5357,5432-5434,5500,5555,5601,5631,5666,5671-5672,5800-5803,5900-5910,"
    "5938,5984-5986,6000-6010,6080,6129,6379-6380,6432,6443,6514,6543,6588,6666-6667,7000-7010,"
    "7070-7071,7077,7199,7443,7474,7547,7676-7677,7687,7777-7778,7990,8000-8100,8123,8140,8161,"
    "8172,8180-8181,8200,8222,8243,8291,8300,8333,8383,8400,8443-8449,8472,8500,8530-8531,8545,"
    "8554,8600,8649,8686,8728-8729,8765,8800,8834,8843,8880-8899,8983,9000-9010,9042-9043,9060,"
    "9080-9100,9160,9191,9200-9201,9292,9300,9389,9418,9443-9444,9500,9600,9761,9869,9876,9990-9999,"
    "10000-10010,10050-10051,10080,10243,10250-10257,10443,11211,11371,12345,13306,14265,15432,"
    "15672,16010,16379,16992-16993,17990,18080-18081,18091,19000,19999-20000,20720,22222,23306,"
    "24007,25565,25672,26257,26379,27015,27017-27019,28015,28017,30000,32400,32764,32768-32785,"
    "33060,33306,33389,34572,35357,37777,41795,44818,47001,47808,48080,49152-49170,50000-50010,"
    "50030,50060,50070,50075,51413,54321,55553,60000,60010,61613-61616,62078,63306,64738,65000"
)
#: Seconds that nmap needs to start and to write its answer.
SLACK = 5
#: A firewall that rejects tells so a few times a second only (net.ipv4.icmp_ratelimit). nmap takes
#: its silence in between for a crowded network and slows down to minutes, unless held to a pace:
#: connections a second.
OPTIONS = "-sT -Pn -n -T3 --max-retries 2 --min-rate 1000 --host-timeout"


def port_list(declared: Iterable[int]) -> str:
    """What nmap's `-p` is given: the constant list and what the owner declared."""
    return ",".join([PORTS, *(str(each) for each in sorted(set(declared)))])


def collect(
    probe: Probe, asset: Asset, system: System, *, at: Callable[[], datetime], deadline: float
) -> Observation:
    """Scan one host. Whatever fails is an observation with a gap."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, HostAsset):
        return gap(GapReason.BUG, f"a {asset.type} has no ports of its own")
    if asset.local:
        return gap(
            GapReason.UNREACHABLE,
            "a machine cannot see itself from outside; scan it from another machine",
        )
    end = Deadline.after(deadline)
    try:
        address = ipaddress.ip_address(addresses(asset.host, end)[0])
        ssh = asset.access.ssh
        wanted = (
            *system.declared.ports.get(asset.id, ()),
            *((ssh.port,) if ssh and ssh.port else ()),
        )
        return _scan(probe, asset, address, wanted, at=at, end=end)
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))


def _scan(
    probe: Probe,
    asset: HostAsset,
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    wanted: tuple[int, ...],
    *,
    at: Callable[[], datetime],
    end: Deadline,
) -> Observation:
    import nmap  # noqa: PLC0415 - slow to import

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    try:
        scanner = nmap.PortScanner()
    except nmap.PortScannerError:
        return gap(GapReason.MISSING_TOOL, "nmap is not installed (apt install nmap)")
    seconds = max(1, int(end.left) - SLACK)
    family = " -6" if address.version == 6 else ""  # noqa: PLR2004 - the IP version
    try:
        said = scanner.scan(
            hosts=str(address),
            ports=port_list(wanted),
            arguments=f"{OPTIONS} {seconds}s{family}",
            timeout=end.left,
        )
    except nmap.PortScannerTimeout:
        return gap(GapReason.TIMEOUT, f"nmap was not done within {seconds} s")
    except nmap.PortScannerError as problem:
        return gap(GapReason.UNPARSABLE, plain(problem))
    notes = said.get("nmap", {}).get("scaninfo", {})
    errors = "".join([*notes.get("warning", ()), *notes.get("error", ())])
    output = scanner.get_nmap_last_output()
    raw = output.encode() if isinstance(output, str) else bytes(output)
    if len(raw) > probe.cap:
        return gap(GapReason.TOO_LARGE, f"more than {probe.cap} bytes")
    if b'timedout="true"' in raw:
        return gap(GapReason.TIMEOUT, f"nmap gave the host up after {seconds} s")
    return Observation(
        probe=probe.id,
        asset=asset.id,
        exit_code=0,
        at=at(),
        output=raw,
        errors=errors.encode()[:4096],
    )
