"""Ways in for people from elsewhere, in the documented forms of FortiOS."""

from tests.facts.devices.samples import FORTI
from tests.facts.devices.traffic_samples import with_more

LAST = "        set logtraffic all\n    next\nend\n"


def lines(*settings: str, by: int = 8) -> str:
    """Settings, as deep as they stand."""
    return "".join(f"{' ' * by}set {each}\n" for each in settings)


def portal(name: str, *settings: str) -> str:
    """A portal of the SSL VPN."""
    return f'config vpn ssl web portal\n    edit "{name}"\n{lines(*settings)}    next\nend\n'


def program(name: str, *settings: str) -> str:
    """A program that a portal may ask for."""
    inside = lines(*settings)
    return f'config vpn ssl web host-check-software\n    edit "{name}"\n{inside}    next\nend\n'


def vpn(*settings: str, rules: tuple[str, ...] = ('portal "office"',)) -> str:
    """The server of the SSL VPN, with rules; each is what stands in it."""
    made = "".join(
        f"        edit {number}\n{lines(*each.split(', '), by=12)}        next\n"
        for number, each in enumerate(rules, start=1)
    )
    inside = f"    config authentication-rule\n{made}    end\n" if rules else ""
    return f"config vpn ssl settings\n{lines(*settings, by=4)}{inside}end\n"


def tunnel(name: str, *settings: str, section: str = "phase1-interface") -> str:
    """A tunnel of IPsec."""
    return f'config vpn ipsec {section}\n    edit "{name}"\n{lines(*settings)}    next\nend\n'


def policy(number: int, *settings: str, source: str = "ssl.root") -> str:
    """A policy for what comes in over an interface."""
    given = (f'srcintf "{source}"', 'dstintf "internal"', "action accept", 'dstaddr "all"')
    return f"    edit {number}\n{lines(*given, *settings)}    next\n"


def remote(*policies: str, more: str = "") -> str:
    """The sample with these policies and further sections."""
    return with_more(FORTI, more, (LAST, LAST.replace("end\n", "".join(policies) + "end\n")))
