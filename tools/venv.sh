#!/bin/sh
# Make a virtual environment, with Debian's python3-venv if that is what lacks.
set -eu
python=$1 venv=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "cdso-audit needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Try: make PYTHON=python3.12" >&2
  exit 1
}
"$python" -m venv "$venv" >/dev/null 2>&1 && exit 0
rm -rf "$venv"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing python$version-venv …" >&2
  { apt-get install -y -qq "python$version-venv" ||
    { apt-get update -qq && apt-get install -y -qq "python$version-venv"; }; } >/dev/null
  exec "$python" -m venv "$venv"
fi
echo "Python's venv module is not complete here. As root: apt install python$version-venv" >&2
exit 1
