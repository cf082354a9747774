"""
The shell programs that a drill feeds to `sh -s` on a host: constants with quoted values.

Every value is quoted by `shlex.quote`, secrets come over standard input and stand in no argument
list, and whatever changes something looks first whether the host is still the drill's: the marker
with its nonce and end, and that no newer lease was seen there.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Where a drill keeps its files on a host; only there, and only on hosts that carry the marker.
BASE = "/var/tmp/cdso-drill"  # noqa: S108 - the folder is made 0700 and its owner is checked


@dataclass(frozen=True, slots=True)
class Permit:
    """
    What must hold on a host before anything is changed there.

    `token` tells two leases of one number apart, which two copies of a journal can make; `seq` and
    `head` are the newest entry of the operator's journal, left there for whoever comes next.
    """

    marker: str
    nonce: str
    journal: str
    drill: int
    fence: int
    token: str
    seq: int
    head: str

    @property
    def folder(self) -> str:
        """The drill's own folder on the host."""
        return f"{BASE}-{self.journal[:8]}-{self.drill}"

    @property
    def work(self) -> str:
        """The folder that a playbook may use: `{{work}}`."""
        return f"{self.folder}/work"


def _q(text: str | int) -> str:
    return shlex.quote(str(text))


def opening(mark: str) -> str:
    """What every program begins with."""
    return f"M={_q(mark)}\numask 077\nLC_ALL=C\nexport LC_ALL\n"


def permitted(permit: Permit) -> str:
    """Go on only where the marker is right and no newer lease was here."""
    return f"""\
no() {{ printf '\\n%s refused %s\\n' "$M" "$1"; exit 0; }}
m={_q(permit.marker)}
[ -f "$m" ] && [ ! -L "$m" ] || no marker-missing
grep -qxF {_q("nonce=" + permit.nonce)} "$m" || no marker-nonce
e=$(sed -n 's/^expires=//p' "$m" | head -n 1)
case "$e" in
[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) ;;
*) no marker-expiry ;;
esac
expr "x$(date -u +%Y-%m-%dT%H:%M:%SZ)" '<' "x$e" >/dev/null || no marker-expired
W={_q(permit.folder)}
mkdir -p "$W" 2>/dev/null
[ -d "$W" ] && [ ! -L "$W" ] && [ -O "$W" ] || no work-folder
for f in "$W"/fence.*; do
  [ -e "$f" ] || continue
  n=${{f##*/fence.}}
  [ "${{n%%.*}}" -lt {_q(permit.fence)} ] || [ "$n" = {permit.fence}.{_q(permit.token)} ] ||
    no "fenced-$n"
done
mkdir -p "$W/fence.{permit.fence}.{permit.token}" "$W/work"
printf '%s\\n' {_q(f"{permit.seq} {permit.head}")} > "$W/seen"
"""


def _exports(env: Mapping[str, str]) -> str:
    return "".join(f"export {name}={_q(value)}\n" for name, value in sorted(env.items()))


def _invoked(argv: Sequence[str], stdin: str | None, seconds: int) -> str:
    """The command, ended by the host itself when its time is up."""
    limit = f"""\
T=
command -v timeout >/dev/null 2>&1 && T='timeout -k 10 {seconds}'
"""
    command = "$T " + shlex.join(argv)
    if stdin is None:
        return f"{limit}{command} </dev/null"
    return f"{limit}printf %s {_q(stdin)} | {command}"


def command(
    mark: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: str | None,
    seconds: int,
    permit: Permit | None,
) -> str:
    """Run one command and say how it ended."""
    return (
        opening(mark)
        + (permitted(permit) if permit else "")
        + "unset LC_ALL\n"
        + _exports(env)
        + "printf '\\n%s begin\\n' \"$M\"\n"
        + _invoked(argv, stdin, seconds)
        + '\nc=$?\nprintf \'\\n%s exit %s\\n\' "$M" "$c"\n'
    )


#: Notes must be on disk before what they tell of: a host that loses its power forgets the rest.
_KEEP = """\
keep() { sync "$@" 2>/dev/null || sync; }
"""
_NOW = """\
now() {
  printf 'boot=%s\\nuptime=%s\\nwall=%s\\n' "$(cat /proc/sys/kernel/random/boot_id)" \\
    "$(cut -d' ' -f1 /proc/uptime)" "$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)"
}
"""


def _runner(folder: str, argv: Sequence[str], stdin: str | None, seconds: int) -> str:
    """The script that runs detached: it claims its attempt, notes its times, and its end."""
    given = '"$D/in"' if stdin is not None else "/dev/null"
    return f"""\
#!/bin/sh
umask 077
D={_q(folder)}
mkdir "$D/claim" 2>/dev/null || exit 0
{_KEEP}{_NOW}\
{{
  now
  printf 'pid=%s\\nstart=%s\\n' "$$" "$(sed 's/.*) //' "/proc/$$/stat" | cut -d' ' -f20)"
}} > "$D/began.new" && mv "$D/began.new" "$D/began"
keep "$D/began" "$D"
. "$D/env"
rm -f "$D/env"
cd /
T=
command -v timeout >/dev/null 2>&1 && T='timeout -k 10 {seconds}'
$T {shlex.join(argv)} <{given} >"$D/out" 2>"$D/err"
c=$?
rm -f "$D/in"
keep "$D/out" "$D/err"
{{ now; printf 'exit=%s\\n' "$c"; }} > "$D/ended.new" && mv "$D/ended.new" "$D/ended"
exit "$c"
"""


def unit(journal: str, drill: int, step: str, attempt: int) -> str:
    """The name of a detached command on its host."""
    return f"cdso-{journal[:8]}-{drill}-{step}-{attempt}"


def attempt_folder(permit: Permit, step: str, attempt: int) -> str:
    """Where a detached attempt keeps its state."""
    return f"{permit.folder}/{step}.{attempt}"


def detach(
    mark: str,
    name: str,
    folder: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: str | None,
    seconds: int,
    permit: Permit,
) -> str:
    """Start a command that goes on without us; an attempt that exists already is left alone."""
    script = _runner(folder, argv, stdin, seconds)
    keep = f'printf %s {_q(stdin)} > "$D/in"\n' if stdin is not None else ""
    return (
        opening(mark)
        + permitted(permit)
        + f"""\
{_KEEP}D={_q(folder)}
if mkdir "$D" 2>/dev/null; then
(unset LC_ALL; export -p) > "$D/env"  # a service of systemd has no HOME and another PATH
printf %s {_q(_exports(env))} >> "$D/env"
{keep}printf %s {_q(script)} > "$D/run.sh"
keep "$D/run.sh" "$D" "$W"
unit() {{
  systemd-run --quiet --no-ask-password "$@" --unit={_q(name)} \
    /bin/sh "$D/run.sh" </dev/null >/dev/null 2>&1
}}
by=setsid
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1 &&
  {{ unit --collect || unit; }}  # before systemd 236 there was no --collect
then by=systemd
else setsid /bin/sh "$D/run.sh" </dev/null >/dev/null 2>&1 &
fi
printf 'by=%s\\n' "$by" > "$D/by"
i=0
while [ ! -e "$D/began" ] && [ "$i" -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
fi
"""
        + _state("no")
    )


def _state(claim: str) -> str:
    """What became of an attempt; `lost` is one that a restart of the host has ended."""
    return f"""\
say() {{ printf '\\n%s state %s\\n' "$M" "$1"; cat "$D/by" "$D/began" "$D/ended" 2>/dev/null; }}
same() {{ [ "$(sed -n 's/^boot=//p' "$D/began")" = "$(cat /proc/sys/kernel/random/boot_id)" ]; }}
alive() {{
  p=$(sed -n 's/^pid=//p' "$D/began"); s=$(sed -n 's/^start=//p' "$D/began")
  same && [ "$(sed 's/.*) //' "/proc/$p/stat" 2>/dev/null | cut -d' ' -f20)" = "$s" ]
}}
if [ ! -d "$D" ]; then say none
elif [ -e "$D/ended" ]; then say ended
elif [ -e "$D/began" ]; then
  if alive; then say running
  elif [ -e "$D/ended" ]; then say ended
  elif same; then say died
  else say lost; fi
elif [ {claim} = yes ] && mkdir "$D/claim" 2>/dev/null; then rm -f "$D/env" "$D/in"; say never
else say starting; fi
printf '\\n%s exit 0\\n' "$M"
"""


def state(mark: str, folder: str, *, claim: bool) -> str:
    """
    How a detached attempt stands. With `claim`, one that was prepared and never began is claimed,
    so that it never will.
    """
    return f"{opening(mark)}D={_q(folder)}\n{_state('yes' if claim else 'no')}"


def output(mark: str, folder: str, cap: int) -> str:
    """What a detached attempt wrote, its end where it is long."""
    return (
        f"{opening(mark)}D={_q(folder)}\nprintf '\\n%s begin\\n' \"$M\"\n"
        f'tail -c {cap} "$D/out"\ntail -c 65536 "$D/err" >&2\n'
        "printf '\\n%s exit 0\\n' \"$M\"\n"
    )


def stop(mark: str, name: str, folder: str) -> str:
    """End a detached attempt and everything of its session."""
    return (
        opening(mark)
        + f"""\
D={_q(folder)}
mkdir "$D/claim" 2>/dev/null && rm -f "$D/env" "$D/in"
s=$(sed -n 's/^pid=//p' "$D/began" 2>/dev/null)
command -v systemctl >/dev/null 2>&1 && systemctl stop {_q(name)} 2>/dev/null
all() {{
  for f in /proc/[0-9]*/stat; do
    [ "$(sed 's/.*) //' "$f" 2>/dev/null | cut -d' ' -f4)" = "$s" ] || continue
    p=${{f#/proc/}}; kill "-$1" "${{p%/stat}}" 2>/dev/null
  done
}}
if [ -n "$s" ]; then all TERM; sleep 1; all KILL; fi
printf '\\n%s exit 0\\n' "$M"
"""
    )


def tidy(mark: str, permit: Permit) -> str:
    """Remove the drill's files. The leases and the last entry seen stay, for who comes late."""
    return (
        opening(mark)
        + permitted(permit)
        + """\
printf '\\n%s begin\\n' "$M"
find "$W" -mindepth 1 -maxdepth 1 ! -name 'fence.*' ! -name seen -exec rm -rf {} +
printf '\\n%s exit %s\\n' "$M" "$?"
"""
    )


def identity(mark: str, permit: Permit | None) -> str:
    """Who the host is, as far as it says itself; and the lease and entry that it saw last."""
    folder = permit.folder if permit else "/nonexistent"
    marker = permit.marker if permit else "/nonexistent"
    return (
        opening(mark)
        + f"""\
printf '\\n%s begin\\n' "$M"
printf 'name %s\\n' "$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)"
printf 'name %s\\n' "$(hostname -f 2>/dev/null)"
printf 'machine-id %s\\n' "$(cat /etc/machine-id 2>/dev/null)"
for a in $(hostname -I 2>/dev/null); do printf 'address %s\\n' "$a"; done
ip -o addr show 2>/dev/null | awk '{{ sub("/.*", "", $4); print "address", $4 }}'
awk '/32 host/ {{ print "address", a }} {{ a = $2 }}' /proc/net/fib_trie 2>/dev/null | sort -u
for f in {_q(folder)}/fence.*; do [ -e "$f" ] && printf 'fence %s\\n' "${{f##*/fence.}}"; done
printf 'seen %s\\n' "$(cat {_q(folder)}/seen 2>/dev/null)"
m={_q(marker)}
if [ -L "$m" ]; then printf 'marker link\\n'
elif [ -f "$m" ]; then sed -n 's/^/marker: /p' "$m" | head -n 20
else printf 'marker none\\n'; fi
printf '\\n%s exit 0\\n' "$M"
"""
    )
