"""
The evidence of a run: a folder that grows as answers come in, and the bundle made of it.

```text
evidence/run.json                        what was asked, of whom, by which tool, when
evidence/assets/<asset>/index.json       one entry a probe: gap, exit code, time, vantage, digests
evidence/assets/<asset>/<probe>.out|.err the bytes, scrubbed
```

The bundle is a zip of the same files with `manifest.json` (size and SHA-256 of each) and the
`result.json` that was computed from them. It is byte-identical for the same evidence: names sorted,
times fixed. Reading trusts nothing: names, sizes and hashes are checked before anything is used.
"""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cdso_audit.collect.scrub import scrubbed
from cdso_audit.errors import UsageError, VerificationError
from cdso_audit.evidence import Evidence, Run
from cdso_audit.facts.reading import MIB, Observation
from cdso_audit.result import Tool
from cdso_audit.store.files import read, write

MANIFEST_SCHEMA = "cdso/manifest-v1"
#: What a bundle may hold at most when it is read: files, and bytes when inflated.
MAX_FILES = 200_000
MAX_BYTES = 4096 * MIB
#: How many times smaller than its content a bundle may be: text packs some 10 times, a bomb 1,000.
MAX_RATIO = 200
SMALL = 16 * MIB

_NAME = re.compile(
    r"(run\.json|result\.json|assets/[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*\.(json|out|err))"
)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and a final newline, in UTF-8: the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


# ---------------------------------------------------------------------------------------------
# The folder
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """Evidence as it grows on disk: an interrupted run loses at most the asset in hand."""

    path: Path

    def begin(self, run: Run) -> None:
        """Write what the run is; again at its end, with the time."""
        write(self.path / "run.json", canonical(run.model_dump(mode="json")))

    def run(self) -> Run:
        """What the run is."""
        return Run.model_validate_json(read(self.path / "run.json"))

    def remove(self) -> None:
        """Take the folder away; its content lives on in the bundle."""
        shutil.rmtree(self.path, ignore_errors=True)

    def save(self, asset: str, observations: Iterable[Observation]) -> tuple[Observation, ...]:
        """Scrub and keep one asset's observations; hands back what was kept."""
        kept = []
        index = []
        folder = self.path / "assets" / asset
        for each in observations:
            output, masked_output = scrubbed(each.output)
            errors, masked_errors = scrubbed(each.errors)
            clean = each.model_copy(update={"output": output, "errors": errors})
            kept.append(clean)
            write(folder / f"{each.probe}.out", output)
            if errors:
                write(folder / f"{each.probe}.err", errors)
            entry = clean.model_dump(mode="json", exclude={"output", "errors"})
            index.append(
                entry
                | {
                    "output_sha256": sha256(output).hexdigest(),
                    "errors_sha256": sha256(errors).hexdigest(),
                    "masked": masked_output + masked_errors,
                }
            )
        write(folder / "index.json", canonical(index))
        return tuple(kept)

    def done(self) -> set[str]:
        """The assets whose observations are kept already."""
        return {each.parent.name for each in (self.path / "assets").glob("*/index.json")}

    def load(self) -> Evidence:
        """Read the folder back."""
        names = {
            str(each.relative_to(self.path)): each
            for each in sorted(self.path.rglob("*"))
            if each.is_file() and not each.name.startswith(".")
        }
        return _evidence({name: read(path) for name, path in names.items()})


def _evidence(files: Mapping[str, bytes]) -> Evidence:
    if "run.json" not in files:
        raise UsageError("this is no evidence: run.json is missing", hint="give a bundle.zip")
    run = Run.model_validate_json(files["run.json"])
    observations: dict[str, tuple[Observation, ...]] = {}
    for name, data in sorted(files.items()):
        if not name.startswith("assets/") or not name.endswith("/index.json"):
            continue
        folder = name.removesuffix("index.json")
        found = []
        for entry in json.loads(data):
            output = files.get(f"{folder}{entry['probe']}.out", b"")
            errors = files.get(f"{folder}{entry['probe']}.err", b"")
            for what, value in (("output", output), ("errors", errors)):
                if sha256(value).hexdigest() != entry.pop(f"{what}_sha256"):
                    raise VerificationError(
                        "the evidence {folder}{entry} is not what was collected",
                        hint="the file was changed after the scan; collect again",
                        values={"folder": folder, "entry": entry["probe"]},
                    )
            entry.pop("masked")
            found.append(Observation(**entry, output=output, errors=errors))
        observations[folder.split("/")[1]] = tuple(found)
    listing = manifest(files, run.tool)
    return Evidence(
        run=run,
        observations=observations,
        manifest_sha256=sha256(listing).hexdigest(),
        files=len(files) - ("result.json" in files),
        result=files.get("result.json"),
    )


# ---------------------------------------------------------------------------------------------
# The bundle
# ---------------------------------------------------------------------------------------------


def manifest(files: Mapping[str, bytes], tool: Tool) -> bytes:
    """The list of the evidence's files with size and SHA-256. The result is not evidence."""
    return canonical(
        {
            "schema": MANIFEST_SCHEMA,
            "tool": tool.model_dump(),
            "files": [
                {"path": name, "size": len(data), "sha256": sha256(data).hexdigest()}
                for name, data in sorted(files.items())
                if name != "result.json"
            ],
        }
    )


def pack(folder: EvidenceFolder, result: bytes, target: Path) -> None:
    """Write the bundle of this evidence and of the result that was computed from it."""
    files = {
        str(each.relative_to(folder.path)): each.read_bytes()
        for each in sorted(folder.path.rglob("*"))
        if each.is_file() and not each.name.startswith(".")
    }
    run = Run.model_validate_json(files["run.json"])
    files["result.json"] = result
    files["manifest.json"] = manifest(
        {name: data for name, data in files.items() if name != "manifest.json"}, run.tool
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    write(target, buffer.getvalue())


def unpack(path: Path) -> Evidence:
    """
    Read a bundle and prove it whole against its manifest.

    Raises UsageError when it is no bundle, VerificationError when a file is missing, was added or
    was changed.
    """
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(read(path))) as archive:
            entries = archive.infolist()
            inflated = sum(each.file_size for each in entries)
            squeezed = sum(each.compress_size for each in entries)
            bomb = inflated > SMALL + MAX_RATIO * squeezed
            if len(entries) > MAX_FILES or inflated > MAX_BYTES or bomb:
                raise UsageError(
                    "{path} is too large to be a bundle of this tool", values={"path": path}
                )
            for each in entries:
                if each.filename != "manifest.json" and not _NAME.fullmatch(each.filename):
                    raise VerificationError(
                        "{path} holds a file that no bundle has: “{filename}”",
                        values={"path": path, "filename": each.filename},
                    )
                if each.filename in files:
                    raise VerificationError(
                        "{path} holds “{filename}” twice",
                        values={"path": path, "filename": each.filename},
                    )
                files[each.filename] = archive.read(each)
    except zipfile.BadZipFile as problem:
        raise UsageError(
            "{path} is not a bundle: {problem}", values={"path": path, "problem": problem}
        ) from problem
    listed = files.pop("manifest.json", None)
    if listed is None:
        raise VerificationError("{path} has no manifest.json", values={"path": path})
    _compare(path, json.loads(listed), files)
    evidence = _evidence(files)
    if evidence.manifest_sha256 != sha256(listed).hexdigest():
        raise VerificationError(
            "the manifest of {path} is not the one that its files make", values={"path": path}
        )
    return evidence


def _compare(path: Path, listed: Any, files: Mapping[str, bytes]) -> None:
    expected = {each["path"]: each["sha256"] for each in listed["files"]}
    seen = {name: sha256(data).hexdigest() for name, data in files.items() if name != "result.json"}
    for name in sorted(expected.keys() - seen.keys()):
        raise VerificationError("{path}: {name} is missing", values={"path": path, "name": name})
    for name in sorted(seen.keys() - expected.keys()):
        raise VerificationError("{path}: {name} was added", values={"path": path, "name": name})
    for name in sorted(seen):
        if seen[name] != expected[name]:
            raise VerificationError(
                "{path}: {name} was changed after the scan",
                hint="collect the evidence again",
                values={"path": path, "name": name},
            )
