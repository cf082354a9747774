"""Hosts out of nmap's XML, tables and Ansible inventories; nothing run, no secret carried over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cdso_audit.errors import ConfigError, ConfigErrors
from cdso_audit.importing import Found, FoundHost, read_hosts, role_of_word
from cdso_audit.importing.ansible import expanded
from cdso_audit.importing.draft import Draft, Names, scalar, systems_of, text
from cdso_audit.inventory import parse_agency
from cdso_audit.yamlfile import parse

DATA = Path(__file__).parent.parent / "data" / "inventory"


def found(name: str) -> Found:
    return read_hosts((DATA / name).read_bytes(), name)


def by_name(name: str) -> dict[str, FoundHost]:
    return {each.name: each for each in found(name).hosts}


def refused(raw: bytes, name: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_hosts(raw, name)
    problem = caught.value
    each = problem.problems if isinstance(problem, ConfigErrors) else (problem,)
    return "\n".join(f"{one.place}: {one.message}" for one in each)


def test_a_real_scan_of_nmap() -> None:
    host = by_name("nmap.xml")["localhost"]

    assert host.host == "127.0.0.1"
    assert host.open_ports == (8099,)
    assert host.urls == ("http://localhost:8099",)


def nmap(*hosts: str) -> bytes:
    return (
        "<?xml version='1.0'?><!DOCTYPE nmaprun><nmaprun>" + "".join(hosts) + "</nmaprun>"
    ).encode()


def test_hosts_that_are_down_are_counted_and_left_out() -> None:
    up = (
        "<host><status state='up'/><address addr='10.0.0.1' addrtype='ipv4'/><ports>"
        "<port protocol='tcp' portid='443'><state state='open'/>"
        "<service name='http' tunnel='ssl'/></port>"
        "<port protocol='udp' portid='53'><state state='open'/></port>"
        "<port protocol='tcp' portid='5432'><state state='filtered'/></port></ports></host>"
    )
    down = "<host><status state='down'/><address addr='10.0.0.2' addrtype='ipv4'/></host>"

    read = read_hosts(nmap(up, down), "n.xml")

    assert [each.host for each in read.hosts] == ["10.0.0.1"]
    assert read.hosts[0].urls == ("https://10.0.0.1",)
    assert read.hosts[0].open_ports == (443,)
    assert read.ignored[0].values == {"count": 1}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "defines entities"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><nmaprun/>', "defines entities"),
        (b"<nmaprun><host>", "ends too early"),
        (b"<html></html>", "not of nmap -oX"),
        (b"<nmaprun></nmaprun>", "names no host"),
    ],
)
def test_xml_that_is_hostile_or_broken(raw: bytes, says: str) -> None:
    assert says in refused(raw, "n.xml")


def test_a_table_of_excel_in_vietnamese() -> None:
    hosts = by_name("hosts-vi.csv")

    assert hosts["dvc-db1"] == FoundHost(
        host="10.1.2.10", name="dvc-db1", system="Cổng dịch vụ công", level=3,
        roles=("database",), user="ops", port=2222,
    )  # fmt: skip
    assert hosts["mail"].roles == ("mail", "dns")


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffhost,name\n10.0.0.1,a\n".encode(),
        "host\tname\n10.0.0.1\ta\n".encode("utf-16"),
        b'sep=;\n"host";"name"\n10.0.0.1;"a"\n',
        b"IP Address|Hostname\n10.0.0.1|a\n",
        "TÊN MÁY CHỦ;ĐỊA CHỈ IP\na;10.0.0.1\n".encode(),
        b"# ours\n10.0.0.1,a\n\n",
        b"host,name,\r\n10.0.0.1,a,\r\n",
    ],
)
def test_tables_of_many_forms(raw: bytes) -> None:
    hosts = read_hosts(raw, "hosts.csv").hosts

    assert [(each.host, each.name) for each in hosts] == [("10.0.0.1", "a")]


def test_every_wrong_line_of_a_table_is_told() -> None:
    raw = b"host,level,port\n10.0.0.1,9,22\nok.example.vn,3,22\na b,,\n10.0.0.2,,0\n"

    told = refused(raw, "h.csv")

    assert [line.split(": ")[0] for line in told.splitlines()] == ["h.csv:2", "h.csv:4", "h.csv:5"]


def test_a_table_without_headings_we_know() -> None:
    assert "no heading of this table" in refused(b"foo,bar\n1,2\n", "h.csv")


def test_ansible_ini_groups_become_systems_and_roles() -> None:
    hosts = by_name("hosts.ini")

    assert hosts["web02.example.vn"] == FoundHost(
        host="web02.example.vn", name="web02.example.vn", system="dvc", roles=("web",),
        user="ops", port=2222,
    )  # fmt: skip
    assert (hosts["db1"].host, hosts["db1"].roles) == ("10.1.2.10", ("database",))
    assert hosts["w1"].windows
    assert (hosts["bastion"].system, hosts["bastion"].host) == ("", "10.0.0.1")


def test_ansible_yaml_is_the_same() -> None:
    hosts = by_name("hosts.yml")

    assert hosts["web1.example.vn"].roles == ("web",)
    assert hosts["web1.example.vn"].port == 2222
    assert {each.user for each in hosts.values()} == {"ops"}
    assert hosts["db1"].system == "dvc"
    assert hosts["w1"].windows
    assert hosts["lone.example.vn"].system == ""


@pytest.mark.parametrize("name", ["hosts-vi.csv", "hosts.ini", "hosts.yml"])
def test_no_secret_is_carried_over(name: str) -> None:
    read = found(name)

    assert read.ignored
    assert "hunter2" not in repr(read)
    assert "VAULT" not in repr(read)


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"$ANSIBLE_VAULT;1.1;AES256\n3361\n", "hosts", "encrypted by ansible-vault"),
        (b"all:\n  hosts:\n    a: {ansible_host: !vault x}\n", "h.yml", "h.yml:3:5"),
        (b"all:\n  hosts:\n    a: {ansible_host: '{{ lookup() }}'}\n", "h.yml", "is a template"),
        (b"[a]\nx ansible_host={{y}}\n", "h.ini", "h.ini:2:1: ansible_host is a template"),
        (b"[a]\nx ansible_port=70000\n", "h.ini", "a port is 1 to 65535"),
        (b"[a]\nx[1:999999999]\n", "h.ini", "this range of hosts"),
        (b"[a]\nx[1:9999].y[1:9999].z[1:9999]\n", "h.ini", "too many hosts"),
        (b"[a]\nx 'open\n", "h.ini", "a quote is opened"),
        (b"[a:what]\nx\n", "h.ini", "a section is"),
        (b"[a]\nx;reboot\n", "h.ini", "neither a host name"),
        (b"all:\n  hosts: {a: !!python/object:os.system x}\n", "h.yml", "a tag"),
        (b"- a\n", "h.yml", "no Ansible inventory"),
        (b"- hosts: all\n  tasks: []\n", "h.yml", "no Ansible inventory"),
        (b"all: {hots: {}}\n", "h.yml", "nothing but hosts, vars and children"),
        (b"", "h.ini", "names no host"),
    ],
)
def test_what_an_inventory_of_ansible_may_not_hold(raw: bytes, name: str, says: str) -> None:
    assert says in refused(raw, name)


def test_groups_that_contain_each_other_end() -> None:
    raw = b"[a:children]\nb\n[b:children]\na\n[b]\nx.example.vn\n"

    assert [each.host for each in read_hosts(raw, "h.ini").hosts] == ["x.example.vn"]


@pytest.mark.parametrize(
    ("pattern", "hosts"),
    [
        ("web[01:03]", ["web01", "web02", "web03"]),
        ("web[8:10]", ["web8", "web9", "web10"]),
        ("web[1:5:2]", ["web1", "web3", "web5"]),
        ("db[a:c]", ["dba", "dbb", "dbc"]),
        ("r[1:2]h[1:2]", ["r1h1", "r1h2", "r2h1", "r2h2"]),
        ("plain", ["plain"]),
    ],
)
def test_ranges(pattern: str, hosts: list[str]) -> None:
    assert list(expanded(pattern)) == hosts


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("web", "web"),
        ("webservers", "web"),
        ("db-01", "database"),
        ("pgsql", "database"),
        ("x", ""),
    ],
)
def test_roles_by_their_words(word: str, role: str) -> None:
    assert role_of_word(word) == role


@pytest.mark.parametrize("name", ["nmap.xml", "hosts-vi.csv", "hosts.ini", "hosts.yml"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_written_is_an_inventory(name: str, lang: str) -> None:
    draft = Draft(id="a", name="Sở {x}: 'y' #z", systems=systems_of(found(name), Names()))

    written = text(draft, "vi" if lang == "vi" else "en")
    agency = parse_agency(written)

    assert agency.agency.name == "Sở {x}: 'y' #z"
    assert {each.host for each in found(name).hosts} == {
        asset.host for system in agency.systems for asset in system.assets if asset.type == "host"
    }
    assert "hunter2" not in written


def test_the_template_is_an_inventory_with_and_without_its_example() -> None:
    written = text(Draft(id="a", name="A"), "vi")
    example = written.replace("systems: []", "systems:")
    example = "\n".join(
        line[1:] if line.startswith("#  ") else line for line in example.splitlines()
    )

    assert parse_agency(written).systems == ()
    assert [len(each.assets) for each in parse_agency(example).systems] == [5]


@given(some.text(max_size=30) | some.integers() | some.booleans())
def test_any_value_written_reads_back(value: object) -> None:
    """Whatever stands in a file of others, it stays a value and never becomes YAML of its own."""
    if isinstance(value, str) and not value.isprintable():
        return
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**17:
        return
    assert parse(f"a: {scalar({'k': value, 'l': [value]})}", "f").data["a"] == {
        "k": value, "l": [value],
    }  # fmt: skip
