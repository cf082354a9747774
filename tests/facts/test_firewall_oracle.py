"""The kernel is the oracle: what the reader calls open, a stranger really reaches, and no more."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import Final

import pytest
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.facts.firewall import (
    IP6TABLES,
    IP6TABLES_LEGACY,
    IPTABLES,
    IPTABLES_LEGACY,
    NETWORK,
    NFT,
    InboundFilter,
    InboundFilterIpv6,
    InterfaceView,
)
from cdso_audit.facts.reading import Observation, Probe, snapshot

NEEDED: Final = ("nft", "iptables-save", "iptables-legacy", "ip", "nsenter", "unshare")
pytestmark = [
    pytest.mark.daemon,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for network namespaces"),
    pytest.mark.skipif(
        any(shutil.which(each) is None for each in NEEDED),
        reason="needs apt packages nftables, iptables, iproute2, util-linux",
    ),
]

PORTS: Final = (22, 25, 53, 80, 443, 2222, 8005, 9999, 40000)
STRANGER: Final = {4: "203.0.113.7", 6: "2001:db8:ffff::7"}
ADDRESS: Final = {4: "198.18.90.1", 6: "2001:db8:90::1"}
#: Neighbours are told, not asked for, since many rule sets drop the asking.
MACS: Final = ("02:00:00:00:00:01", "02:00:00:00:00:02")
#: Long enough for a namespace on this very machine, short enough for some hundred dropped packets.
PATIENCE: Final = 0.4

SERVER: Final = """
import select, socket, sys
ports = [int(each) for each in sys.argv[1:]]
tcp, udp = [], []
for port in ports:
    one = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    tcp.append(one)
    for address in ("198.18.90.1", "2001:db8:90::1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        two = socket.socket(family, socket.SOCK_DGRAM)
        two.bind((address, port))
        udp.append(two)
print("ready", flush=True)
while True:
    for each in select.select(tcp + udp, [], [])[0]:
        if each in tcp:
            each.accept()[0].close()
        else:
            data, peer = each.recvfrom(64)
            try:
                each.sendto(data, peer)
            except OSError:
                pass
"""
STRANGER_SCRIPT: Final = """
import ast, contextlib, socket, sys, threading
ports, stranger, address, patience = ast.literal_eval(sys.argv[1])
answered = []
def one(family, protocol, port):
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, kind) as mine:
        mine.settimeout(patience)
        mine.bind((stranger[family], 0))
        with contextlib.suppress(OSError):
            mine.connect((address[family], port))
            if protocol == "udp":
                mine.send(b"?")
                mine.recv(8)
            answered.append(f"{family} {protocol} {port}")
threads = [threading.Thread(target=one, args=(family, protocol, port))
           for family in (4, 6) for protocol in ("tcp", "udp") for port in ports]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(*answered, sep="\\n")
"""
UFW_LIKE: Final = """
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-input - [0:0]
:ufw-user-input - [0:0]
:ufw-after-input - [0:0]
:ufw-skip-to-policy-input - [0:0]
:ufw-not-local - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -j ufw-after-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-before-input -j ufw-user-input
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -j DROP
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
-A ufw-user-input -p tcp -m multiport --dports 80,443 -j ACCEPT
-A ufw-after-input -p udp -m udp --dport 137 -j ufw-skip-to-policy-input
-A ufw-after-input -m addrtype --dst-type BROADCAST -j ufw-skip-to-policy-input
-A ufw-skip-to-policy-input -j DROP
COMMIT
"""
RULE_SETS: Final = {
    "nothing": "true",
    "nft: default drop, inet": """
        nft -f - <<'N'
        table inet filter {
          set ports { type inet_service; flags interval; elements = { 80, 443, 8000-8010
        }
        }
          chain input { type filter hook input priority 0; policy drop;
            ct state vmap { established : accept, related : accept, invalid : drop }
            iif lo accept
            meta l4proto { icmp, ipv6-icmp } accept
            ip saddr 10.0.0.0/8 tcp dport 9999 accept
            tcp dport @ports accept
            tcp dport vmap { 25 : jump mail, 2222 : accept }
            meta l4proto { tcp, udp } th dport 53 accept
          }
          chain mail { ip saddr 192.0.2.0/24 accept;
        }
        }
        N""",
    "nft: accept policy that ends in a reject": """
        nft -f - <<'N'
        table inet f { chain i { type filter hook input priority 0; policy accept;
          ct state established,related accept
          iifname "lo" accept
          icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
          tcp dport 22 ct state new limit rate 50/second accept
          log prefix "no " counter
          reject with icmpx type admin-prohibited
        }
        }
        N""",
    "nft: IPv4 only": """
        nft -f - <<'N'
        table ip f { chain i { type filter hook input priority 0; policy drop;
          tcp dport 22 accept;
        }
        }
        N""",
    "nft: only names what it drops": """
        nft -f - <<'N'
        table inet f { chain i { type filter hook input priority 0; policy accept;
          tcp dport { 25, 9999 } drop; udp dport != 53 drop;
        }
        }
        N""",
    "nft: two chains, the later one drops": """
        nft -f - <<'N'
        table inet a { chain i { type filter hook input priority -10; policy accept;
          tcp dport 22 accept; accept;
        }
        }
        table inet b { chain i { type filter hook input priority 10; policy accept;
          ct state established accept; meta l4proto ipv6-icmp accept;
          tcp dport { 22, 80 } accept; drop;
        }
        }
        N""",
    "nft: drops before routing": """
        nft -f - <<'N'
        table inet f { chain p { type filter hook prerouting priority -300; policy accept;
          meta l4proto ipv6-icmp accept; iifname "lo" accept;
          tcp dport >= 1024 drop; udp dport 1-60000 drop;
        }
        }
        N""",
    "nft: return, goto and marks": """
        nft -f - <<'N'
        table inet f {
          chain late { tcp dport 80 return; tcp dport 443 accept; }
          chain i { type filter hook input priority 0; policy drop;
            meta l4proto ipv6-icmp accept
            meta mark and 0x4000 == 0x4000 accept
            tcp flags & (fin|syn|rst|ack) == syn tcp dport 2222 accept
            jump late
            tcp dport 80 accept
            udp dport 53 goto late
            udp dport 22 accept
        }
        }
        N""",
    "nft: fail2ban and nothing else": """
        nft -f - <<'N'
        table inet f2b-table {
          set addr-set-sshd { type ipv4_addr; elements = { 192.0.2.5
        }
        }
          chain f2b-chain { type filter hook input priority -1; policy accept;
            tcp dport { 22 } ip saddr @addr-set-sshd reject with icmp type port-unreachable
        }
        }
        N""",
    "nft: concatenations and interfaces": """
        nft -f - <<'N'
        table inet f { chain i { type filter hook input priority 0; policy drop;
          meta l4proto ipv6-icmp accept
          iifname . tcp dport { "up0" . 22, "down0" . 80 } accept
          meta l4proto . th dport { udp . 53, tcp . 443 } accept
          iifname "up*" tcp dport 2222 accept
          iifname != "up0" accept
        }
        }
        N""",
    "nft: the sender may choose his source port": """
        nft -f - <<'N'
        table inet f { chain i { type filter hook input priority 0; policy drop;
          meta l4proto ipv6-icmp accept
          tcp sport 1024-65535 accept
        }
        }
        N""",
    "iptables-nft: like ufw": f"""
        iptables-nft-restore <<'N'
{UFW_LIKE}
N
        ip6tables-nft -P INPUT DROP; ip6tables-nft -A INPUT -p icmpv6 -j ACCEPT
        ip6tables-nft -A INPUT -p tcp --dport 443 -j ACCEPT""",
    "iptables-legacy: like ufw": f"""
        iptables-legacy-restore <<'N'
{UFW_LIKE}
N""",
    "iptables: loopback only": """
        iptables-nft -A INPUT -i lo -j ACCEPT
        iptables-nft -A INPUT ! -i lo -s 127.0.0.0/8 -j DROP""",
    "iptables: a chain of fail2ban": """
        iptables-nft -N f2b-sshd; iptables-nft -A f2b-sshd -s 192.0.2.9/32 -j REJECT
        iptables-nft -A f2b-sshd -j RETURN
        iptables-nft -I INPUT -p tcp -m multiport --dports 22 -j f2b-sshd""",
    "iptables: Kubernetes marks": """
        iptables-nft -N KUBE-FIREWALL; iptables-nft -A INPUT -j KUBE-FIREWALL
        iptables-nft -A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP
        iptables-nft -A INPUT -m conntrack --ctstate NEW -j ACCEPT""",
    "iptables: limits, recent, flags, ranges": """
        iptables-nft -A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 9 \
            --name s -j DROP
        iptables-nft -A INPUT -p tcp --syn --dport 22 -m limit --limit 90/sec -j ACCEPT
        iptables-nft -A INPUT -p tcp ! --syn -j DROP
        iptables-nft -A INPUT -p tcp --dport 8000:9000 -m hashlimit --hashlimit-above 500/sec \
            --hashlimit-mode srcip --hashlimit-name h -j DROP
        iptables-nft -A INPUT -p tcp --dport 8000:9000 -j ACCEPT
        iptables-nft -A INPUT -m pkttype --pkt-type broadcast -j ACCEPT
        iptables-nft -A INPUT -p udp ! --dport 53 -j DROP
        iptables-nft -A INPUT -p tcp -j REJECT --reject-with tcp-reset""",
    "legacy and nft together": """
        iptables-legacy -A INPUT -p tcp --dport 9999 -j DROP
        iptables-nft -A INPUT -p tcp --dport 25 -j DROP
        nft -f - <<'N'
        table inet f { chain i { type filter hook input priority 5; policy accept;
          tcp dport 40000 drop;
        }
        }
        N""",
}
FLUSH: Final = """
nft flush ruleset
for each in iptables-legacy ip6tables-legacy; do
  $each -P INPUT ACCEPT; $each -F; $each -X
done
"""


def inside(namespace: int, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    enter = ["nsenter", "-t", str(namespace), "-n", "-m", *command]
    return subprocess.run(enter, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A namespace with services on PORTS, its default route leading to this process' stranger."""
    command = ["unshare", "-n", "-m", "sh", "-c", 'mount -t sysfs s /sys; read go; exec "$@"', "sh"]
    process = subprocess.Popen(
        [*command, sys.executable, "-c", SERVER, *map(str, PORTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    client = subprocess.Popen(["unshare", "-n", "sleep", "600"])
    time.sleep(0.5)
    here, there = process.pid, client.pid
    for each in (here, there):  # an address that waits for duplicates cannot ask for its neighbours
        quick = (
            "for each in all default; do echo 0 > /proc/sys/net/ipv6/conf/$each/accept_dad; done"
        )
        assert inside(each, "sh", "-ec", quick).returncode == 0
    for line in dedent(f"""
        ip link add up0 address {MACS[0]} type veth peer name down0 address {MACS[1]} netns {there}
        ip addr add {ADDRESS[4]}/24 dev up0
        ip addr add {ADDRESS[6]}/64 dev up0 nodad
        ip link set up0 up
        ip link set lo up
        ip neigh replace 198.18.90.2 lladdr {MACS[1]} dev up0
        ip neigh replace 2001:db8:90::2 lladdr {MACS[1]} dev up0
    """).split("\n"):
        if line:
            assert inside(here, *line.split()).returncode == 0, line
    for line in dedent(f"""
        ip addr add 198.18.90.2/24 dev down0
        ip addr add 2001:db8:90::2/64 dev down0 nodad
        ip link set down0 up
        ip link set lo up
        ip neigh replace {ADDRESS[4]} lladdr {MACS[0]} dev down0
        ip neigh replace {ADDRESS[6]} lladdr {MACS[0]} dev down0
        ip addr add {STRANGER[4]}/32 dev lo
        ip addr add {STRANGER[6]}/128 dev lo nodad
    """).split("\n"):
        if line:
            subprocess.run(["nsenter", "-t", str(there), "-n", *line.split()], check=True)
    for option, gateway in (("-4", "198.18.90.2"), ("-6", "2001:db8:90::2")):
        done = inside(here, "ip", option, "route", "add", "default", "via", gateway)
        assert done.returncode == 0, done.stderr
    assert process.stdin
    assert process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    CLIENT.append(there)
    yield here
    for one in (process, client):
        one.send_signal(signal.SIGKILL)
        one.wait()
    process.stdin.close()
    process.stdout.close()


CLIENT: Final[list[int]] = []


def reached() -> set[str]:
    """What the stranger reaches, tried all at once from his namespace, as `4 tcp 22`."""
    command = [sys.executable, "-c", STRANGER_SCRIPT, repr((PORTS, STRANGER, ADDRESS, PATIENCE))]
    done = subprocess.run(
        ["nsenter", "-t", str(CLIENT[0]), "-n", *command],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines())


def answer(server: int, probe: Probe) -> Answer:
    """What one of the product's own probes says in the namespace."""
    run = ("sh", "-c", probe.run) if isinstance(probe.run, str) else probe.run
    done = inside(server, *run)
    return Answer(done.stdout, done.returncode, done.stderr)


def view_of(
    observations: Sequence[Observation], fact: type[InboundFilter | InboundFilterIpv6]
) -> InterfaceView:
    found = snapshot(HOST, SYSTEM, observations, [fact], at=AT)
    assert not found.gaps, found.gaps
    [filters] = found.facts
    assert isinstance(filters, InboundFilter | InboundFilterIpv6)
    [view] = filters.views
    assert view.interface == "up0"
    assert view.is_uplink
    return view


def seen(server: int, family: int) -> InterfaceView:
    """What the product's own probes and reader make of the namespace."""
    probes = [NETWORK, NFT, IPTABLES, IPTABLES_LEGACY, IP6TABLES, IP6TABLES_LEGACY]
    observations = [observation(each, answer(server, each)) for each in probes]
    return view_of(observations, InboundFilter if family == 4 else InboundFilterIpv6)


@pytest.mark.parametrize("name", RULE_SETS)
def test_open_ports_are_those_that_a_stranger_reaches(server: int, name: str) -> None:
    inside(server, "sh", "-c", FLUSH)
    loaded = inside(server, "sh", "-ec", dedent(RULE_SETS[name]))
    assert loaded.returncode == 0, loaded.stderr

    said = set()
    for family in (4, 6):
        view = seen(server, family)
        assert not view.unclear
        for protocol, ranges in (("tcp", view.tcp), ("udp", view.udp)):
            said |= {
                f"{family} {protocol} {port}"
                for port in PORTS
                if any(low <= port <= high for low, high in ranges)
            }

    assert said == reached()


# ---------------------------------------------------------------------------------------------
# Generated rule sets: counters behind every chain tell which first packets came through
# ---------------------------------------------------------------------------------------------

GENERATED: Final = 130
#: Sends one first packet to each port, of both protocols and both families, from a given port.
SENDER: Final = """
import ast, socket, sys
ports, stranger, address = ast.literal_eval(sys.argv[1])
for line in sys.stdin:
    own = int(line)
    held = []
    for family in (4, 6):
        for protocol in ("tcp", "udp"):
            for port in ports:
                kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
                mine = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, kind)
                mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                mine.setblocking(False)
                mine.bind((stranger[family], own))
                held.append(mine)
                try:
                    mine.connect((address[family], port))
                    if protocol == "udp":
                        mine.send(b"?")
                except OSError:
                    pass
    for each in held:
        each.close()
    print("sent", flush=True)
"""


def counters(own: int) -> str:
    """Count what comes from that port, before anything else, and what is left after all else."""
    head = "chain {} {{ type filter hook {} priority {}; policy accept;\n"
    came = f'iifname "up0" meta l4proto {{ tcp, udp }} th sport {own} counter\n}}\n'
    left = [
        f"meta nfproto {family} {protocol} sport {own} {protocol} dport {port} counter comment"
        f' "{number} {protocol} {port}"\n'
        for number, family in ((4, "ipv4"), (6, "ipv6"))
        for protocol in ("tcp", "udp")
        for port in PORTS
    ]
    chains = head.format("came", "prerouting", -2000) + came + head.format("left", "input", 2000)
    return f"table inet oracle {{\n{chains}{''.join(left)}}}\n}}\n"


ADDRESSES: Final = {4: ("10.0.0.0/8", "192.0.2.7", "0.0.0.0/0"), 6: ("2001:db8:1::/48", "::/0")}


def port_match(dice: random.Random) -> str:
    some = dice.sample(PORTS, 3)
    low, high = sorted(dice.sample(range(1, 50000), 2))
    what = dice.choice((
        str(some[0]), f"!= {some[0]}", f"{low}-{high}", f"{{ {some[0]}, {some[1]} }}",
        f"{{ {some[0]}, {low}-{high} }}", f"!= {{ {some[0]}, {some[2]} }}", "@ports", "!= @ports",
        f"> {low}", f"<= {high}",
    ))  # fmt: skip
    protocol = dice.choice(("tcp", "udp", "meta l4proto { tcp, udp } th"))
    return f"{protocol} dport {what}"


def other_match(dice: random.Random, families: Sequence[int]) -> str:
    family = dice.choice(families)
    address = ("" if dice.random() < 0.6 else "!= ") + dice.choice(ADDRESSES[family])
    kinds = [
        f"{'ip' if family == 4 else 'ip6'} saddr {address}",
        dice.choice(("ct state new", "ct state established,related", "ct state invalid",
                     "ct state != new", "ct state { new, untracked }")),
        dice.choice(('iifname "up0"', 'iifname "lo"', 'iifname != "up0"', 'iifname "up*"',
                     'iifname { "lo", "wg0" }')),
        dice.choice(("meta l4proto tcp", "meta l4proto { udp, icmp }", "meta l4proto != tcp")),
        dice.choice(("tcp flags & (fin|syn|rst|ack) == syn", "tcp flags & (syn|ack) == ack")),
        dice.choice(("meta mark 0x0", "meta mark and 0xff == 0x1", "meta mark 0x7")),
        dice.choice(("fib daddr type local", "fib daddr type { broadcast, multicast }")),
        dice.choice(("limit rate 500/second burst 999 packets",
                     "limit rate over 500/second burst 999 packets")),
        "meta pkttype host", "icmp type echo-request" if 4 in families else "meta mark 0x0",
    ]  # fmt: skip
    if len(families) == 2:
        kinds.append(dice.choice(("meta nfproto ipv4", "meta nfproto ipv6")))
    return dice.choice(kinds)


def rule(dice: random.Random, families: Sequence[int], below: Sequence[str]) -> str:
    matches = [port_match(dice)] if dice.random() < 0.65 else []
    if dice.random() < 0.5 or not matches:
        other = other_match(dice, families)
        if not matches or not other.startswith(("tcp flags", "icmp", "meta l4proto")):
            matches.append(other)  # nft refuses two protocols in one rule
    if dice.random() < 0.08:
        low = dice.choice(PORTS)
        to = dice.choice(["accept", "drop", *(f"jump {each}" for each in below)])
        return f"tcp dport vmap {{ {low} : {to}, 7000-7009 : drop }}"
    if dice.random() < 0.06:
        return f"meta l4proto . th dport {{ tcp . {dice.choice(PORTS)}, udp . 53 }} accept"
    if dice.random() < 0.05:
        return f"{' '.join(matches)} meta mark set 0x{dice.choice('017')}"
    words = ["accept", "accept", "drop", "drop", "reject", "return", "counter", "continue"]
    words += [f"{word} {each}" for each in below for word in ("jump", "goto")]
    counter = dice.choice(("", "", "counter "))
    return f"{' '.join(matches)} {counter}{dice.choice(words)}"


def generated(dice: random.Random) -> str:
    """A whole rule set: one or two tables, base chains at several hooks, chains that they call."""
    text = []
    for number in range(dice.choice((1, 1, 2))):
        name, families = dice.choice(
            (("inet", (4, 6)), ("inet", (4, 6)), ("ip", (4,)), ("ip6", (6,)))
        )
        members = ", ".join(map(str, dice.sample(PORTS, 2)))
        lines = [
            f"set ports {{ type inet_service; flags interval; elements = {{ {members}, 6000-6063 }}"
        ]
        lines.append("}")
        calls: list[str] = []
        for at in range(dice.randint(0, 2)):
            rules = [rule(dice, families, calls) for _ in range(dice.randint(1, 3))]
            lines += [f"chain sub{at} {{", *rules, "}"]
            calls.append(f"sub{at}")
        for at in range(dice.choice((1, 1, 2))):
            hook = dice.choice(("input", "input", "input", "prerouting"))
            policy = "accept" if hook == "prerouting" else dice.choice(("accept", "drop"))
            first = [] if dice.random() < 0.4 else ["ct state established,related accept"]
            rules = first + [rule(dice, families, calls) for _ in range(dice.randint(1, 5))]
            if hook == "prerouting":
                rules = [each for each in rules if "reject" not in each]
            priority = dice.randint(-9, 9)
            lines.append(f"chain base{at} {{ type filter hook {hook} priority {priority};")
            lines.append(f"policy {policy};")
            lines += [*rules, "}"]
        text.append(f"table {name} t{number} {{\n" + "\n".join(lines) + "\n}\n")
    return "".join(text)


def counted(server: int, sender: "subprocess.Popen[str]", own: int) -> set[str]:
    """The first packets that came through, as `4 tcp 22`."""
    assert sender.stdin
    assert sender.stdout
    sender.stdin.write(f"{own}\n")
    sender.stdin.flush()
    assert sender.stdout.readline() == "sent\n"
    for _ in range(100):
        told = json.loads(inside(server, "nft", "-j", "list", "table", "inet", "oracle").stdout)
        rules = [each["rule"] for each in told["nftables"] if "rule" in each]
        count = {
            each.get("comment", ""): part["counter"]["packets"]
            for each in rules for part in each["expr"] if "counter" in part
        }  # fmt: skip
        if count[""] >= 4 * len(PORTS):
            return {name for name, packets in count.items() if name and packets}
        time.sleep(0.01)
    raise AssertionError("not every packet arrived")


def ports_of(view: InterfaceView, family: int) -> set[str]:
    return {
        f"{family} {protocol} {port}"
        for protocol, ranges in (("tcp", view.tcp), ("udp", view.udp))
        for port in PORTS
        if any(low <= port <= high for low, high in ranges)
    }


@pytest.mark.parametrize("seed", range(3))
def test_generated_rule_sets_let_in_what_the_reader_says(server: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same rule sets each time
    given = repr((PORTS, STRANGER, ADDRESS))
    command = ["nsenter", "-t", str(CLIENT[0]), "-n", sys.executable, "-c", SENDER, given]
    inside(server, "sh", "-c", FLUSH)
    asked = [NETWORK, IPTABLES, IPTABLES_LEGACY, IP6TABLES, IP6TABLES_LEGACY]
    fixed = [observation(each, answer(server, each)) for each in asked]
    clear = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as own:
        for number in range(GENERATED):
            for _ in range(20):  # some contradict themselves, and nft says so
                text = generated(dice)
                loaded = inside(server, "nft", "-f", "-", text="flush ruleset\n" + text)
                if loaded.returncode == 0:
                    break
            assert loaded.returncode == 0, loaded.stderr + text
            seen_now = [*fixed, observation(NFT, answer(server, NFT))]
            port = 20000 + GENERATED * seed + number
            inside(server, "nft", "-f", "-", text=counters(port))
            real = counted(server, own, port)
            for family, kind in ((4, InboundFilter), (6, InboundFilterIpv6)):
                view = view_of(seen_now, kind)
                came = {each for each in real if each.startswith(str(family))}
                if view.unclear:
                    assert ports_of(view, family) <= came, text
                else:
                    assert ports_of(view, family) == came, text
                    clear += 1
        assert own.stdin
        own.stdin.close()
    assert clear > GENERATED


def test_of_a_mark_that_some_rule_sets_nothing_is_said(server: int) -> None:
    inside(server, "sh", "-c", FLUSH)
    rules = """table inet f {
        chain first { type filter hook prerouting priority -150; meta mark set 0x7; }
        chain i { type filter hook input priority 0; policy drop; meta mark 0x7 accept; }
    }"""
    assert inside(server, "nft", "-f", "-", text=rules).returncode == 0

    assert seen(server, 4).unclear
    assert not ports_of(seen(server, 4), 4)
