"""SBOMs in a whole scan: they are in the bundle, and judged by it alone."""

import json
from pathlib import Path

import pytest
from tests.checks.development.sboms import ASSESSED, cyclonedx, cyclonedx_xml

from cdso_audit.cli import run
from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.software_bills import SBOM_FILES, SoftwareBill
from cdso_audit.store.evidence import unpack

AGENCY = """\
apiVersion: cdso/agency-v1
agency: {id: example, name: "Cơ quan ví dụ"}
systems:
  - id: dvc
    name: Cổng dịch vụ công
    kind: public-service-portal
    level: 4
    assets:
      - {id: web, url: "http://127.0.0.1:9"}
    declared:
      sboms:
        - {application: portal, on: web, file: sboms/portal.json}
"""


def found(folder: Path) -> dict[str, str]:
    result = json.loads((folder / "result.json").read_bytes())
    return {
        each["check"]: each["outcome"]
        for each in result["findings"]
        if each["check"].startswith("sbom-")
    }


SECRET = "CdsoCanary0007"  # noqa: S105 - planted, to be looked for


@pytest.mark.parametrize(
    "text",
    [
        cyclonedx(name=f"portal DB_PASSWORD={SECRET}", flaws=ASSESSED),
        cyclonedx(name=f'portal TOKEN="{SECRET}" A=1', flaws=ASSESSED),
        json.dumps(json.loads(cyclonedx(name=f"API_KEY={SECRET}")), separators=(",", ":")),
        cyclonedx(name=f"portal https://ci:{SECRET}@git.example.vn/x.git"),
        cyclonedx_xml().replace("<name>portal", f"<name>portal db.password = {SECRET}"),
    ],
)
def test_a_password_in_it_is_taken_out_and_it_is_read_all_the_same(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sboms").mkdir()
    (tmp_path / "sboms" / "portal.json").write_text(text)
    (tmp_path / "agency.yaml").write_text(AGENCY)
    out = tmp_path / "out"

    run(["collect", "-i", str(tmp_path / "agency.yaml"), "-o", str(out)])
    evidence = unpack(out / "latest" / "bundle.zip")
    (seen,) = [each for each in evidence.observations["web"] if each.probe == SBOM_FILES.id]
    system = evidence.run.agency.systems[0]
    found = snapshot(system.assets[0], system, [seen], [SoftwareBill], at=seen.at)
    capsys.readouterr()

    assert SECRET.encode() not in seen.output
    assert [each.subject for each in found.facts] == ["portal"], found.gaps


def test_the_bundle_judges_again_without_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sboms").mkdir()
    file = tmp_path / "sboms" / "portal.json"
    file.write_text(cyclonedx(made="2020-01-01T00:00:00Z", flaws=ASSESSED))
    (tmp_path / "agency.yaml").write_text(AGENCY)
    out = tmp_path / "out"

    run(["scan", "-i", str(tmp_path / "agency.yaml"), "-o", str(out), "--format", "json"])
    file.unlink()
    scanned = out / "latest"
    run(
        ["evaluate", str(scanned / "bundle.zip"), "-o", str(tmp_path / "again"), "--format", "json"]
    )
    capsys.readouterr()
    (again,) = tmp_path.glob("again/**/result.json")

    assert found(scanned) == {
        "sbom-parts": "pass",
        "sbom-current": "fail",
        "sbom-flaws-assessed": "pass",
    }
    assert again.read_bytes() == (scanned / "result.json").read_bytes()
    assert str(tmp_path) not in again.read_text()
