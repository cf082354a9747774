"""The dispatch: one observation for each probe, whatever happens, and one deadline for all."""

import time
from dataclasses import replace

from tests.servers import dripping, talking

from cdso_audit.collect.endpoints import collect_endpoint
from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.facts.http import HTTP_EXPOSURE, HTTP_PAGES
from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import EndpointAsset, GapReason, System

SYSTEM = System(id="dvc")


def endpoint(port: int) -> EndpointAsset:
    return EndpointAsset(id="web1", url=f"https://dvc.lab.example:{port}/", address="127.0.0.1")


def test_every_probe_has_its_observation_and_the_deadline_is_for_all() -> None:
    probes = [TLS_ENDPOINT, HTTP_PAGES, HTTP_EXPOSURE]
    with talking(dripping(b"\x16\x03\x03\xff\xff")) as port:
        started = time.monotonic()
        seen = collect_endpoint(probes, endpoint(port), SYSTEM, deadline=3, vantage="office")
        seconds = time.monotonic() - started

    assert seconds < 6
    assert [each.probe for each in seen] == [each.id for each in probes]
    assert {each.gap for each in seen} == {GapReason.TIMEOUT}
    assert {each.vantage for each in seen} == {"office"}
    assert "used up" in seen[-1].detail


def test_a_probe_that_nobody_collects_is_a_bug_and_not_silence() -> None:
    (seen,) = collect_endpoint([replace(TLS_ENDPOINT, via="config")], endpoint(1), SYSTEM)

    assert seen.gap is GapReason.BUG


def test_a_probe_of_another_kind_of_asset_is_a_bug() -> None:
    (seen,) = collect_endpoint([DNS_DOMAIN], endpoint(1), SYSTEM)

    assert seen.gap is GapReason.BUG
