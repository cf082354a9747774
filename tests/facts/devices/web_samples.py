"""Filters of web addresses, in the documented forms of each dialect."""

from tests.facts.devices.samples import FORTI, JUNOS
from tests.facts.devices.traffic_samples import with_more

LOGS = "        set logtraffic all\n"


def forti_web(*bound: str, more: str = "", changes: tuple[tuple[str, str], ...] = ()) -> str:
    """The sample's one policy with these settings, and further sections."""
    lines = "".join(f"        set {each}\n" for each in bound)
    return with_more(FORTI, more, (LOGS, LOGS + lines), *changes)


def profile(*filters: str, name: str = "office", options: str = "", web: str = "") -> str:
    """A web filter profile of FortiOS with these acts on categories."""
    inside = "".join(
        f"                edit {number}\n                    set category {number + 25}\n"
        f"{f'                    set action {act}{chr(10)}' if act else ''}                next\n"
        for number, act in enumerate(filters, start=1)
    )
    return (
        f'config webfilter profile\n    edit "{name}"\n'
        + (f"        config web\n            set {web}\n        end\n" if web else "")
        + "        config ftgd-wf\n"
        + (f"            set options {options}\n" if options else "            unset options\n")
        + f"            config filters\n{inside}            end\n        end\n    next\nend\n"
    )


def urlfilter(*entries: str, number: int = 1) -> str:
    """A list of addresses; each entry is what stands in it."""
    inside = "".join(
        f'            edit {place}\n                set url "example{place}.vn"\n'
        + "".join(f"                set {each}\n" for each in entry.split(", ") if each)
        + "            next\n"
        for place, entry in enumerate(entries, start=1)
    )
    return (
        f'config webfilter urlfilter\n    edit {number}\n        set name "own"\n'
        f"        config entries\n{inside}        end\n    next\nend\n"
    )


def tls(name: str, https: str = "", every: str = "") -> str:
    """A profile of TLS inspection."""
    return (
        f'config firewall ssl-ssh-profile\n    edit "{name}"\n'
        f"        config ssl\n{f'            set inspect-all {every}{chr(10)}' if every else ''}"
        f"        end\n        config https\n            set ports 443\n"
        f"{f'            set status {https}{chr(10)}' if https else ''}        end\n    next\nend\n"
    )


def engine(name_of: str, inside: str, name: str = "W") -> str:
    """A profile of an engine of Junos."""
    return f"{name_of} {{\nprofile {name} {{\n{inside}}}\n}}\n"


def categories(act: str) -> str:
    """A profile that does this with one category, and stops all when its server is silent."""
    return engine(
        "juniper-enhanced",
        f"category {{\nEnhanced_Malicious_Web_Sites {{\naction {act};\n}}\n}}\n"
        "default log-and-permit;\nfallback-settings {\ndefault block;\n}\n",
    )


def application(name: str, inside: str, kind: str = "") -> str:
    """An application of Junos, or a set of them by their names."""
    if kind:
        members = "".join(f"application {each}\n" for each in inside.splitlines())
        return f"applications {{\napplication-set {name} {{\n{members}}}\n}}\n"
    return f"applications {{\napplication {name} {{\nprotocol tcp;\n{inside}}}\n}}\n"


def junos_web(profile: str = "", bound: bool = True, more: str = "", **change: str) -> str:
    """
    The sample's policy with a `utm-policy`, a profile of an engine (its whole text), and changed
    words of its match.
    """
    application = change.get("application", "junos-https")
    utm = (
        "security {\n    utm {\n        utm-policy U {\n            web-filtering {\n"
        f"                http-profile {change.get('name', 'W')};\n            }}\n        }}\n"
        f"        feature-profile {{\n            web-filtering {{\n{profile}            }}\n"
        f"        }}\n{more}    }}\n}}\n"
    )
    permit = (
        "                    permit {\n                        application-services {\n"
        "                            utm-policy U;\n                        }\n"
        "                    }\n"
    )
    changes = [("application junos-https;", f"application {application};")]
    if bound:
        changes.append(("                    permit;\n", permit))
    return with_more(JUNOS, change.get("before", "") + utm, *changes)
