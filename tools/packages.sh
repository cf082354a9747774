#!/bin/sh
# The Debian packages that the tests use. As root they are installed; otherwise what lacks is named,
# and the tests that need it say so in their last lines. What would change the machine by being
# installed (another clock daemon, another default awk) is only unpacked, beside the tests.
set -eu
installed="borgbackup btrfs-progs busybox chromium debootstrap distro-info-data dnsutils firefox-esr gnupg gnutls-bin
iproute2 iptables kmod knot knot-dnssecutils libxml2-utils mariadb-backup mariadb-server nftables nginx-light nmap openssh-client
openssh-server openssl pgbackrest poppler-utils postgresql python3-apt restic sudo systemd-container"
unpacked="chrony gawk logrotate original-awk postfix"
peers=build/peers
command -v dpkg-query >/dev/null || exit 0

has() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
missing=
for name in $installed; do has "$name" || missing="$missing $name"; done

if [ -n "$missing" ] && [ "$(id -u)" != 0 ]; then
  echo "Not root, so these packages stay away:$missing" >&2
elif [ -n "$missing" ]; then
  echo "Installing the tests' packages:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  # No daemon of these packages may start on its own: tests start theirs, on loopback.
  policy=/usr/sbin/policy-rc.d made=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made=1; }
  trap '[ -z "$made" ] || rm -f "$policy"' EXIT
  apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1; } ||
    echo "Some packages could not be installed; the tests that need them will say so." >&2
fi

mkdir -p "$peers"
for name in $unpacked; do
  has "$name" || [ -d "$peers/$name" ] && continue
  (cd "$peers" && apt-get download -qq "$name" >/dev/null 2>&1 && dpkg -x "$name"_*.deb "$name") ||
    echo "The package $name could not be fetched; the tests that need it will say so." >&2
  # Unpacked without what it depends on, a program may not start: then it is as good as absent.
  for program in "$peers/$name"/usr/bin/* "$peers/$name"/usr/sbin/*; do
    [ ! -x "$program" ] || ! LD_LIBRARY_PATH=$peers/$name/usr/lib/$name ldd "$program" 2>/dev/null |
      grep -q 'not found' || rm -f "$program"
  done
done
