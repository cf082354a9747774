"""`time-synchronised` asks the daemon whether it follows a source that answers."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.clock import TIME_DAEMONS, from_chrony, span_ms
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.timekeeping.time_synchronised import time_synchronised

MACHINE = "@@ os-release\nID=debian\n@@ container\nnone\n@@ end\n"
#: Printed by chronyc 4.3.
TRACKING = """Reference ID    : C6124D35 (198.18.77.53)
Stratum         : 3
Ref time (UTC)  : Sat Nov 21 11:58:43 2026
System time     : {offset} seconds slow of NTP time
Last offset     : +0.000014062 seconds
RMS offset      : 0.000014062 seconds
Frequency       : 0.000 ppm slow
Residual freq   : +0.000 ppm
Skew            : 0.000 ppm
Root delay      : 0.000058 seconds
Root dispersion : 0.000031 seconds
Update interval : 64.2 seconds
Leap status     : Normal
"""
UNSYNCHRONISED = """Reference ID    : 00000000 ()
Stratum         : 0
Ref time (UTC)  : Thu Jan 01 00:00:00 1970
System time     : 0.000000000 seconds fast of NTP time
Last offset     : +0.000000000 seconds
Leap status     : Not synchronised
"""
LOCAL = TRACKING.replace("C6124D35 (198.18.77.53)", "7F7F0101 ()")
CHOSEN = "^,*,198.18.77.53,2,6,377,23,0.000014062,0.000014062,0.000089\n"
UNHEARD = "^,?,198.18.77.53,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n"
#: Printed by timedatectl of systemd 252.
SHOW = "Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized={}\n"
TIMESYNC = """       Server: 198.18.77.53 (ntp.example.vn)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: C0A80101
    Precision: 1us (-25)
Root distance: 24.7ms (max: 5s)
       Offset: {offset}
        Delay: 25.1ms
       Jitter: 2.1ms
 Packet count: 42
    Frequency: +12.1ppm
"""
NTPQ = """     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
+198.18.77.54    .GPS.            1 u   33   64  377    0.300    0.120   0.020
{mark}198.18.77.53    .GPS.            1 u   12   64  {reach}    0.250   {offset}   0.010
"""


def seen(daemons: str, nature: str = MACHINE, **said: str) -> dict[object, str]:
    names = ("chrony-tracking", "chrony-sources", "timedatectl", "timesync", "ntpq", "ntpctl")
    text = "".join(f"@@ {name}\n{said.get(name.replace('-', '_'), '')}\n" for name in names)
    return {TIME_DAEMONS: f"@@ daemons\n{daemons}\n{text}@@ end\n", HOST_NATURE: nature}


def chrony(tracking: str, sources: str) -> dict[object, str]:
    return seen("chronyd", chrony_tracking=tracking, chrony_sources=sources)


GOOD = TRACKING.format(offset="0.000001500")
LXC = MACHINE.replace("none", "lxc")
CASES = [
    Case("good: chrony", chrony(GOOD, CHOSEN), Outcome.PASS, says="198.18.77.53, 0.002 ms"),
    Case(
        "good: timesyncd",
        seen(
            "systemd-timesyn",
            timedatectl=SHOW.format("yes"),
            timesync=TIMESYNC.format(offset="-1.204ms"),
        ),
        Outcome.PASS,
        says="1.204 ms",
    ),
    Case(
        "good: ntpd",
        seen("ntpd", ntpq=NTPQ.format(mark="*", reach=377, offset="-0.420")),
        Outcome.PASS,
    ),
    Case(
        "good: chrony in a container follows a source",
        seen("chronyd", LXC, chrony_tracking=GOOD, chrony_sources=CHOSEN),
        Outcome.PASS,
    ),
    Case(
        "bad: chronyd runs, nothing was heard",
        chrony(UNSYNCHRONISED, UNHEARD),
        Outcome.FAIL,
        says="not synchronised",
    ),
    Case(
        "bad: its own clock is its source", chrony(LOCAL.format(offset="0"), UNHEARD), Outcome.FAIL
    ),
    Case(
        "bad: the source fell silent",
        chrony(GOOD, CHOSEN.replace(",377,", ",0,")),
        Outcome.FAIL,
        says="no source that answers",
    ),
    Case(
        "bad: seconds off",
        chrony(TRACKING.format(offset="2.500000000"), CHOSEN),
        Outcome.FAIL,
        says="2500.000 ms",
    ),
    Case("bad: two daemons", seen("chronyd\nntpd"), Outcome.FAIL, says="several"),
    Case(
        "bad: ntpd has chosen nobody",
        seen("ntpd", ntpq=NTPQ.format(mark=" ", reach=0, offset="0.0")),
        Outcome.FAIL,
    ),
    Case(
        "bad: timesyncd has not synchronised",
        seen(
            "systemd-timesyn",
            timedatectl=SHOW.format("no"),
            timesync="Server: n/a (ntp.example.vn)\nPoll interval: 0 (min: 32s; max 34min 8s)\n",
        ),
        Outcome.FAIL,
    ),
    Case("absent: no daemon", seen(""), Outcome.FAIL, says="no time daemon"),
    Case(
        "unreadable: a container without a daemon",
        seen("", LXC, timedatectl=SHOW.format("yes")),
        Outcome.UNKNOWN,
        says="lxc",
    ),
    Case(
        "unreadable: chronyd does not answer",
        chrony("506 Cannot talk to daemon", "506 Cannot talk to daemon"),
        Outcome.UNKNOWN,
        says="506",
    ),
    Case(
        "unreadable: cut short",
        {TIME_DAEMONS: "@@ daemons\n", HOST_NATURE: MACHINE},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: broken", {TIME_DAEMONS: Answer(code=2), HOST_NATURE: MACHINE}, Outcome.UNKNOWN
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(time_synchronised, case)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("-1.204ms", -1.204), ("+35us", 0.035), ("1min 2.5s", 62500.0), ("-2s", -2000.0), ("", None)],
)
def test_spans(text: str, ms: float | None) -> None:
    assert span_ms(text) == pytest.approx(ms) if ms is not None else span_ms(text) is None


@pytest.mark.daemon
@pytest.mark.parametrize(("conf", "synchronised"), [("local stratum 3\n", True), ("", False)])
def test_a_real_chronyd_is_understood(tmp_path: Path, conf: str, synchronised: bool) -> None:
    """Without control of the clock: alone it knows nothing, as its own source it is blind."""
    chronyd, chronyc = shutil.which("chronyd"), shutil.which("chronyc")
    if not chronyd or not chronyc:
        pytest.skip("needs the package chrony")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (tmp_path / "c.conf").write_text(
        f"server 127.0.0.9 iburst\ncmdport {port}\npidfile {tmp_path}/pid\n{conf}"
    )
    daemon = subprocess.Popen(
        [chronyd, "-x", "-U", "-d", "-u", "root", "-f", str(tmp_path / "c.conf")],
        stderr=subprocess.DEVNULL,
    )
    ask = [chronyc, "-h", "127.0.0.1", "-p", port, "-n"]
    try:
        for _ in range(50):
            said = subprocess.run([*ask, "tracking"], capture_output=True, text=True, check=False)
            if said.returncode == 0:
                break
            time.sleep(0.1)
        sources = subprocess.run(
            [*ask, "-c", "sources"], capture_output=True, text=True, check=True
        )
    finally:
        daemon.terminate()
        daemon.wait()

    heard = from_chrony(said.stdout, sources.stdout)

    assert heard is not None
    assert heard["synchronised"] is synchronised
    assert heard["reachable"] is False
