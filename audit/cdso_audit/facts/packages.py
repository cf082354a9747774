"""Which packages are installed, by name."""

from cdso_audit.facts.reading import Probe, UnreadableError

PACKAGES = Probe(
    id="package-names",
    run=r"""
if command -v dpkg-query >/dev/null 2>&1; then
  echo '== dpkg'
  dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' || exit 4
elif command -v rpm >/dev/null 2>&1; then
  echo '== rpm'
  rpm -qa --qf 'ii %{NAME}\n' || exit 4
elif command -v apk >/dev/null 2>&1; then
  echo '== apk'
  apk info -q 2>/dev/null | sed 's/^/ii /'
else echo '== none'
fi
echo '== end'
""",
    why="names of the installed packages",
    deadline=30,
)


def parse_packages(text: str) -> tuple[str, ...] | None:
    """Installed packages, or None without a package database. Raises UnreadableError."""
    lines = text.splitlines()
    if len(lines) < 2 or lines[-1] != "== end":  # noqa: PLR2004 - first and last line
        raise UnreadableError("the list of packages has no end")
    if lines[0] == "== none":
        return None
    rows = [line.split() for line in lines[1:-1]]
    return tuple(sorted({row[-1] for row in rows if row and row[0][1:2] == "i"}))
