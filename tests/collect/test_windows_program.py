"""
The PowerShell program: what it may say, and what is made of what comes back.

There is no PowerShell here, so its text is read by a grammar (where that is installed) and by an
allow-list of commands; its answers are written as the program would.
"""

import importlib.util
import json
import re
from datetime import UTC, datetime

import pytest

from cdso_audit.cli.collector import collector as _collector  # noqa: F401 - the command imports
from cdso_audit.collect.alone import script
from cdso_audit.collect.program import Question
from cdso_audit.collect.windows.program import ABOUT, observations, plain, program
from cdso_audit.facts.reading import Probe, readers_of
from cdso_audit.model import AssetKind, GapReason
from cdso_audit.plugins import installed_checks

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARKER = "a1" * 24
PROBES = {
    probe.id: probe
    for check in installed_checks().values()
    for reader in readers_of(check.fact)
    if AssetKind.HOST_WINDOWS in reader.on
    for probe in reader.probes
    if probe.via == "powershell"
}
TEXT = program([Question(each) for each in PROBES.values()], MARKER)

#: Every command of the program; one more must be looked at by a person first.
ALLOWED = {
    *("Ask", "Get-CdsoAnswer", "Get-CdsoCode", "Read-CdsoKey", "Format-CdsoTime"),
    *("ConvertTo-Json", "ForEach-Object", "Where-Object", "Select-Object", "Split-Path"),
    *("Get-CimInstance", "Get-Command", "Get-Content", "Get-Date", "Get-Item", "Get-ItemProperty"),
    *("Get-LocalGroupMember", "Get-LocalUser", "Get-MpComputerStatus", "Get-NetFirewallProfile"),
    *("Get-ScheduledTask", "Get-ScheduledTaskInfo", "Get-Service", "Get-SmbClientConfiguration"),
    *("Get-SmbServerConfiguration", "Get-TlsCipherSuite", "Get-WBSummary", "Get-WinEvent"),
    *("New-Object", "Test-Path"),
}
_COMMAND = re.compile(r"\b([A-Z][A-Za-z]+-[A-Z][A-Za-z]+)\b")


def without_strings(text: str) -> str:
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", text)


class TestText:
    def test_every_probe_is_there(self) -> None:
        assert len(PROBES) > 15
        for name in PROBES:
            assert f"Ask '{name}' " in TEXT

    def test_only_known_commands_are_called(self) -> None:
        assert set(_COMMAND.findall(without_strings(TEXT))) <= ALLOWED

    @pytest.mark.parametrize(
        "verb",
        [
            "Set",
            "Remove",
            "Start",
            "Stop",
            "Enable",
            "Disable",
            "Install",
            "Invoke",
            "Add",
            "Clear",
        ],
    )
    def test_nothing_is_changed(self, verb: str) -> None:
        assert not re.search(rf"\b{verb}-[A-Z]", without_strings(TEXT))

    def test_objects_are_made_only_of_these_classes(self) -> None:
        made = re.findall(r"New-Object (-\w+ [\w.]+)", TEXT)

        assert set(made) == {
            "-TypeName Security.Principal.SecurityIdentifier",
            "-ComObject Microsoft.Update.Session",
            "-ComObject Microsoft.Update.AutoUpdate",
        }

    def test_programs_of_windows_are_only_asked(self) -> None:
        assert set(re.findall(r"& \"[^\"]*\\(\w+\.exe)\" (/\w+ \S+)", TEXT)) == {
            ("auditpol.exe", "/get /category:*"),
            ("w32tm.exe", "/query /status"),
        }

    @pytest.mark.parametrize("system", ["windows", "linux"])
    def test_it_is_plain_ascii(self, system: str) -> None:
        """PowerShell 5.1 reads a script without a mark in the machine's code page."""
        kind = AssetKind.HOST_WINDOWS if system == "windows" else AssetKind.HOST_LINUX

        assert script(kind, list(PROBES.values()), MARKER).isascii()

    @pytest.mark.parametrize("pair", ["{}", "()", "[]"])
    def test_brackets_are_balanced(self, pair: str) -> None:
        text = without_strings(TEXT)

        assert text.count(pair[0]) == text.count(pair[1])

    def test_the_grammar_accepts_it(self) -> None:
        if not importlib.util.find_spec("tree_sitter_powershell"):
            pytest.skip("pip install tree-sitter tree-sitter-powershell")
        tree_sitter = importlib.import_module("tree_sitter")
        grammar = importlib.import_module("tree_sitter_powershell")
        parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
        alone = script(AssetKind.HOST_WINDOWS, list(PROBES.values()), MARKER)

        assert not parser.parse(TEXT.encode()).root_node.has_error
        assert not parser.parse(alone.encode()).root_node.has_error

    def test_a_poor_marker_is_refused(self) -> None:
        with pytest.raises(ValueError, match="marker"):
            program([], "short")

    def test_a_probe_of_arguments_is_refused(self) -> None:
        with pytest.raises(TypeError):
            program([Question(Probe(id="x", run=("/bin/x",), why=""))], MARKER)


ONE = Probe(id="one", via="powershell", run="@{}", why="", cap=40)
TWO = Probe(id="two", via="powershell", run="@{}", why="", deadline=7)


def answered(name: str, body: str, code: int, problem: str = "") -> str:
    """What the program writes of one probe."""
    text = f"\n{MARKER} begin {name}\n{body}\n\n{MARKER} end {name} {code}\n"
    if problem:
        text += f"\n{MARKER} begin {name}-errors\n{problem}\n\n{MARKER} end {name}-errors 0\n"
    return text


def seen(text: str | bytes, probe: Probe = ONE) -> tuple[GapReason | None, str, bytes]:
    data = text.encode() if isinstance(text, str) else text
    (one,) = observations([Question(probe)], MARKER, data, asset="w", at=AT)
    return one.gap, one.detail, one.output


class TestAnswers:
    def test_an_answer_is_kept(self) -> None:
        gap, _, output = seen(answered("one", '{"a":1}', 0))

        assert gap is None
        assert json.loads(output) == {"a": 1}

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            (1, GapReason.UNPARSABLE),
            (3, GapReason.UNREACHABLE),
            (5, GapReason.DENIED),
            (124, GapReason.TIMEOUT),
            (127, GapReason.MISSING_TOOL),
        ],
    )
    def test_every_way_of_not_answering_is_a_gap(self, code: int, reason: GapReason) -> None:
        gap, detail, _ = seen(answered("one", "", code, "CDSO-DENIED what Windows said"))

        assert gap is reason
        assert detail in ("what Windows said", "no end after 10 s")

    def test_a_long_answer_is_too_large(self) -> None:
        assert seen(answered("one", "x" * 41, 0))[0] is GapReason.TOO_LARGE

    def test_what_was_not_said_is_a_gap(self) -> None:
        assert seen("")[0] is GapReason.UNPARSABLE
        assert seen(answered("one", "{}", 0).partition(f"{MARKER} end")[0])[0] is not None

    def test_a_foreign_marker_is_no_frame(self) -> None:
        assert seen(answered("one", "{}", 0).replace(MARKER, "b2" * 24))[0] is not None

    @pytest.mark.parametrize(
        "encoded",
        [
            lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
            lambda text: b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le"),
            lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        ],
    )
    def test_files_of_powershell_are_read(self, encoded: object) -> None:
        assert callable(encoded)
        gap, _, output = seen(encoded(answered("one", '{"a":"ệ"}', 0)))

        assert gap is None
        assert json.loads(output) == {"a": "ệ"}

    def test_plain_text_stays(self) -> None:
        assert plain(b"a\nb") == b"a\nb"

    def test_the_program_says_who_it_is(self) -> None:
        assert f"Ask '{ABOUT.id}' " in TEXT
