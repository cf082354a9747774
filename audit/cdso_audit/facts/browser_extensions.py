"""
Extensions in the profiles of browsers and of Thunderbird, and what policies make of them.

Root reads the list that each profile keeps of its extensions (Firefox, Thunderbird:
`extensions.json`; the Chromium family: `Preferences`) and tells the id of each, where it came from
and whether it runs; nothing else of a profile leaves the host. What a browser brings along is no
extension of anybody's: Firefox keeps it at a location `app-builtin` or `app-system-*`, Chromium as
a component.
"""

# ruff: noqa: E501 - the program for awk
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from cdso_audit.facts.accounts import ACCOUNTS, parse_accounts
from cdso_audit.facts.browser_policies import (
    BROWSER_POLICIES,
    BrowserPolicy,
    ExtensionRules,
    Product,
    read_browser_policy,
)
from cdso_audit.facts.filetree import LOCAL_TYPES, printable
from cdso_audit.facts.mounts import is_below
from cdso_audit.facts.reading import (
    KIB,
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Frozen, GapReason

#: Where homes are looked for.
HOMES = ("/home", "/root")
_OF_MOZILLA = "/[.]mozilla(/firefox(/[^/]+)?)?|/[.]thunderbird(/[^/]+)?"
_OF_CHROMIUM = (
    "/(chromium|google-chrome(-beta|-unstable)?|microsoft-edge(-beta|-dev)?"
    "|BraveSoftware(/Brave-Browser)?)(/(Default|Guest Profile|Profile [^/]*))?"
)
_SNAP = "/snap(/firefox(/common)?)?"
_BELOW = f"({_OF_MOZILLA}|/[.]config({_OF_CHROMIUM}|/mozilla(/firefox(/[^/]+)?)?)?)"
#: A home; that of an account of a domain lies one level deeper.
_HOME = "(/root|/home/[^/]+(/[^/]+)?)"
#: The folders on the way to a profile.
_ROUTES = f"/home|{_HOME}({_SNAP})?{_BELOW}?"
#: The same without what else may lie in a home: a link there leads to profiles that nobody sees.
_LINKS = f"/home/[^/]+|{_HOME}({_SNAP}|({_SNAP})?{_BELOW})"
#: A list that is larger than this is not read.
LIST_CAP = 64 * MIB

# A path alone is a place that was not entered: a link, a file system of another machine, a list that
# is too large. JSON, cut at its quotation marks. No backslash and no single quote: sudoers cannot spell them.
_LIST_AWK = (
    "function odd(t, n) { n = length(t); while (n > 0 && substr(t, n, 1) == esc) n--;"
    " return (length(t) - n) % 2 }"
    ' function word(s) { return s == "" ? "-" : length(s) > 200 || s ~ "[^A-Za-z0-9@._}{+-]" ? "?" : s }'
    ' function value(s) { if (moz && depth == 3 && key[1] == "addons") v[key[3]] = s;'
    ' else if (!moz && key[1] == "extensions" && key[2] == "settings") {'
    " if (depth == 4) v[key[4]] = s;"
    ' else if (depth == 5 && type[5] == "[" && key[4] == "disable_reasons") v[key[4]] = s } }'
    ' function text(s) { if (type[depth] == "{" && (last == "{" || last == ",")) key[depth] = s;'
    ' else value(s); last = "s" }'
    " function tell() {"
    ' if (moz && depth == 3 && key[1] == "addons" && v["type"] == "extension")'
    ' print "mozilla", word(v["id"]), word(v["location"]), word(v["userDisabled"]), word(v["appDisabled"]), FILENAME;'
    ' if (!moz && depth == 4 && key[1] == "extensions" && key[2] == "settings" && v["location"] != "")'
    ' print "chromium", word(key[3]), word(v["location"]), word(v["state"]), word(v["disable_reasons"]), FILENAME }'
    ' function outside(t, i, c, w) { w = ""; for (i = 1; i <= length(t); i++) { c = substr(t, i, 1);'
    ' if (c ~ "[A-Za-z0-9.+-]") { w = w c; continue }'
    ' if (w != "") { value(w); w = "" }'
    ' if (c == "{" || c == "[") { type[++depth] = c; last = c; key[depth] = "";'
    ' if (depth == (moz ? 3 : 4)) split("", v) }'
    ' else if (c == "}" || c == "]") { if (c == "}") tell(); depth--; last = c }'
    ' else if (c == "," || c == ":") last = c } }'
    ' function done() { if (name != "") print (depth || inside ? "odd" : "list"), name }'
    ' BEGIN { RS = sprintf("%c", 34); esc = sprintf("%c", 92) }'
    ' FNR == 1 { done(); name = FILENAME; depth = 0; inside = 0; last = "";'
    ' moz = name ~ "/extensions[.]json$"; outside($0); next }'
    " !inside { inside = 1; held = $0; next }"
    " odd(held) { held = held RS $0; next }"
    " { inside = 0; text(held); outside($0) }"
    " END { done() }"
)


def _either(option: str, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for value in values for word in ("-o", option, value))[1:]


BROWSER_PROFILES = Probe(
    id="browser-profiles",
    run=(
        *("/usr/bin/find", "-H", "-O0", *HOMES, "-regextype", "posix-extended"),
        *("-type", "d", "!", "-regex", _ROUTES, "-prune", "-o"),
        *("-type", "d", "!", "(", *_either("-fstype", LOCAL_TYPES), ")", "-print", "-prune", "-o"),
        *("-type", "l", "-regex", _LINKS, "-print", "-o"),
        *("-type", "f", "(", "-name", "extensions.json", "-o", "-name", "Preferences"),
        *("-o", "-name", "Secure Preferences", ")"),
        *("(", "-size", f"-{LIST_CAP // KIB}k", "-exec", "/usr/bin/awk", _LIST_AWK, "{}", "+"),
        *("-o", "-print", ")"),
    ),
    root=True,
    why="ids of the extensions in the profiles of browsers and Thunderbird, and whether they run; "
    "nothing else of a profile",
    deadline=30,
    cap=2 * MIB,
)


class Extension(Frozen):
    """One extension of one profile. `enabled`: nobody switched it off."""

    id: str
    profile: str
    enabled: bool = True


class BrowserExtensions(Fact):
    """
    The extensions of one browser that somebody installed.

    `unseen` says of which homes, or which profiles, nobody knows any.
    """

    kind: Literal["browser-extensions"] = "browser-extensions"
    product: Product
    rules: ExtensionRules
    extensions: tuple[Extension, ...] = ()
    unseen: tuple[str, ...] = ()


#: Parts of a browser itself, by Firefox's name of the place and by Chromium's number.
_OWN_PLACES = re.compile(r"app-(builtin|system-(addons|defaults|profile))")
_OWN_NUMBERS = ("5", "10")
_PRODUCTS: Sequence[tuple[re.Pattern[str], Product]] = (
    (re.compile(r"/\.thunderbird/"), "thunderbird"),
    (re.compile(r"/mozilla/firefox/|/\.mozilla/firefox/"), "firefox"),
    (re.compile(r"/google-chrome[^/]*/"), "chrome"),
    (re.compile(r"/microsoft-edge[^/]*/"), "edge"),
    (re.compile(r"/Brave-Browser/"), "brave"),
    (re.compile(r"/chromium/"), "chromium"),
)


def parse_profiles(text: str) -> tuple[dict[Product, list[Extension]], list[str]]:
    """
    The extensions of each product; the places that were not entered and the lists that made no
    sense. Raises UnreadableError.
    """
    found: dict[Product, list[Extension]] = {}
    odd: list[str] = []
    told: set[str] = set()
    ended: set[str] = set()
    for line in text.splitlines():
        if line.startswith("/"):
            odd.append(printable(line.encode()))
            continue
        word, _, rest = line.partition(" ")
        if word in ("list", "odd"):
            ended.add(rest)
            if word == "odd":
                odd.append(rest)
            continue
        words = rest.split(" ", 4)
        if word not in ("mozilla", "chromium") or len(words) != 5:  # noqa: PLR2004 - see the awk
            raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
        name, place, first, second, path = words
        told.add(path)
        product = next((each for pattern, each in _PRODUCTS if pattern.search(path)), None)
        own = _OWN_PLACES.match(place) if word == "mozilla" else place in _OWN_NUMBERS
        # Chromium: state 0 is off, 2 was removed and is remembered; reasons are one number or many.
        off = "true" in (first, second) if word == "mozilla" else (
            first in ("0", "2") or second not in ("-", "0")
        )  # fmt: skip
        if product is not None and not own:
            profile = path.rpartition("/")[0]
            found.setdefault(product, []).append(
                Extension(id=name, profile=profile, enabled=not off)
            )
    if told - ended:
        raise UnreadableError("a list of extensions was not told to its end")
    return found, odd


@reader(BrowserExtensions, INSTALLED_SOFTWARE, BROWSER_POLICIES, BROWSER_PROFILES, ACCOUNTS)
def read_browser_extensions(outputs: Outputs) -> Iterator[BrowserExtensions | Missing | Absent]:
    """
    One fact a browser of which the policies are known.

    Where policies keep everything else from running, the profiles need not be known.
    """
    found: dict[Product, list[Extension]] = {}
    problem: tuple[GapReason, str] | None = None
    unseen: tuple[str, ...] = ()
    browsers = list(read_browser_policy.read(outputs))
    if any(isinstance(each, BrowserPolicy) for each in browsers):
        try:
            homes, people = _homes(outputs)
            found, odd = _profiles(outputs, homes)
            away = [each for each in people if not any(is_below(each, known) for known in HOMES)]
            unseen = (*odd, *away)
        except UnavailableError as missing:
            problem = missing.reason, missing.detail
        except UnreadableError as nonsense:
            problem = GapReason.UNPARSABLE, str(nonsense)
    for each in browsers:
        if not isinstance(each, BrowserPolicy):
            yield each
        elif problem and not each.rules.closes:
            yield Missing(each.subject, *problem)
        else:
            yield BrowserExtensions(
                subject=each.subject,
                product=each.product,
                rules=each.rules,
                extensions=tuple(found.get(each.product, ())),
                unseen=unseen,
            )


def _profiles(
    outputs: Outputs, homes: frozenset[str]
) -> tuple[dict[Product, list[Extension]], list[str]]:
    """What the walk told; whatever find complains of but a home that does not exist is a gap."""
    seen = outputs.observation(BROWSER_PROFILES)
    text = outputs.text(BROWSER_PROFILES, codes=(0, 1))
    for line in seen.errors.decode("utf-8", "replace").splitlines():
        if not re.search(r"(/home|/root)\W?: No such file or directory$", line):
            denied = "ermission denied" in line
            raise UnavailableError(GapReason.DENIED if denied else GapReason.UNPARSABLE, line[:200])
    found, odd = parse_profiles(text)
    mine = {
        product: [each for each in some if not _is_copy(each.profile, homes)]
        for product, some in found.items()
    }
    return mine, [each for each in odd if not _is_copy(each, homes)]


_IN_HOME = re.compile(r"(/home/[^/]+)/([^/]+)/.")
_OF_A_HOME = frozenset((".mozilla", ".thunderbird", ".config", "snap"))


def _is_copy(path: str, homes: frozenset[str]) -> bool:
    """Whether it lies in a folder of a home, where only a copy of a profile can be."""
    match = _IN_HOME.match(path)
    return match is not None and match[1] in homes and match[2] not in _OF_A_HOME


def _homes(outputs: Outputs) -> tuple[frozenset[str], list[str]]:
    """The homes of all accounts, and those of people."""
    accounts = parse_accounts(outputs.text(ACCOUNTS))
    people = {each.home for each in accounts.accounts if each.home and accounts.is_person(each)}
    return frozenset(each.home for each in accounts.accounts), sorted(people)
