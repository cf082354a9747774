#!/bin/sh
# The Debian packages that the tests use. As root they are installed; otherwise what lacks is named,
# and the tests that need it say so in their last lines.
set -eu
wanted="openssh-server openssh-client sudo nmap nginx-light busybox-static openssl dnsutils
iproute2 debootstrap systemd-container chromium poppler-utils restic nftables iptables kmod chrony"
command -v dpkg-query >/dev/null || exit 0
missing=
for name in $wanted; do
  dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
  echo "Installing the tests' packages:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  # No daemon of these packages may start on its own: tests start theirs, on loopback.
  policy=/usr/sbin/policy-rc.d made=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made=1; }
  trap '[ -z "$made" ] || rm -f "$policy"' EXIT
  apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; } ||
    echo "Some packages could not be installed; the tests that need them will say so." >&2
else
  echo "Not root, so these packages stay away:$missing" >&2
fi
