"""What proves a requirement, on which asset, and what nobody may take for a proof."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.audit.small_rules import AT, agency, finding, host, requirement, rulebook

from cdso_audit.checking import Check
from cdso_audit.comply import comply, months_later, waiver_holds
from cdso_audit.model import (
    Agency,
    AssetKind,
    Attestation,
    Declared,
    DeviceAsset,
    DrillOutcome,
    EndpointAsset,
    Finding,
    HostAsset,
    Outcome,
    Status,
    System,
    Waiver,
)
from cdso_audit.result import AssetState, RequirementStatus
from cdso_audit.rulebook import Rulebook
from cdso_checks.ssh.ssh_idle_timeout import ssh_idle_timeout
from cdso_checks.ssh.ssh_root_login import ssh_root_login

CHECKS: dict[str, Check[Any]] = {
    "ssh-root-login": ssh_root_login,
    "ssh-idle-timeout": ssh_idle_timeout,
}
ROOT = dict(ssh_root_login.parameters)
WEB = host("web1")
DAY = timedelta(days=1)

ONE_CHECK = "requirements: {k: {all_of: [{check: ssh-root-login}]}}"
AND_PAPER = "requirements: {k: {all_of: [{check: ssh-root-login}, {attestation: rest}]}}"
KNOCK_OUT = "requirements: {k: {all_of: [{check: ssh-root-login, knock_out: true}]}}"
PAPER = "no_check: {k: }"
RECOVERY = "requirements: {k: {all_of: [{drill: recovery}]}}"


def judged(
    book: Rulebook,
    who: Agency | None = None,
    findings: Sequence[Finding] = (),
    *,
    attestations: Sequence[Attestation] = (),
    waivers: Sequence[Waiver] = (),
    drills: Sequence[DrillOutcome] = (),
    at: datetime = AT,
) -> RequirementStatus:
    ((_, (status,)),) = comply(
        book, who or agency(WEB), findings, attestations, waivers, drills, at, CHECKS
    )
    return status


def root(outcome: Outcome, asset: str = "web1", **more: Any) -> Finding:
    return finding("ssh-root-login", outcome, asset=asset, parameters=ROOT, **more)


def word(
    *, asset: str = "", on: datetime = AT - DAY, until: datetime = AT + DAY, **more: Any
) -> Attestation:
    return Attestation(
        requirement="k",
        system=more.pop("system", "dvc"),
        asset=asset,
        statement="it is so",
        by="Nguyễn Văn A",
        on=on,
        valid_until=until,
        **more,
    )


def waiver(**more: Any) -> Waiver:
    return Waiver(
        **{
            "requirement": "k",
            "system": "dvc",
            "reason": "the vendor needs it",
            "compensating_control": "a jump host",
            "requested_by": "A",
            "approved_by": "B",
            "approved_on": AT - DAY,
            "until": AT + 30 * DAY,
        }
        | more
    )


class TestOneCheck:
    @pytest.mark.parametrize(
        ("outcomes", "status", "state"),
        [
            ([], Status.UNPROVEN, "unknown"),
            ([Outcome.PASS], Status.MET, "pass"),
            ([Outcome.FAIL], Status.NOT_MET, "fail"),
            ([Outcome.UNKNOWN], Status.UNPROVEN, "unknown"),
            ([Outcome.ERROR], Status.UNPROVEN, "unknown"),
            ([Outcome.NOT_APPLICABLE], Status.NOT_APPLICABLE, "not-applicable"),
            ([Outcome.PASS, Outcome.FAIL], Status.NOT_MET, "fail"),
            ([Outcome.UNKNOWN, Outcome.FAIL], Status.NOT_MET, "fail"),
            ([Outcome.PASS, Outcome.UNKNOWN], Status.UNPROVEN, "unknown"),
            ([Outcome.PASS, Outcome.ERROR], Status.UNPROVEN, "unknown"),
            ([Outcome.PASS, Outcome.NOT_APPLICABLE], Status.MET, "pass"),
            ([Outcome.NOT_APPLICABLE, Outcome.UNKNOWN], Status.UNPROVEN, "unknown"),
        ],
    )
    def test_several_findings_are_all_needed(
        self, outcomes: list[Outcome], status: Status, state: str
    ) -> None:
        found = [root(each, number=n) for n, each in enumerate(outcomes, 1)]
        told = judged(rulebook(ONE_CHECK, requirement("k")), findings=found)

        assert told.status is status
        assert told.technical is status
        assert [each.state for each in told.assets] == [state]

    def test_the_failing_findings_are_cited(self) -> None:
        found = [root(Outcome.PASS, number=1), root(Outcome.FAIL, number=2)]
        assert judged(rulebook(ONE_CHECK, requirement("k")), findings=found).by == ("finding:2",)

    def test_what_is_missing_is_named(self) -> None:
        (state,) = judged(rulebook(ONE_CHECK, requirement("k"))).assets
        assert state.missing == ("check:ssh-root-login",)
        assert state.by == ()

    def test_other_parameters_prove_nothing(self) -> None:
        other = finding("ssh-root-login", Outcome.PASS, parameters={"allowed": ["yes"]})
        told = judged(rulebook(ONE_CHECK, requirement("k")), findings=[other])
        assert told.status is Status.UNPROVEN

    def test_the_same_parameters_in_a_list_are_the_same(self) -> None:
        parameters = {"allowed": list(ROOT["allowed"])}
        same = finding("ssh-root-login", Outcome.PASS, parameters=parameters)
        told = judged(rulebook(ONE_CHECK, requirement("k")), findings=[same])
        assert told.status is Status.MET

    def test_another_asset_proves_nothing(self) -> None:
        told = judged(
            rulebook(ONE_CHECK, requirement("k")),
            agency(WEB, host("web2")),
            [root(Outcome.PASS)],
        )
        assert told.status is Status.PARTLY_MET
        assert [each.state for each in told.assets] == ["pass", "unknown"]

    def test_one_bad_asset_is_enough(self) -> None:
        told = judged(
            rulebook(ONE_CHECK, requirement("k")),
            agency(WEB, host("web2")),
            [root(Outcome.PASS), root(Outcome.FAIL, asset="web2")],
        )
        assert told.status is Status.NOT_MET

    def test_a_check_that_is_not_installed_is_never_met(self) -> None:
        book = rulebook(
            "requirements: {k: {all_of: [{check: ssh-root-login}, {check: not-yet}]}}",
            requirement("k"),
        )
        told = judged(book, findings=[root(Outcome.PASS)])
        assert told.status is Status.PARTLY_MET
        assert told.technical is Status.PARTLY_MET or told.technical is Status.UNPROVEN
        assert told.assets[0].missing == ("check:not-yet",)

    def test_parameters_come_from_the_level(self) -> None:
        book = rulebook(
            "requirements: {k: {all_of: [{check: ssh-idle-timeout,"
            ' parameters: {max_seconds: "param:idle"}}]}}',
            requirement("k", extra="parameters: {idle: {unit: minute, levels: {1: 10, 3: 5}}}"),
        )
        five = finding("ssh-idle-timeout", Outcome.PASS, parameters={"max_seconds": 300})
        ten = finding("ssh-idle-timeout", Outcome.PASS, parameters={"max_seconds": 600})

        assert judged(book, agency(WEB, level=3), [five]).status is Status.MET
        assert judged(book, agency(WEB, level=3), [ten]).status is Status.UNPROVEN
        assert judged(book, agency(WEB, level=1), [ten]).status is Status.MET
        assert judged(book, agency(WEB, level=3), [five]).parameters == {"idle": "5 minute"}


class TestTheRest:
    def test_a_check_alone_does_not_meet_a_broad_duty(self) -> None:
        told = judged(rulebook(AND_PAPER, requirement("k")), findings=[root(Outcome.PASS)])

        assert told.status is Status.PARTLY_MET
        assert told.technical is Status.MET
        assert told.assets[0].missing == ("attestation:rest",)

    def test_both_meet_it(self) -> None:
        told = judged(
            rulebook(AND_PAPER, requirement("k")),
            findings=[root(Outcome.PASS)],
            attestations=[word()],
        )
        assert told.status is Status.MET
        assert told.by == ("finding:1", "attestation:Nguyễn Văn A, 2026-11-20")

    def test_no_word_outweighs_a_measured_failure(self) -> None:
        told = judged(
            rulebook(AND_PAPER, requirement("k")),
            findings=[root(Outcome.FAIL)],
            attestations=[word()],
        )
        assert told.status is Status.NOT_MET

    def test_an_unseen_check_is_partly_met_by_the_word(self) -> None:
        told = judged(rulebook(AND_PAPER, requirement("k")), attestations=[word()])
        assert told.status is Status.PARTLY_MET
        assert told.technical is Status.UNPROVEN

    def test_a_check_that_does_not_apply_is_no_objection(self) -> None:
        found = [root(Outcome.NOT_APPLICABLE)]
        book = rulebook(AND_PAPER, requirement("k"))
        assert judged(book, findings=found, attestations=[word()]).status is Status.MET
        assert judged(book, findings=found).status is Status.UNPROVEN


class TestAttestations:
    @pytest.mark.parametrize(
        ("given", "status"),
        [
            (word(), Status.MET),
            (word(asset="web1"), Status.MET),
            (word(asset="web2"), Status.UNPROVEN),
            (word(system="other"), Status.UNPROVEN),
            (word(until=AT), Status.UNPROVEN),
            (word(until=AT + timedelta(seconds=1)), Status.MET),
            (word(on=AT + DAY, until=AT + 9 * DAY), Status.UNPROVEN),
            (word(on=AT), Status.MET),
            (word(on=AT - 400 * DAY, until=AT + 400 * DAY), Status.UNPROVEN),
            (word(says="not-applicable"), Status.UNPROVEN),
        ],
    )
    def test_it_counts_for_its_place_and_time_only(
        self, given: Attestation, status: Status
    ) -> None:
        told = judged(rulebook(PAPER, requirement("k")), attestations=[given])
        assert told.status is status
        assert told.technical is None

    def test_the_period_of_the_rule_is_shorter_than_the_word(self) -> None:
        book = rulebook(
            PAPER,
            requirement(
                "k",
                extra="parameters: {often: {unit: month, levels: {3: 6}}}\n"
                "    document: {title: {vi: Sổ, en: Book}, issued_by: owner,"
                " validity: 'param:often'}",
            ),
        )
        old = word(on=AT - 200 * DAY, until=AT + 200 * DAY)
        young = word(on=AT - 100 * DAY, until=AT + 200 * DAY)

        assert judged(book, attestations=[old]).status is Status.UNPROVEN
        assert judged(book, attestations=[young]).status is Status.MET
        assert judged(book).assets[0].missing == ("attestation:document",)

    def test_a_paper_until_changed_has_only_its_own_end(self) -> None:
        book = rulebook(
            PAPER,
            requirement(
                "k",
                extra="document:"
                " {title: {vi: Sổ, en: Book}, issued_by: owner, validity: until-changed}",
            ),
        )
        old = word(on=AT - 2000 * DAY, until=AT + DAY)
        assert judged(book, attestations=[old]).status is Status.MET


class TestAssets:
    def test_a_requirement_without_an_asset_falls_to_the_whole_system(self) -> None:
        told = judged(rulebook(PAPER, requirement("k", kinds="[network-device]")))
        assert [each.asset for each in told.assets] == [""]
        assert told.status is Status.UNPROVEN

    def test_a_short_inventory_proves_no_absence(self) -> None:
        empty = agency()
        assert judged(rulebook(ONE_CHECK, requirement("k")), empty).status is Status.UNPROVEN

    def test_declared_absence_is_shown_as_its_proof(self) -> None:
        declared = Declared(absent=(AssetKind.NETWORK_DEVICE, AssetKind.DATABASE))
        book = rulebook(PAPER, requirement("k", kinds="[network-device, database]"))
        told = judged(book, agency(WEB, declared=declared))

        assert told.status is Status.NOT_APPLICABLE
        assert told.by == ("declared:absent",)
        assert told.note is not None

    @pytest.mark.parametrize(
        "kinds", ["[network-device, web-endpoint]", "[network-device, network]"]
    )
    def test_half_an_absence_is_none(self, kinds: str) -> None:
        declared = Declared(absent=(AssetKind.NETWORK_DEVICE,))
        book = rulebook(PAPER, requirement("k", kinds=kinds))
        assert judged(book, agency(WEB, declared=declared)).status is Status.UNPROVEN

    def test_an_asset_that_exists_is_not_absent(self) -> None:
        declared = Declared(absent=(AssetKind.HOST_LINUX,))
        book = rulebook(ONE_CHECK, requirement("k"))
        assert judged(book, agency(WEB, declared=declared)).status is Status.UNPROVEN

    def test_a_kind_that_no_check_sees_needs_a_word(self) -> None:
        windows = HostAsset(id="win1", host="198.18.77.11", os="windows")
        book = rulebook(ONE_CHECK, requirement("k", kinds="[host-windows]"))
        (state,) = judged(book, agency(windows)).assets

        assert (state.state, state.technical) == ("unknown", None)
        assert state.missing == ("attestation:rest",)
        assert judged(book, agency(windows), attestations=[word()]).status is Status.MET

    def test_a_duty_of_the_system_is_seen_on_all_its_hosts(self) -> None:
        book = rulebook(ONE_CHECK, requirement("k", kinds="[network]"))
        both = agency(WEB, host("web2"))

        one = judged(book, both, [root(Outcome.PASS)])
        assert [each.asset for each in one.assets] == [""]
        assert one.status is Status.UNPROVEN
        all_of = [root(Outcome.PASS), root(Outcome.PASS, asset="web2", number=2)]
        assert judged(book, both, all_of).status is Status.MET
        bad = [root(Outcome.PASS), root(Outcome.FAIL, asset="web2", number=2)]
        assert judged(book, both, bad).status is Status.NOT_MET

    def test_a_device_does_not_hide_what_its_hosts_show(self) -> None:
        firewall = DeviceAsset(id="fw", device="cisco-ios")
        book = rulebook(ONE_CHECK, requirement("k", kinds="[network-device, network]"))
        told = judged(
            book, agency(WEB, firewall), [root(Outcome.FAIL)], attestations=[word(asset="fw")]
        )
        assert {each.asset: each.state for each in told.assets} == {"fw": "pass", "": "fail"}
        assert told.status is Status.NOT_MET

    def test_a_check_may_be_meant_for_some_kinds_only(self) -> None:
        book = rulebook(
            "requirements: {k: {all_of: [{check: ssh-root-login, asset_kinds: [web-endpoint]}]}}",
            requirement("k", kinds="[host-linux]"),
        )
        assert judged(book, findings=[root(Outcome.FAIL)]).assets[0].technical is None


class TestConditions:
    CONDITION = (
        "conditions: [{en: mail is run, vi: có thư, kinds: [mail], not_kinds: [ioc],"
        " asset_kinds: [dns-mail]}]\n"
    )

    def book(self) -> Rulebook:
        return rulebook(self.CONDITION + PAPER, requirement("k", extra="applies_if: mail is run"))

    def test_the_inventory_decides(self) -> None:
        told = judged(self.book(), agency(WEB, kind="ioc"))
        assert told.status is Status.NOT_APPLICABLE
        assert told.by == ("declared:kind",)
        assert told.note is not None
        assert "có thư" in told.note.vi

    def test_what_it_does_not_decide_stays(self) -> None:
        told = judged(self.book())
        assert told.status is Status.UNPROVEN
        assert told.note is not None
        assert "mail is run" in told.note.en

    def test_a_word_decides_the_rest(self) -> None:
        told = judged(self.book(), attestations=[word(says="not-applicable")])
        assert told.status is Status.NOT_APPLICABLE

    def test_a_word_does_not_overrule_the_inventory(self) -> None:
        told = judged(
            self.book(), agency(WEB, kind="mail"), attestations=[word(says="not-applicable")]
        )
        assert told.status is Status.UNPROVEN
        assert told.note is None


class TestWaivers:
    @pytest.mark.parametrize(
        ("given", "status"),
        [
            (waiver(), Status.WAIVED),
            (waiver(asset="web1"), Status.WAIVED),
            (waiver(asset="web2"), Status.NOT_MET),
            (waiver(system="other"), Status.NOT_MET),
            (waiver(requirement="other"), Status.NOT_MET),
            (waiver(approved_by="A"), Status.NOT_MET),
            (waiver(approved_by=" a "), Status.NOT_MET),
            (waiver(approved_by=""), Status.NOT_MET),
            (waiver(until=AT), Status.NOT_MET),
            (waiver(approved_on=AT + DAY), Status.NOT_MET),
            (waiver(approved_on=AT - DAY, until=AT + 179 * DAY), Status.WAIVED),
            (waiver(approved_on=AT - DAY, until=AT + 180 * DAY), Status.NOT_MET),
        ],
    )
    def test_a_measured_failure_can_be_waived(self, given: Waiver, status: Status) -> None:
        told = judged(
            rulebook(ONE_CHECK, requirement("k")), findings=[root(Outcome.FAIL)], waivers=[given]
        )
        assert told.status is status
        assert told.assets[0].state == "fail"
        assert told.assets[0].waived is (status is Status.WAIVED)

    def test_nobody_waives_what_was_not_measured(self) -> None:
        told = judged(rulebook(ONE_CHECK, requirement("k")), waivers=[waiver()])
        assert told.status is Status.UNPROVEN
        assert not told.assets[0].waived

    def test_nobody_waives_a_knock_out(self) -> None:
        told = judged(
            rulebook(KNOCK_OUT, requirement("k")),
            findings=[root(Outcome.FAIL)],
            waivers=[waiver()],
        )
        assert told.status is Status.NOT_MET
        assert told.assets[0].knock_out == "fail"

    def test_one_of_two_failures_waived_is_not_met(self) -> None:
        told = judged(
            rulebook(ONE_CHECK, requirement("k")),
            agency(WEB, host("web2")),
            [root(Outcome.FAIL), root(Outcome.FAIL, asset="web2")],
            waivers=[waiver(asset="web2")],
        )
        assert told.status is Status.NOT_MET
        assert [each.waived for each in told.assets] == [False, True]

    def test_it_holds_from_its_first_moment_and_not_at_its_last(self) -> None:
        given = waiver()
        assert waiver_holds(given, given.approved_on)
        assert not waiver_holds(given, given.until)


class TestDrills:
    def drill(self, days: int = 1, hours: float | None = 5, **more: Any) -> DrillOutcome:
        return DrillOutcome(
            **{
                "id": "restore-db",
                "system": "dvc",
                "service": "db",
                "held_at": AT - days * DAY,
                "verified": True,
                "took": None if hours is None else timedelta(hours=hours),
            }
            | more
        )

    @pytest.mark.parametrize(
        ("days", "hours", "more", "status"),
        [
            (1, 5, {}, Status.MET),
            (1, 5, {"system": "other"}, Status.UNPROVEN),
            (1, 5, {"verified": False}, Status.UNPROVEN),
            (1, None, {}, Status.UNPROVEN),
            (-1, 5, {}, Status.UNPROVEN),
            (180, 5, {}, Status.MET),
            (185, 5, {}, Status.UNPROVEN),
            (1, 24, {}, Status.MET),
            (1, 24.1, {}, Status.NOT_MET),
            (900, 30, {}, Status.NOT_MET),
        ],
    )
    def test_a_drill_by_its_age_time_and_proof(
        self, days: int, hours: float | None, more: dict[str, Any], status: Status
    ) -> None:
        book = rulebook(
            RECOVERY,
            requirement(
                "k",
                verify="drill",
                kinds="[backup]",
                extra="parameters:"
                " {max_time: {unit: hour, levels: {3: 24}},"
                " max_interval: {unit: month, levels: {3: 6}}}",
            ),
        )
        told = judged(book, drills=[self.drill(days, hours, **more)])
        assert told.status is status

    def test_the_newest_of_each_service_counts(self) -> None:
        book = rulebook(RECOVERY, requirement("k", verify="drill"))
        old_good = self.drill(9)
        new_bad = self.drill(1, verified=False)
        other = self.drill(1, service="web")

        assert judged(book, drills=[old_good, new_bad]).status is Status.UNPROVEN
        assert judged(book, drills=[self.drill(1), other]).status is Status.MET

    def test_an_attested_record_counts_unless_the_rule_wants_the_drill(self) -> None:
        strict = "requirements: {k: {all_of: [{drill: recovery, record: false}]}}"
        lax = rulebook(RECOVERY, requirement("k", verify="drill"))

        assert judged(lax, attestations=[word()]).status is Status.MET
        told = judged(rulebook(strict, requirement("k", verify="drill")), attestations=[word()])
        assert told.status is Status.UNPROVEN
        assert told.assets[0].missing == ("drill:recovery",)

    def test_a_playbook_by_its_name(self) -> None:
        book = rulebook(
            "requirements: {k: {all_of: [{drill: failover}]}}", requirement("k", verify="drill")
        )
        assert judged(book, drills=[self.drill()]).status is Status.UNPROVEN
        assert judged(book, drills=[self.drill(id="failover")]).status is Status.MET


def test_a_part_of_the_proof_may_hold_at_some_levels_only() -> None:
    book = rulebook(
        "requirements: {k: {all_of:"
        " [{check: ssh-root-login}, {attestation: rest, levels: [4, 5]}]}}",
        requirement("k"),
    )
    found = [root(Outcome.PASS)]
    assert judged(book, agency(WEB, level=3), found).status is Status.MET
    assert judged(book, agency(WEB, level=4), found).status is Status.PARTLY_MET


def test_the_list_is_the_rulebooks_whatever_ran() -> None:
    book = rulebook(ONE_CHECK, requirement("k"), requirement("high-only", levels="[4, 5]"))
    who = agency(WEB, EndpointAsset(id="site", url="https://dvc.example.vn"), level=3)
    ((system, statuses),) = comply(book, who, [], [], [], [], AT, {})

    assert system == "dvc"
    assert [each.id for each in statuses] == ["k"]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31T00:00Z", 1, "2026-02-28T00:00Z"),
        ("2024-01-31T00:00Z", 1, "2024-02-29T00:00Z"),
        ("2026-11-30T00:00Z", 3, "2027-02-28T00:00Z"),
        ("2026-12-05T07:00Z", 12, "2027-12-05T07:00Z"),
        ("2026-01-05T07:00Z", 11, "2026-12-05T07:00Z"),
    ],
)
def test_months_are_those_of_the_calendar(start: str, months: int, end: str) -> None:
    assert months_later(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)


def test_a_status_survives_json() -> None:
    told = judged(rulebook(AND_PAPER, requirement("k")), findings=[root(Outcome.PASS)])
    assert RequirementStatus.model_validate_json(told.model_dump_json()) == told
    assert isinstance(told.assets[0], AssetState)
    assert isinstance(agency(WEB).systems[0], System)
