"""
What the policies of browsers and of Thunderbird say of extensions.

A policy is judged as the program that reads it does, seen on Chromium 156, Firefox and Thunderbird
153: Chromium reads every file of its folder whatever it is called, the last name in the order of
bytes wins each policy whole, and a file that is no JSON is passed over; Firefox reads one file,
that in /etc if it is there, even when it is broken. What Chromium's folder `recommended` says is
not read: a line in the user's own profile undoes it.

Policy files hold passwords of proxies and keys of extensions. What leaves the host is their form,
with every text emptied but those that concern extensions.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cdso_audit.facts.accounts import sections
from cdso_audit.facts.reading import (
    KIB,
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.facts.software import (
    INSTALLED_SOFTWARE,
    InstalledSoftware,
    Software,
    read_installed_software,
)
from cdso_audit.model import Frozen, GapReason

#: A policy file that is larger than this is not read.
FILE_CAP = 256 * KIB
#: More files than this in one folder are not read.
MOST_FILES = 64

# One pass over the text, cut at its quotation marks. Outside of strings only what JSON is made of
# is kept (digits become 0, unknown words ?), so that neither a broken file nor a comment shows
# anything; a comment becomes /**/. A broken file can thus still be told from a good one.
_REDUCE = r"""
function masked(s) {
  gsub(/\\["\\\/bfnrt]/, "", s)
  gsub(/\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]/, "", s)
  gsub(/[]-~ -[]/, "", s); return s
}
function kept(s) {
  sub(/;.*/, "", s)
  if (s ~ /^update_url:https?:\/\/[A-Za-z0-9.:\/_-]+$/) return s
  return (length(s) <= 2000 && s ~ /^[A-Za-z0-9@._,*+{} -]*$/) ? s : masked(s)
}
function put(t) { gsub(/\n/, "\n| ", t); printf "%s", t }
function odd(t) { return match(t, /\\+$/) ? RLENGTH % 2 : 0 }
function string(s, is_key) {
  is_key = type[depth] == "{" && (last == "{" || last == ",")
  if (is_key && !keep && depth <= 2 && s ~ /^(ExtensionInstall(Blocklist|Allowlist|Forcelist)|ExtensionSettings|ExtensionAllowedTypes|Policy(List|Dictionary)MultipleSourceMergeList|InstallAddonsPermission)$/) keep = depth
  put("\"" (keep || (is_key && s == "policies") ? kept(s) : masked(s)) "\""); last = "s"
}
function structure(t, i, c) {
  gsub(/[0-9]+/, "0", t); gsub(/0[eE][+-]?0/, "0", t)
  gsub(/true/, "\001", t); gsub(/false/, "\002", t); gsub(/null/, "\003", t)
  gsub(/[^][{}:,0.+\001\002\003 \t\r\n-]/, "?", t)
  for (i = 1; i <= length(t); i++) {
    c = substr(t, i, 1)
    if (c == "{" || c == "[") { type[++depth] = c; last = c }
    else if (c == "}" || c == "]") { depth--; if (depth < keep) keep = 0; last = c }
    else if (c == ",") { if (depth == keep) keep = 0; last = c }
    else if (c == ":") last = c
  }
  gsub(/\001/, "true", t); gsub(/\002/, "false", t); gsub(/\003/, "null", t); put(t)
}
function outside(t, i) {
  while (t != "") {
    if (comment == "/") { i = index(t, "\n"); if (!i) return; t = substr(t, i); comment = "" }
    else if (comment == "*") { i = index(t, "*/"); if (!i) return; t = substr(t, i + 2); comment = "" }
    else if (match(t, /\/[\/*]/)) {
      i = RSTART; structure(substr(t, 1, i - 1)); put("/**/")
      comment = substr(t, i + 1, 1); t = substr(t, i + 2)
    } else { structure(t); return }
  }
}
BEGIN { RS = "\""; printf "| " }
NR == 1 { if (substr($0, 1, 3) == "\357\273\277") { put("\357\273\277"); $0 = substr($0, 4) } outside($0); next }
comment != "" { outside($0); next }
!inside { inside = 1; text = $0; next }
odd(text) { text = text "\"" $0; next }
{ inside = 0; string(text); outside($0) }
END { if (inside) put("\"" masked(text)); print "" }
"""  # noqa: E501 - the program for awk

BROWSER_POLICIES = Probe(
    id="browser-policies",
    run="reduce='"
    + _REDUCE
    + rf"""'
open_to_all() {{
  real=$(readlink -f "$1") && case $(stat -c %a "$real") in *[4567]) ;; *) return 1 ;; esac
  folder=${{real%/*}}
  while [ "$folder" ]; do
    case $(stat -c %a "$folder") in *[1357]) ;; *) return 1 ;; esac
    folder=${{folder%/*}}
  done
}}
hidden() {{
  above=$1
  while [ "$above" ] && [ ! -e "$above" ]; do above=${{above%/*}}; done
  [ "$above" ] && [ "$above" != "$1" ] && [ -d "$above" ] && [ ! -x "$above" ]
}}
look() {{
  if [ ! -r "$1" ] || ! open_to_all "$1"; then echo "closed $1"
  elif [ "$(wc -c <"$1")" -gt {FILE_CAP} ]; then echo "large $1"
  else echo "file $1"; awk "$reduce" <"$1"
  fi
}}
echo '== managed'
for place in /etc/chromium /etc/opt/chrome /etc/opt/edge /etc/brave; do
  each=$place/policies/managed
  if hidden "$each"; then echo "closed $each"; continue; fi
  [ -d "$each" ] || continue
  if [ ! -r "$each" ] || [ ! -x "$each" ] || ! open_to_all "$each"; then
    echo "closed $each"; continue
  fi
  set --
  for file in "$each"/* "$each"/.[!.]* "$each"/..?*; do [ -f "$file" ] && set -- "$@" "$file"; done
  if [ $# -gt {MOST_FILES} ]; then echo "large $each"; continue; fi
  for file do look "$file"; done
done
each=/etc/opt/chrome/policies/enrollment/CloudManagementEnrollmentToken
[ -e "$each" ] && echo "enrolled $each"
for each in /usr/lib/firefox-esr /usr/lib64/firefox-esr /usr/lib/firefox /usr/lib64/firefox \
  /usr/lib/thunderbird /usr/lib64/thunderbird /opt/firefox* /opt/thunderbird*; do
  [ -f "$each/application.ini" ] && echo "folder $each"
  each=$each/distribution/policies.json
  if hidden "$each"; then echo "closed $each"; elif [ -e "$each" ]; then look "$each"; fi
done
for each in /etc/firefox /etc/thunderbird; do
  each=$each/policies/policies.json
  if hidden "$each"; then echo "closed $each"; elif [ -e "$each" ]; then look "$each"; fi
done
echo '== end'
""",
    why="what the policies of Chromium, Chrome, Edge, Brave, Firefox and Thunderbird say of "
    "extensions; every other text in them is emptied",
    cap=2 * MIB,
)


# ---------------------------------------------------------------------------------------------
# What the policies come to
# ---------------------------------------------------------------------------------------------


class ExtensionRules(Frozen):
    """
    What a browser does with extensions, by policy.

    `refuses`: one that no policy names cannot be installed. `disables`: one that is there already
    does not run either. `allowed` and `forced` are ids that may be and that are installed,
    `blocked` those refused by name; `stores` are update URLs from which everything may come.
    """

    refuses: bool = False
    disables: bool = False
    allowed: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether nothing runs but what policies name."""
        return self.disables and not self.stores

    def stops(self, name: str) -> bool:
        """Whether the browser keeps an extension of that id from running."""
        named = name in self.allowed or name in self.forced
        return name in self.blocked or (self.closes and not named)


class Ignored(Frozen):
    """A file, or a policy in one, that the browser takes no notice of, and why."""

    path: str
    why: str


@dataclass(slots=True)
class _Read:
    """The files of one browser, and what it does not heed of them."""

    texts: Mapping[str, str]
    ignored: list[Ignored] = field(default_factory=list)


_STAR = "*"
#: A comma that JSON does not have and Chromium forgives.
_TRAILING_COMMA = re.compile(r",(\s*[\]}])")
#: installation_mode in Chromium's schema, of all and of one.
_CHROMIUM_DEFAULT = frozenset(("allowed", "blocked", "removed"))
_CHROMIUM_ONE = _CHROMIUM_DEFAULT | {"force_installed", "normal_installed"}
_FORCED = frozenset(("force_installed", "normal_installed"))
_REFUSED = frozenset(("blocked", "removed"))
#: The forms of the other fields: a wrong one voids ExtensionSettings as a whole.
_FIELDS: Mapping[str, type] = {
    **dict.fromkeys(("allowed_types", "blocked_permissions", "allowed_permissions"), list),
    **dict.fromkeys(("runtime_blocked_hosts", "runtime_allowed_hosts", "install_sources"), list),
    **dict.fromkeys(("update_url", "minimum_version_required", "blocked_install_message"), str),
    **dict.fromkeys(("toolbar_pin",), str),
    **dict.fromkeys(("override_update_url", "file_url_navigation_allowed"), bool),
}


def chromium_json(text: str) -> Mapping[str, Any] | None:
    """A policy file as Chromium reads it, comments and trailing commas too; None if it does not."""
    if "\ufffd" in text:  # a byte that is no UTF-8
        return None
    bare = _TRAILING_COMMA.sub(r"\1", text.removeprefix("\ufeff").replace("/**/", " "))
    try:
        found = json.loads(bare, strict=False)
    except (ValueError, RecursionError):  # Chromium gives up at 200 levels
        return None
    return found if isinstance(found, dict) else None


def chromium_policies(files: Mapping[str, str]) -> tuple[Mapping[str, Any], list[Ignored]]:
    """The policies of a folder: of each, that of the last file that has it, unless they merge."""
    read: list[Mapping[str, Any]] = []
    ignored: list[Ignored] = []
    for path in sorted(files, key=lambda each: each.encode("utf-8", "surrogateescape")):
        found = chromium_json(files[path])
        if found is None:
            ignored.append(Ignored(path=path, why="it is no JSON"))
        else:
            read.append(found)
    last: dict[str, Any] = {}
    for each in read:
        last |= each
    lists = _merged_names(last.get("PolicyListMultipleSourceMergeList"))
    tables = _merged_names(last.get("PolicyDictionaryMultipleSourceMergeList"))
    for name, value in last.items():
        all_values = [each[name] for each in read if name in each]
        if isinstance(value, list) and lists & {name, _STAR}:
            last[name] = [one for each in all_values if isinstance(each, list) for one in each]
        elif isinstance(value, dict) and tables & {name, _STAR}:
            merged: dict[str, Any] = {}
            for each in reversed(all_values):  # of one id, the first file's settings stay
                merged |= each if isinstance(each, dict) else {}
            last[name] = merged
    return last, ignored


def _merged_names(value: Any) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def chromium_rules(policies: Mapping[str, Any]) -> ExtensionRules:
    """What Chromium and its kin make of these policies."""
    denied = _words(policies.get("ExtensionInstallBlocklist"))
    given = policies.get("ExtensionSettings")
    settings: Mapping[str, Any] = given if given is not None and _is_valid(given) else {}
    default = settings.get(_STAR, {}).get("installation_mode")
    refuses = default in _REFUSED if default else _STAR in denied
    state = dict.fromkeys(_words(policies.get("ExtensionInstallAllowlist")), "allowed")
    state |= dict.fromkeys(denied, "blocked")
    state |= dict.fromkeys(_words(policies.get("ExtensionInstallForcelist")), "forced")
    stores = []
    for names, entry in settings.items():
        mode = entry.get("installation_mode")
        if mode is None or names == _STAR:
            continue
        if names.startswith("update_url:"):
            if mode not in _REFUSED:
                stores.append(names.removeprefix("update_url:"))
            continue
        word = "forced" if mode in _FORCED else "blocked" if mode in _REFUSED else "allowed"
        state |= dict.fromkeys((each.strip() for each in names.split(",")), word)
    state.pop(_STAR, None)
    types = policies.get("ExtensionAllowedTypes")
    refuses = refuses or (isinstance(types, list) and "extension" not in types)
    return ExtensionRules(
        refuses=refuses,
        disables=refuses,
        allowed=_of(state, "allowed"),
        forced=_of(state, "forced"),
        blocked=_of(state, "blocked"),
        stores=tuple(stores),
    )


def void_policies(policies: Mapping[str, Any], place: str) -> list[Ignored]:
    """The policies of extensions that Chromium refuses for their form."""
    ignored = []
    if not _is_valid(policies.get("ExtensionSettings", {})):
        ignored.append(Ignored(path=place, why="ExtensionSettings is not valid"))
    if not isinstance(policies.get("ExtensionInstallBlocklist", []), list):
        ignored.append(Ignored(path=place, why="ExtensionInstallBlocklist is no list"))
    return ignored


def _words(value: Any) -> list[str]:
    """A list's texts: what else is in it, Chromium leaves out; a text instead of a list is void."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _of(state: Mapping[str, str], word: str) -> tuple[str, ...]:
    return tuple(sorted(name for name, each in state.items() if each == word))


def _is_valid(settings: Any) -> bool:
    """Whether Chromium takes ExtensionSettings: one wrong value voids all of it."""
    if not isinstance(settings, dict):
        return False
    for name, entry in settings.items():
        if not isinstance(entry, dict):
            return False
        modes = _CHROMIUM_DEFAULT if name == _STAR else _CHROMIUM_ONE
        if entry.get("installation_mode", "allowed") not in modes:
            return False
        if any(not isinstance(entry.get(key, form()), form) for key, form in _FIELDS.items()):
            return False
    return True


def mozilla_policies(text: str) -> Mapping[str, Any] | None:
    """The policies of a policies.json as Firefox reads it; None when it refuses the file."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return None
    policies = found.get("policies") if isinstance(found, dict) else None
    return policies if isinstance(policies, dict) else None


#: installation_mode in Firefox's schema, of all and of one; an entry with another is left out.
_MOZILLA_DEFAULT = frozenset(("allowed", "blocked"))
_MOZILLA_ONE = _MOZILLA_DEFAULT | _FORCED


def mozilla_rules(policies: Mapping[str, Any]) -> ExtensionRules:
    """
    What Firefox and Thunderbird make of these policies.

    `InstallAddonsPermission` keeps people from installing; what is there stays and runs. An entry
    of one id stands before `*`, even an empty one.
    """
    settings = policies.get("ExtensionSettings")
    entries = {
        name: entry
        for name, entry in (settings.items() if isinstance(settings, dict) else ())
        if isinstance(entry, dict)
        and entry.get("installation_mode", "allowed")
        in (_MOZILLA_DEFAULT if name == _STAR else _MOZILLA_ONE)
    }
    default = entries.pop(_STAR, {})
    types = default.get("allowed_types")
    disables = default.get("installation_mode") == "blocked" or (
        isinstance(types, list) and "extension" not in types
    )
    permission = policies.get("InstallAddonsPermission")
    shut = isinstance(permission, dict) and permission.get("Default") in (False, "false")
    modes = {name: entry.get("installation_mode", "allowed") for name, entry in entries.items()}
    return ExtensionRules(
        refuses=disables or shut,
        disables=disables,
        allowed=_of(modes, "allowed"),
        forced=tuple(sorted(name for name, mode in modes.items() if mode in _FORCED)),
        blocked=_of(modes, "blocked"),
    )


# ---------------------------------------------------------------------------------------------
# The browsers of a host
# ---------------------------------------------------------------------------------------------


Product = Literal["chromium", "chrome", "edge", "brave", "firefox", "thunderbird"]


class ExtensionPolicy(Fact):
    """
    One browser (or Thunderbird) and its rules. `files` are the policy files (or keys) it reads.

    `in_cloud`: it is enrolled in its maker's console, whose policies are not on the host.
    """

    kind: str = "extension-policy"
    product: Product
    rules: ExtensionRules
    files: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    in_cloud: bool = False


class BrowserPolicy(ExtensionPolicy):
    """The rules of a browser on Linux."""

    kind: Literal["browser-policy"] = "browser-policy"


#: The Chromium family: how packages are called, and the folder of policies.
_CHROMIUM: Sequence[tuple[re.Pattern[str], Product, str]] = (
    (re.compile(r"^chromium$"), "chromium", "/etc/chromium/policies/managed"),
    (re.compile(r"^google-chrome-"), "chrome", "/etc/opt/chrome/policies/managed"),
    (re.compile(r"^microsoft-edge-"), "edge", "/etc/opt/edge/policies/managed"),
    (re.compile(r"^brave-browser$"), "brave", "/etc/brave/policies/managed"),
)
_MOZILLA = re.compile(r"^(firefox|thunderbird)(?:-esr)?$")
_MOZILLA_FOLDER = re.compile(r"^/opt/(firefox|thunderbird)[^/]*$")
#: Browsers of which nobody here knows where, or whether, they keep a policy of extensions.
_OTHERS = re.compile(r"^(?:chromium-browser|opera-stable|epiphany-browser|falkon)$")
#: The snap and the flatpak names that are browsers or Thunderbird.
_APPS = re.compile(
    r"^(?:chromium|firefox|thunderbird|brave|opera|org\.mozilla\.\w+|org\.chromium\.Chromium"
    r"|com\.google\.Chrome\w*|com\.microsoft\.Edge\w*|com\.brave\.Browser|com\.opera\.Opera"
    r"|org\.gnome\.Epiphany|org\.kde\.falkon)$"
)
NO_BROWSER = Absent("no browser with extensions is installed, nor Thunderbird")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the probe told: texts by path, paths that were closed or too large, folders."""

    files: Mapping[str, str]
    closed: Sequence[str]
    large: Sequence[str]
    folders: Sequence[str]
    enrolled: bool


def parse_policies(text: str) -> Answer:
    """The answer of the probe. Raises UnreadableError on a line that it does not write."""
    files: dict[str, list[str]] = {}
    told: dict[str, list[str]] = {"closed": [], "large": [], "folder": [], "enrolled": []}
    current: list[str] | None = None
    for line in sections(text)[0][1]:
        word, _, rest = line.partition(" ")
        if word == "|" and current is not None:
            current.append(rest)
        elif word == "file":
            current = files.setdefault(rest, [])
        elif word in told:
            current = None
            told[word].append(rest)
        else:
            raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
    return Answer(
        files={path: "\n".join(lines) for path, lines in files.items()},
        closed=told["closed"],
        large=told["large"],
        folders=told["folder"],
        enrolled=bool(told["enrolled"]),
    )


@reader(BrowserPolicy, INSTALLED_SOFTWARE, BROWSER_POLICIES)
def read_browser_policy(outputs: Outputs) -> Iterator[BrowserPolicy | Missing | Absent]:
    """One fact a browser; what cannot be looked at as the browser does is a gap."""
    installed = next(read_installed_software.read(outputs))
    if not isinstance(installed, InstalledSoftware):
        yield installed
        return
    found = [each for each in installed.software if _is_browser(each)]
    if not found:
        yield NO_BROWSER
        return
    answer = parse_policies(outputs.text(BROWSER_POLICIES))
    for each in found:
        yield _of_one(each, answer)


def _is_browser(each: Software) -> bool:
    if each.source in ("snap", "flatpak"):
        return bool(_APPS.match(each.name))
    if each.source == "file":
        return bool(_MOZILLA_FOLDER.match(each.name))
    if "snap" in each.version:  # Ubuntu's package that only brings the snap
        return False
    known = (_MOZILLA, _OTHERS, *(pattern for pattern, _, _ in _CHROMIUM))
    return any(pattern.match(each.name) for pattern in known)


def _of_one(each: Software, answer: Answer) -> BrowserPolicy | Missing:
    by_snap = each.source == "snap" and each.name == "firefox"
    subject = each.name if each.source in ("package", "file") else f"{each.name} ({each.source})"
    if each.source in ("snap", "flatpak") and not by_snap:
        detail = f"a {each.source} keeps its policies elsewhere, where nobody here looks"
        return Missing(subject, GapReason.UNREACHABLE, detail)
    for pattern, product, folder in _CHROMIUM:
        if pattern.match(each.name):
            return _of_chromium(subject, product, folder, answer)
    match = _MOZILLA.match(each.name) or _MOZILLA_FOLDER.match(each.name)
    if match is None:
        detail = "nobody here knows where it keeps a policy of extensions"
        return Missing(subject, GapReason.UNREACHABLE, detail)
    mozilla: Product = "firefox" if match[1] == "firefox" else "thunderbird"
    places = (
        [each.name]
        if each.source == "file"
        else []
        if by_snap
        else [f"/usr/lib/{each.name}", f"/usr/lib64/{each.name}"]
    )
    return _of_mozilla(subject, mozilla, places, answer)


def _of_chromium(
    subject: str, product: Product, folder: str, answer: Answer
) -> BrowserPolicy | Missing:
    below = folder + "/"
    problem = _problem(subject, answer, lambda path: (path + "/").startswith(below))
    if problem:
        return problem
    texts = {path: text for path, text in answer.files.items() if path.startswith(below)}
    policies, ignored = chromium_policies(texts)
    ignored += void_policies(policies, folder)
    return BrowserPolicy(
        subject=subject,
        product=product,
        rules=chromium_rules(policies),
        files=tuple(sorted(texts)),
        ignored=tuple(ignored),
        in_cloud=product == "chrome" and answer.enrolled,
    )


def _of_mozilla(
    subject: str, product: Product, places: Sequence[str], answer: Answer
) -> BrowserPolicy | Missing:
    system = f"/etc/{product}/policies/policies.json"
    own = [f"{place}/distribution/policies.json" for place in places]
    problem = _problem(subject, answer, lambda path: path == system)
    if problem:
        return problem
    if system in answer.files:
        path = system
    else:
        if places and not set(places) & set(answer.folders):
            detail = "nobody here knows the folder into which it was installed"
            return Missing(subject, GapReason.UNREACHABLE, detail)
        problem = _problem(subject, answer, lambda path: path in own)
        if problem:
            return problem
        path = next((each for each in own if each in answer.files), "")
    policies = mozilla_policies(answer.files.get(path, ""))
    ignored = [] if policies is not None else [Ignored(path=path, why="it is no JSON of policies")]
    if policies is not None and isinstance(policies.get("ExtensionSettings"), str):
        detail = f"{path}: ExtensionSettings is written as text, which is not read here"
        return Missing(subject, GapReason.UNPARSABLE, detail)
    return BrowserPolicy(
        subject=subject,
        product=product,
        rules=mozilla_rules(policies or {}),
        files=(path,) if path else (),
        ignored=tuple(ignored),
    )


def _problem(subject: str, answer: Answer, concerns: Any) -> Missing | None:
    """A file that counts and that we could not read."""
    for path in answer.closed:
        if concerns(path):
            detail = f"{path} is closed to some accounts, whose browsers take no notice of it"
            return Missing(subject, GapReason.DENIED, detail)
    for path in answer.large:
        if concerns(path):
            return Missing(subject, GapReason.TOO_LARGE, f"{path} is too large to be read")
    return None
