"""agency.yaml: what it means, and every mistake told at once, with its line and without secrets."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from cdso_audit import address
from cdso_audit.duration import parse_duration, written
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError
from cdso_audit.inventory import agency_schema, identifier, parse_agency, this_machine
from cdso_audit.language import translated
from cdso_audit.model import Agency, HostAsset
from cdso_audit.profiles import PROFILES

DATA = Path(__file__).parent.parent / "data" / "inventory"
HEAD = "apiVersion: cdso/agency-v1\nagency: {id: a}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_agency(text, "f")
    found = caught.value
    each = found.problems if isinstance(found, ConfigErrors) else (found,)
    return [f"{one.place}: {one.message} -> {one.hint}" for one in each]


def system(body: str, more: str = "") -> str:
    return f"{HEAD}systems:\n  - {{id: s, level: 3, {body}}}\n{more}"


def asset(body: str, scope: str = "") -> str:
    return system(f"assets: [{{id: x, {body}}}]{scope}")


def test_the_contract_is_read() -> None:
    agency = parse_agency((DATA / "agency.yaml").read_bytes(), "agency.yaml")
    dvc = agency.systems[0]

    assert [each.type for each in dvc.assets] == [
        "host", "endpoint", "domain", "device", "database",
    ]  # fmt: skip
    assert dvc.approved is not None
    assert dvc.approved.on == date(2025, 3, 10)
    assert dvc.approved.max_outage == timedelta(hours=24)
    assert dvc.declared.ports == {"dvc-web": (80, 443)}
    assert agency.defaults.ssh.sudo is True
    assert Agency.model_validate_json(agency.model_dump_json()) == agency


def test_an_sbom_stands_where_its_software_can_run() -> None:
    assets = (
        "assets: [{id: web, url: 'https://w.example.vn'}, {id: app, host: h.example.vn}, "
        "{id: fw, device: cisco-ios}, {id: db, database: postgresql}]"
    )

    def told(*rows: str) -> str:
        return system(f"{assets}, declared: {{sboms: [{', '.join(rows)}]}}")

    agency = parse_agency(
        told("{application: a, on: web, file: a.json}", "{application: b, on: app}")
    )
    assert [each.file for each in agency.systems[0].declared.sboms] == ["a.json", ""]
    found = problems(told("{application: a, on: fw}", "{application: a, on: dbx}"))
    assert len(found) == 3
    assert "an SBOM is declared on fw, which is no host or URL" in found[0]
    assert "known are: web, app" in found[0]
    assert "the application a stands twice" in "".join(found)


def test_a_level_that_is_not_said_comes_from_the_kind_and_is_told() -> None:
    agency = parse_agency((DATA / "agency.yaml").read_bytes(), "agency.yaml")

    assert agency.systems[0].level == 3
    assert [each.values["system"] for each in agency.notices] == ["dvc"]
    assert "Điều 13" in str(agency.notices[0].values["because"])


def test_a_kind_without_a_usual_level_must_say_it() -> None:
    found = problems(f"{HEAD}systems: [{{id: s}}]")

    assert "the key level is missing" in found[0]


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    found = problems((DATA / "mistakes.yaml").read_text(encoding="utf-8"))
    told = "\n".join(found)
    wanted = (DATA / "mistakes.txt").read_text(encoding="utf-8")

    assert told + "\n" == wanted
    assert "hunter2" not in told


def test_no_message_repeats_a_secret() -> None:
    """Wherever a secret is put by mistake, the message names the place and not the secret."""
    for body in (
        "password: hunter2", "password: [hunter2]", "password: {ref: hunter2}",
        "password: {value: hunter2}", "password: {ref: 'env:hunter2 x'}", "passwrod: hunter2",
        "identity: [hunter2]", "port: hunter2", "sudo: hunter2",
    ):  # fmt: skip
        text = f"{HEAD}defaults: {{ssh: {{{body}}}}}\n"
        assert "hunter2" not in "\n".join(problems(text)), body


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("agency: {id: a}\n", "agency", "the key apiVersion is missing"),
        ("[1]", "[1]", "this is no inventory"),
        (HEAD + "sistems: []", "sistems", "did you mean systems?"),
        (system("approved: {max_outage: 24}"), "24", "a bare number does not say its unit"),
        (system("approved: {max_outage: soon}"), "soon", "no span of time"),
        (system("approved: {on: 20250310}"), "20250310", "write the day as 2026-03-10"),
        (system("level: 6"), "level: 6", "the key level stands twice"),
        (HEAD + "systems: [{id: s, level: 6}]", "6", "must be 5 or less"),
        (HEAD + "systems: [{id: s, level: true}]", "true", "must be a whole number"),
        (HEAD + "systems: [{id: S, level: 3}]", "S,", "Small letters"),
        (system("kind: mial"), "mial", "did you mean mail?"),
        (system("depends_on: [t]"), "t]", "there is no system t"),
        (system("depends_on: [s]"), "s]", "cannot depend on itself"),
        (system("declared: {ports: {y: [1]}}"), "y: [1]", "no asset of this system"),
        (
            asset("host: h") + "  - {id: t, level: 1, assets: [{id: x, host: g}]}",
            "x, host: g",
            "the asset id x stands twice",
        ),
        (system("", "  - {id: s, level: 2}\n"), "s, level: 2", "the system id s stands twice"),
        (system("scope: [10.0.0.1/24]"), "10.0.0.1/24", "write 10.0.0.0/24"),
        (system("scope: [10.0.0.300]"), "10.0.0.300", "this is no network"),
        (asset("host: 10.0.0.1", ", scope: [10.0.1.0/24]"), "10.0.0.1", "outside the scope"),
        (
            asset("url: 'https://10.0.0.1:8443/x'", ", scope: [10.0.1.0/24]"),
            "'https://10.0.0.1:8443/x'",
            "10.0.0.1 lies outside the scope",
        ),
        (
            asset("url: 'https://h', address: 10.0.0.1", ", scope: [10.0.1.0/24]"),
            "10.0.0.1}",
            "outside the scope",
        ),
        (asset("host: 'h:22'"), "'h:22'", "`port` under access, ssh"),
        (asset("host: 10.0.0.0/24"), "10.0.0.0/24", "an asset is one host"),
        (asset("host: 'https://h'"), "'https://h'", "`url: …`"),
        (asset("host: 10.0.0.256"), "10.0.0.256", "no IP address"),
        (asset("host: '-oProxyCommand=id'"), "'-oProxy", "neither a host name"),
        (asset("host: 'a b'"), "'a b'", "neither a host name"),
        (asset("host: 'a;id'"), "'a;id'", "neither a host name"),
        (asset('host: "a\\n"'), '"a', "neither a host name"),
        (asset("url: ftp://h"), "ftp://h", "https://"),
        (asset("url: 'https://'"), "'https://'", "names no host"),
        (asset("url: 'https://h:99999'"), "'https://h:99999'", "no URL"),
        (asset("url: 'https://u:p@h'"), "'https://u:p@h'", "must not stand in a URL"),
        (asset("domain: localhost"), "localhost", "no domain name"),
        (asset("domain: 10.0.0.1"), "10.0.0.1", "an IP address"),
        (asset("hots: h"), "{id: x", "one of the keys host, url, domain, device, database"),
        (asset("host: h, os: linus"), "linus", "did you mean linux?"),
        (asset("host: h, access: {ssh: {prot: 22}}"), "prot", "did you mean port?"),
        (asset("host: h, access: {ssh: {port: 0}}"), "0}", "must be 1 or more"),
        (asset("host: "), "}]", "nothing stands after the colon"),
        (asset("host: 'h', roles: web"), "web", "must be a list"),
    ],
)
def test_each_mistake_is_told_where_it_stands(text: str, at: str, says: str) -> None:
    """`at` is how the text goes on at the place that the message names."""
    found = [each for each in problems(text) if says in each]

    assert found, problems(text)
    _, line, column = found[0].split(": ")[0].split(":")
    assert text.splitlines()[int(line) - 1][int(column) - 1 :].startswith(at), found


def test_a_name_that_is_not_ascii_becomes_what_goes_over_the_wire() -> None:
    agency = parse_agency(asset("domain: 'sở.example.vn.'"))

    assert agency.systems[0].assets[0].model_dump()["domain"].startswith("xn--s-")


def test_hosts_that_are_names_are_not_held_against_the_scope() -> None:
    agency = parse_agency(asset("host: db.example.vn", ", scope: [10.0.0.0/8, '2001:db8::/32']"))

    assert agency.systems[0].scope == ("10.0.0.0/8", "2001:db8::/32")


def test_without_an_inventory_it_is_this_machine() -> None:
    agency = this_machine("Máy-Chủ_01.example")
    found = agency.systems[0].assets[0]

    assert agency.this_machine_only
    assert isinstance(found, HostAsset)
    assert found.local
    assert found.id == "may-chu_01.example"
    assert agency.systems[0].level == 3


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Sở Thông tin và Truyền thông", "so-thong-tin-va-truyen-thong"),
        ("Đà Nẵng", "da-nang"),
        ("  --x--  ", "x"),
        ("!!!", ""),
        ("a" * 80, "a" * 63),
    ],
)
def test_ids_are_made_of_names(text: str, made: str) -> None:
    assert identifier(text) == made


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2 weeks", timedelta(weeks=2)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("24 giờ", timedelta(hours=24)),
        ("PT24H", timedelta(hours=24)),
        ("P1DT2H", timedelta(hours=26)),
        ("P2W", timedelta(weeks=2)),
        ("0s", timedelta(0)),
    ],
)
def test_spans_of_time(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text", ["", "24", "h", "1h 1h", "1y", "P", "PT", "1h;", "-1h", "9999999d"]
)
def test_what_is_no_span_of_time(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_duration(text)


@given(some.integers(min_value=0, max_value=10**8).map(lambda each: timedelta(seconds=each)))
def test_a_span_that_was_written_reads_back(span: timedelta) -> None:
    assert parse_duration(written(span)) == span


@given(some.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """Whatever a file holds, the answer is an agency or an error with a place; never a crash."""
    try:
        parse_agency(HEAD + text)
    except ConfigError as problem:
        refused = problem
    else:
        return
    assert refused.place


@given(some.text(max_size=40))
def test_a_host_is_safe_or_refused(text: str) -> None:
    try:
        name = address.host(text)
    except InvalidValueError:
        return
    assert not set(name) & set(" '\"\\;|&$`<>()\n\r\t/@")
    assert not name.startswith("-")


def test_the_schema_is_the_one_on_file() -> None:
    """Regenerate with `cdso-audit schema agency > tests/data/inventory/agency.schema.json`."""
    wanted = json.loads((DATA / "agency.schema.json").read_text(encoding="utf-8"))

    assert agency_schema() == wanted


def test_the_schema_accepts_the_contract_and_refuses_mistakes() -> None:
    from cdso_audit.yamlfile import parse

    Draft202012Validator.check_schema(agency_schema())
    validator = Draft202012Validator(agency_schema())
    good = parse((DATA / "agency.yaml").read_bytes(), "f").data
    bad = parse((DATA / "mistakes.yaml").read_bytes(), "f").data

    assert not list(validator.iter_errors(good))
    assert list(validator.iter_errors(bad))


def test_mistakes_are_told_in_vietnamese_too() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse_agency((DATA / "mistakes.yaml").read_bytes(), "f")

    for each in caught.value.problems:
        for text in filter(None, (each.template, each.hint_template)):
            assert translated(text, "vi") != text, text


@pytest.mark.parametrize("kind", PROFILES)
def test_every_kind_is_usable(kind: str) -> None:
    profile = PROFILES[kind]
    level = "" if profile.level else ", level: 1"

    agency = parse_agency(f"{HEAD}systems: [{{id: s, kind: {kind}{level}}}]")

    assert agency.systems[0].level == (profile.level or 1)
    assert profile.title.vi != profile.title.en
    assert bool(profile.because) == bool(profile.level)
    assert set(profile.ports) == set(profile.roles)
