"""A scan of a host that lies about everything: the report comes, and nothing in it is green."""

import json
import sys
from pathlib import Path

import pytest
from tests.sshd import running

from cdso_audit.cli import run

pytestmark = pytest.mark.daemon

LIAR = [sys.executable, str(Path(__file__).parent.parent / "collect" / "liar.py")]

INVENTORY = """\
apiVersion: cdso/agency-v1
agency: {{id: example, name: "Cơ quan ví dụ"}}
defaults:
  ssh: {{user: {user}, identity: {identity}, known_hosts: {known_hosts}, sudo: true, timeout: 5}}
systems:
  - id: dvc
    level: 3
    assets:
      - {{id: liar, host: 127.0.0.1, access: {{ssh: {{port: {port}}}}}}}
"""


@pytest.mark.parametrize("mode", ["nasty", "empty"])
def test_nothing_is_green_and_the_report_comes(
    tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path / "sshd", [*LIAR, mode]) as server:
        inventory = tmp_path / "agency.yaml"
        inventory.write_text(
            INVENTORY.format(
                user=server.user,
                identity=server.identity,
                known_hosts=server.known_hosts,
                port=server.port,
            ),
            encoding="utf-8",
        )
        formats = "html,json,junit,sarif,csv,md"
        run(["scan", "-i", str(inventory), "-o", str(tmp_path / "out"), "--format", formats])
    shown = capsys.readouterr()
    folder = tmp_path / "out" / "latest"
    result = json.loads((folder / "result.json").read_bytes())
    asked = {each["probe"] for each in result["commands"] if each["via"] == "shell"}
    seen = [each for each in result["findings"] if each["known_by"] != "network"]

    assert len(asked) > 50
    assert [each["check"] for each in seen if each["outcome"] == "pass"] == []
    assert [each["check"] for each in seen if each["outcome"] == "error"] == []
    assert "\x1b[2J" not in shown.out + shown.err
    assert "\x07" not in shown.out + shown.err
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)</script>" not in page
    assert "\x1b" not in page
    for name in ("findings.csv", "junit.xml", "report.sarif", "report.md"):
        assert "\x1b" not in (folder / name).read_text(encoding="utf-8"), name
