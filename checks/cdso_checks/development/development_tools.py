"""
Compilers and debuggers on a host that runs the real thing.

DISA's guides for web servers call a compiler on a production server a finding (V-221446); lynis
asks that only root may run it (HRDN-7222). Whether one is there is asked of the package manager;
what came along with another package (gcc with dkms, for kernel modules) serves that one.
Interpreters, the Java kit and tools of diagnosis (strace, tcpdump) are how production runs and is
looked after; they count as nothing.
"""

import re
from collections.abc import Sequence

from cdso_audit.checking import About, check
from cdso_audit.facts.software import InstalledSoftware, Software
from cdso_audit.model import Context, HostAsset, Severity, Verdict

#: Packages of Debian, Red Hat, SUSE, Alpine and snap, and programs in /opt and /usr/local.
TOOLS = re.compile(
    r"(?:build-essential|build-base|gcc\d*(?:-c\+\+)?|g\+\+|gcc-\d[\d.]*|g\+\+-\d[\d.]*"
    r"|clang\d*|clang-\d[\d.]*|tcc|gfortran|gfortran-\d[\d.]*|gcc-gfortran|gnat|gnat-\d+|gcc-gnat"
    r"|go|golang|golang-go|golang-\d[\d.]*-go|golang-bin|rustc|rust|rustup|cargo|ghc"
    r"|fpc|fp-compiler|mono-mcs|mono-devel|dotnet-sdk(?:-[\d.]+)?"
    r"|gdb|gdbserver|gdb-(?:minimal|multiarch|gdbserver|headless)|lldb|lldb-\d[\d.]*|valgrind"
    r"|php[\d.]*-(?:pecl-)?xdebug\d?)"
)


def _is_tool(software: Software) -> bool:
    name = software.name
    return bool(TOOLS.fullmatch(name.rpartition("/")[2] if software.source == "file" else name))


def _names(software: Sequence[Software]) -> str:
    return ", ".join(each.name for each in software)


@check(
    InstalledSoftware,
    About(
        id="development-tools",
        title="No compiler and no debugger is installed where software runs for users",
        severity=Severity.LOW,
        why="Who builds on the server that serves users changes it past every test; an intruder "
        "builds his tools there too.",
        fix="Build elsewhere and install the result: `apt purge build-essential gcc g++ gdb`, then "
        "`apt autoremove`. If the host is for development or tests, say so in agency.yaml: "
        "`roles: [development]`.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.31",),
            "cis-v8": ("16.8",),
            "url": ("https://cisofy.com/lynis/controls/HRDN-7222/",),
        },
        pitfalls="lynis (HRDN-7222) is content when only root may run a compiler; here it must be "
        "away. Where apt or apk tells what somebody asked for, a compiler that came along with "
        "another package (dkms) does not count; rpm does not tell, so name it in `allowed`. make, "
        "git, strace, interpreters and the Java kit do not count.",
    ),
    allowed=(),
    apart=("development", "test", "staging", "build", "ci"),
)
def development_tools(installed: InstalledSoftware, context: Context) -> Verdict:
    """None that somebody asked for, but those of `allowed`; roles of `apart` are free."""
    roles = context.asset.roles if isinstance(context.asset, HostAsset) else ()
    apart = [each for each in roles if each in context.names("apart")]
    if apart:
        return Verdict.not_applicable(
            "agency.yaml gives this host the role {roles}: it is not production",
            roles=", ".join(apart),
        )
    tools = [each for each in installed.software if _is_tool(each)]
    found = [each for each in tools if each.asked and each.name not in context.names("allowed")]
    if found:
        return Verdict.failed(
            "tools of development on a production host: {names}",
            names=_names(found),
            seen="\n".join(str(each) for each in found),
        )
    if tools:
        return Verdict.passed(
            "nobody asked for these, or they are allowed: {names}", names=_names(tools)
        )
    return Verdict.passed("no compiler and no debugger is installed")
