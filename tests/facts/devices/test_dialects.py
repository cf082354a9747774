"""What the dialects do with text as it really comes: other forms, other places, damaged lines."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.facts.devices.samples import (
    FORTI,
    FORTI_TEXT,
    IOS,
    IOS_TEXT,
    JUNOS,
    JUNOS_TEXT,
    ROS,
    ROS_TEXT,
    TEXTS,
)
from tests.support import AT, SYSTEM, observation

from cdso_audit.facts.devices import fortios, ios, junos, routeros
from cdso_audit.facts.devices.config_text import saved
from cdso_audit.facts.devices.dialects import DIALECTS, dialect_of
from cdso_audit.facts.devices.readers import DEVICE_CONFIG, FACTS
from cdso_audit.facts.reading import UnreadableError, snapshot
from cdso_audit.inventory import parse_agency
from cdso_audit.model import DeviceAsset, GapReason

ASSETS = {each.id: each for each in (IOS, JUNOS, FORTI, ROS)}


def one(says: dict[str, Callable[[Any], Any]], kind: str, config: Any) -> Any:
    (found,) = says[kind](config)
    return found


class TestCisco:
    def test_a_prompt_before_and_after_does_no_harm(self) -> None:
        text = f"SW-CORE#show running-config\n{IOS_TEXT}\nSW-CORE#exit\n"

        assert ios.parse(text).version == "15.2"

    def test_a_banner_that_speaks_of_settings_is_no_setting(self) -> None:
        text = IOS_TEXT.replace("Only for staff.", "ip http server\nusername evil secret 5 x\n")
        config = ios.parse(text)

        assert config.state("ip http server") is False
        assert len(config.lines("username")) == 1

    def test_what_is_written_later_holds(self) -> None:
        text = IOS_TEXT.replace("no ip http server\n", "no ip http server\nip http server\n")

        assert ios.parse(text).state("ip http server") is True

    def test_a_low_privilege_shows_half_and_is_refused(self) -> None:
        low = (
            "Building configuration...\n\nCurrent configuration : 56 bytes\n!\nboot-start-marker\n"
        )
        with pytest.raises(UnreadableError, match="privilege 15"):
            ios.parse(low + "boot-end-marker\n!\nend\n")

    def test_a_named_list_with_permit_any_limits_nobody(self) -> None:
        text = IOS_TEXT.replace(
            "access-list 10 permit 10.1.9.0 0.0.0.255",
            "ip access-list standard 10\n deny 10.9.9.9\n 20 permit any",
        )
        door = ios.SAYS["device-management"](ios.parse(text))

        assert [each.limited for each in next(door).doors if "vty" in each.name] == [False, False]


#: The same statements as the sample in braces, as far as these tests ask.
JUNOS_SET = """\
set version 21.4R3-S4.9
set system host-name srx-edge
set system services ssh protocol-version v2
set system services telnet
deactivate system services telnet
set system authentication-order [ tacplus password ]
set system tacplus-server 10.1.2.60 secret "$9$abc"
set system syslog host 10.1.2.50 any notice
set system ntp server 10.1.2.10 prefer
set system login message "Only for staff; all is logged"
"""


class TestJunos:
    @pytest.mark.parametrize(
        "kind", ["device-ssh", "device-aaa", "device-logging", "device-time", "device-banner"]
    )
    def test_both_forms_say_the_same(self, kind: str) -> None:
        braces, commands = junos.parse(JUNOS_TEXT), junos.parse(JUNOS_SET)

        assert one(dict(junos.SAYS), kind, braces) == one(dict(junos.SAYS), kind, commands)

    def test_what_is_deactivated_is_off(self) -> None:
        assert not junos.parse(JUNOS_SET).has("system", "services", "telnet")

    def test_what_is_inactive_is_off(self) -> None:
        text = JUNOS_TEXT.replace("        ssh {", "        inactive: telnet;\n        ssh {")

        assert not junos.parse(text).has("system", "services", "telnet")
        assert junos.parse(text).has("system", "services", "ssh")

    def test_groups_at_the_top_are_laid_out(self) -> None:
        text = JUNOS_TEXT.replace(
            "system {\n    host-name",
            "groups {\n    old {\n        system {\n            services {\n"
            "                telnet;\n            }\n        }\n    }\n}\n"
            "apply-groups old;\nsystem {\n    host-name",
        )

        assert junos.parse(text).has("system", "services", "telnet")

    def test_groups_below_are_refused_with_the_remedy(self) -> None:
        text = JUNOS_TEXT.replace("system {\n    host", "system {\n    apply-groups x;\n    host")
        with pytest.raises(UnreadableError, match="display inheritance"):
            junos.parse(text)

    def test_a_brace_that_is_not_closed_is_a_cut(self) -> None:
        with pytest.raises(UnreadableError, match="cut"):
            junos.parse(JUNOS_TEXT.rsplit("}", 3)[0])


class TestFortiGate:
    def test_virtual_domains_are_read_together(self) -> None:
        policy = FORTI_TEXT[FORTI_TEXT.index("config firewall policy") :]
        other = policy.replace('"web"', '"guests"')
        text = FORTI_TEXT.replace(
            policy, f"config vdom\nedit root\n{policy}end\nconfig vdom\nedit guest\n{other}end\n"
        )
        found = one(dict(fortios.SAYS), "device-firewall", fortios.parse(text))

        assert [each.name for each in found.rules] == ["1 web", "1 guests"]

    def test_a_value_over_several_lines_hides_no_setting(self) -> None:
        text = FORTI_TEXT.replace(
            "config system snmp sysinfo",
            'config system replacemsg admin "x"\n    set buffer "<html>\nconfig system admin\n'
            'edit evil\n</html>"\nend\nconfig system snmp sysinfo',
        )
        found = one(dict(fortios.SAYS), "device-users", fortios.parse(text))

        assert [each.name for each in found.users] == ["nva", "remote-admins"]

    def test_a_cut_is_told(self) -> None:
        with pytest.raises(UnreadableError, match="cut"):
            fortios.parse(FORTI_TEXT.rsplit("end", 1)[0])


class TestRouterOs:
    def test_a_command_on_the_line_of_its_section(self) -> None:
        text = ROS_TEXT.replace("/user aaa\nset use-radius=yes", "/user aaa set use-radius=yes")

        assert routeros.parse(text).value("/user aaa", "use-radius") == "yes"

    def test_a_disabled_rule_does_not_count(self) -> None:
        text = ROS_TEXT.replace("add action=drop chain=forward", "add disabled=yes chain=forward")
        found = list(routeros.SAYS["device-firewall"](routeros.parse(text)))

        assert [each.denies_the_rest for each in found] == [True, False]  # type: ignore[union-attr]


def test_every_device_of_the_guide_is_read() -> None:
    guide = Path(__file__).parent.parent.parent.parent / "docs" / "devices.md"
    found = re.search(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    assert found
    devices = parse_agency(found[1]).systems[0].assets

    assert [dialect_of(str(getattr(each, "device", ""))).name for each in devices] == list(DIALECTS)


@pytest.mark.parametrize(
    "mark",
    ["--More--", " --More-- ", "---(more)---", "---(more 12%)---", "-- [Q quit|D dump|down]"],
)
def test_every_pager_is_known(mark: str) -> None:
    with pytest.raises(UnreadableError, match="without paging"):
        saved(f"version 15.2\n{mark}\nend\n")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", TEXTS)
def test_no_damage_breaks_a_reader_or_makes_it_silent(name: str, data: st.DataObject) -> None:
    """Lines left out, doubled, cut or filled with anything: facts or honest gaps, never a fault."""
    asset: DeviceAsset = ASSETS[name]
    lines = TEXTS[name].split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.integers(0, 3))
        word = data.draw(st.text(max_size=12))
        cut = data.draw(st.integers(0, 20))
        lines[at] = ["", f"{lines[at]}\n{lines[at]}", lines[at][:cut], f"{lines[at]} {word}"][how]
    seen = observation(DEVICE_CONFIG, "\n".join(lines).encode("utf-8", "replace").decode())
    found = snapshot(asset, SYSTEM, [seen], FACTS, at=AT)

    assert not [each for each in found.gaps if each.reason is GapReason.BUG]
    kinds = {each.kind for each in found.facts}
    kinds |= {each.fact for each in (*found.gaps, *found.absences)}
    assert len(kinds) == len(FACTS)
