"""Reduced dumps of web servers, as the probes' programs print them."""

from collections.abc import Mapping
from typing import Any

from tests.support import MISSING_TOOL, Answer, Case

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sockets import SOCKET_NAMES
from cdso_audit.facts.webserver import APACHE, HTACCESS, HTTPD, NGINX
from cdso_audit.model import GapReason, Outcome

END = "x 0\n"
TIMEOUT = Answer(gap=GapReason.TIMEOUT)
DENIED = Answer(gap=GapReason.DENIED, detail="sudo: a password is required")


def dump(text: str) -> str:
    """Lines of words as the program prints them: a tab between words, none in front."""
    lines = []
    for line in filter(str.strip, text.splitlines()):
        kind, _, rest = line.strip().partition(" ")
        lines.append(f"{kind} " + "\t".join(rest.split(" ")) if kind in "db" else line.strip())
    return "\n".join(lines) + "\n" + END


def nginx(server: str, http: str = "", version: str = "1.22.1") -> str:
    """One server block within http, both of them directives `d NAME ARGUMENT …`."""
    return dump(f"v nginx/{version}\nf /etc/nginx/nginx.conf\nd user www-data\nb http\n{http}\n"
                f"b server\nd listen 443 ssl\nd server_name dvc.lab\n{server}\ne\ne")  # fmt: skip


def apache(host: str, top: str = "", version: str = "2.4.62") -> str:
    """One virtual host and what stands beside it."""
    return dump(f"v Apache/{version} (Debian)\nf /etc/apache2/apache2.conf\nd user www-data\n"
                f"d indexoptions FancyIndexing\n{top}\nf /etc/apache2/sites-enabled/dvc.conf\n"
                f"b virtualhost *:443\nd servername dvc.lab\n"
                f"d documentroot /var/www/dvc\n{host}\ne")  # fmt: skip


def changing(
    allow: str = "All", options: str = "None", htaccess: str | Answer = "end\n"
) -> Mapping[Probe, str | Answer]:
    """Apache where folders may change settings, and what their files say."""
    section = f"b directory /var/www/\nd options {options}\nd allowoverride {allow}\ne"
    return answers(apache=apache("", section), htaccess=htaccess)


def htaccess(*statements: str, folder: str = "/var/www/dvc") -> str:
    """What the probe prints of one such file."""
    lines = []
    for each in statements:
        kind, _, rest = each.partition(" ")
        lines.append(f"{kind} " + "\t".join(rest.split(" ")) if rest else kind)
    return "\n".join([f"h {folder}", *lines, "x", "end"]) + "\n"


def answers(
    nginx: str | Answer = MISSING_TOOL,
    apache: str | Answer = MISSING_TOOL,
    httpd: str | Answer = MISSING_TOOL,
    names: str | Answer = "",
    htaccess: str | Answer = "end\n",
) -> Mapping[Probe, str | Answer]:
    """Every probe of the readers answered."""
    return {NGINX: nginx, APACHE: apache, HTTPD: httpd, SOCKET_NAMES: names,
            HTACCESS: htaccess}  # fmt: skip


def case(
    name: str, given: Mapping[Probe, str | Answer], outcome: Outcome, says: str = "", **more: Any
) -> Case:
    """One row."""
    return Case(name, given, outcome, says=says, **more)


#: What holds for every check of these facts.
COMMON = [
    case("absent: no web server", answers(), Outcome.NOT_APPLICABLE),
    case("absent: nginx does not run", answers("off\nx 0\n"), Outcome.NOT_APPLICABLE),
    case("unreadable: other settings", answers("odd\nx 0\n"), Outcome.UNKNOWN, "another file"),
    case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    case("unreadable: out of time", answers(apache=TIMEOUT), Outcome.UNKNOWN),
    case(
        "unreadable: it refuses its settings",
        answers("v nginx/1.22.1\np /etc/nginx/x.conf:3\nx 256\n"),
        Outcome.UNKNOWN,
        "/etc/nginx/x.conf:3",
    ),
    case("unreadable: cut", answers(nginx("").removesuffix(END)), Outcome.UNKNOWN),
    case("unreadable: noise", answers("hello\nx 0\n"), Outcome.UNKNOWN),
    case("unreadable: a block too many", answers(nginx("e\ne\ne")), Outcome.UNKNOWN),
    case(
        "unreadable: nginx runs from elsewhere",
        answers(names='tcp LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=1,fd=6))\n'),
        Outcome.UNKNOWN,
        "nginx runs here",
    ),
]
