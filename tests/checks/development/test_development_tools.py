"""`development-tools`: what somebody asked for, on a host that is not called one of development."""

import pytest
from tests.checks.lists.rows import installed
from tests.support import DENIED, HOST, Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import HostAsset, Outcome
from cdso_checks.development.development_tools import TOOLS, development_tools

PLAIN = installed(
    "gcc-12-base 12.2.0", "libgcc-s1 12.2.0", "libgdbm6 1.23", "cpp 4:12.2.0", "make 4.3",
    "perl 5.36", "python3 3.11", "git 1:2.39.5", "strace 6.1", "openjdk-17-jdk-headless 17.0",
    "linux-headers-amd64 6.1", "golang-docker-credential-helpers 0.6",
    manual="gcc-12-base\nperl\ngit\n", beside="/opt/gcc-docs\n/usr/local/bin/deploy\n",
)  # fmt: skip
BUILDING = installed("gcc 4:12.2.0", "gdb 13.1", manual="gcc\n")


def called(*roles: str) -> HostAsset:
    return HOST.model_copy(update={"roles": roles})


CASES = [
    Case(
        "good: a plain server",
        PLAIN,
        Outcome.PASS,
        says="no compiler and no debugger",
    ),
    Case("bad: somebody asked for it", BUILDING, Outcome.FAIL, says="production host: gcc"),
    Case(
        "bad: nobody knows who asked",
        installed("gcc 12", "gdb 13"),
        Outcome.FAIL,
        says="host: gcc, gdb",
    ),
    Case(
        "bad: beside the packages",
        installed("bash 5.2", beside="/usr/local/bin/rustc\n"),
        Outcome.FAIL,
        says="/usr/local/bin/rustc",
    ),
    Case("bad: a snap", installed("bash 5.2", snap="ii go 1.22\n"), Outcome.FAIL, says="host: go"),
    Case(
        "good: it came along with dkms",
        installed("gcc 12.2", "dkms 3.0", manual="dkms\n"),
        Outcome.PASS,
        says="nobody asked for these, or they are allowed: gcc",
    ),
    Case(
        "good: allowed",
        installed("gcc 12.2"),
        Outcome.PASS,
        says="allowed: gcc",
        parameters={"allowed": ["gcc"]},
    ),
    Case(
        "bad: another than what is allowed",
        installed("gcc 12.2", "gdb 13"),
        Outcome.FAIL,
        says="host: gdb",
        parameters={"allowed": ["gcc"]},
    ),
    *(
        Case(
            f"absent: a host of {role}",
            BUILDING,
            Outcome.NOT_APPLICABLE,
            says=f"the role {role}: it is not production",
            asset=called("web", role),
        )
        for role in ("development", "test", "staging", "build", "ci")
    ),
    Case("bad: a host of another role", BUILDING, Outcome.FAIL, asset=called("web")),
    Case(
        "bad: roles of one's own words",
        BUILDING,
        Outcome.FAIL,
        asset=called("test"),
        parameters={"apart": ["lab"]},
    ),
    Case("unreadable: denied", {INSTALLED_SOFTWARE: DENIED}, Outcome.UNKNOWN),
    Case("unreadable: no package database", {INSTALLED_SOFTWARE: "== none\n"}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(development_tools, case)


@pytest.mark.parametrize(
    "name",
    [
        *("build-essential", "build-base", "gcc", "gcc-c++", "g++", "gcc13", "gcc-12", "g++-12"),
        *("gcc13-c++", "clang", "clang17", "clang-14", "tcc", "gfortran", "gfortran-12", "gnat-12"),
        *("gcc-gfortran", "gcc-gnat", "gnat", "go", "golang", "golang-go", "golang-1.19-go"),
        *("golang-bin", "rustc", "rust", "rustup", "cargo", "ghc", "fpc", "fp-compiler"),
        *("mono-mcs", "mono-devel", "dotnet-sdk-8.0", "dotnet-sdk", "gdb", "gdbserver"),
        *("gdb-minimal", "gdb-multiarch", "gdb-gdbserver", "gdb-headless", "lldb", "lldb-14"),
        *("valgrind", "php-xdebug", "php8.2-xdebug", "php-pecl-xdebug3"),
    ],
)
def test_a_tool_is_known_by_its_name(name: str) -> None:
    assert TOOLS.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        *("gcc-12-base", "gcc-14-base", "libgcc-s1", "gdbm", "libgdbm6", "golang-src", "cpp-12"),
        *("gcc-12-doc", "clang-format", "clang-tidy", "golang-docker-credential-helpers", "gosu"),
        *("rust-coreutils", "cargo-doc", "dotnet-runtime-8.0", "php8.2-cli", "make", "git", "perl"),
        *("openjdk-17-jdk", "default-jdk-headless", "nodejs", "npm", "strace", "tcpdump", "gcr"),
    ],
)
def test_what_only_sounds_like_one_is_none(name: str) -> None:
    assert not TOOLS.fullmatch(name)
