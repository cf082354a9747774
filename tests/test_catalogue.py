"""The catalogue holds every check and every rule in both languages, leads somewhere, is current."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from tools import generate, import_rules
from tools.catalogue import KINDS, WORDS, pages, unsaid

from cdso_audit.facts.reading import readers_of

ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    books = import_rules.rulebooks(import_rules.FOLDER)
    return pages(generate.ours(), list(books.values()))


def outside_code(text: str) -> str:
    return re.sub(r"(?ms)^(`{3,}).*?^\1$", "", text)


def test_what_is_generated_is_current() -> None:
    """Fails where `make docs` was not run after a check, a rulebook or a translation changed."""
    files = generate.made()
    stale = [
        str(path.relative_to(generate.ROOT))
        for path, text in files.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    assert stale == [], "run: make docs"
    assert generate.left_over(files) == [], "run: make docs"


def test_it_is_quick_and_always_the_same(made: dict[str, str]) -> None:
    began = time.process_time()
    books = import_rules.rulebooks(import_rules.FOLDER)
    again = pages(generate.ours(), list(books.values()))
    assert time.process_time() - began < 8
    assert again == made


def test_each_page_stands_in_both_languages(made: dict[str, str]) -> None:
    english = {name for name in made if not name.endswith(".vi.md")}
    assert {name.removesuffix(".md") + ".vi.md" for name in english} == set(made) - english
    for name in english:
        other = made[name.removesuffix(".md") + ".vi.md"]
        assert ANCHOR.findall(made[name]) == ANCHOR.findall(other), name
        assert made[name] != other, name


def test_every_word_has_its_vietnamese() -> None:
    assert not list(unsaid())
    assert all(vi and vi != en for en, vi in WORDS.items())


@pytest.mark.parametrize("end", [".md", ".vi.md"])
def test_every_link_leads_somewhere(made: dict[str, str], end: str) -> None:
    anchors = {name: set(ANCHOR.findall(text)) for name, text in made.items()}
    lost = []
    count = 0
    for name, text in made.items():
        if name.endswith(".vi.md") != (end == ".vi.md"):
            continue
        for place, anchor in LINK.findall(outside_code(text)):
            target = name if not place else _joined(name, place)
            count += 1
            if target not in made or (anchor and anchor not in anchors[target]):
                lost.append(f"{name}: {place}#{anchor}")
    assert lost == []
    assert count > 1000


def _joined(name: str, place: str) -> str:
    parts = name.split("/")[:-1]
    for step in place.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step)
    return "/".join(parts)


@pytest.mark.parametrize("end", [".md", ".vi.md"])
class TestChecks:
    def sections(self, made: dict[str, str], end: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, text in made.items():
            if name.startswith("checks/") and name.endswith(".vi.md") == (end == ".vi.md"):
                for part in re.split(r"(?m)^## ", text)[1:]:
                    if anchor := ANCHOR.match(part):
                        found[anchor[1]] = part
        return found

    def test_each_has_its_section_with_everything(self, made: dict[str, str], end: str) -> None:
        sections, checks = self.sections(made, end), generate.ours()
        assert set(sections) == set(checks)
        for name, text in sections.items():
            check = checks[name]
            for words in ("Why", "How it knows", "What to do", "The same elsewhere", "Proves"):
                said = words if end == ".md" else WORDS[words]
                assert f"**{said}" in text, (name, words)
            assert all(f"(#probe-{probe.id})" in text for probe in probes(check)), name
            assert all(f"`{key}` = " in text for key in check.parameters), name
            assert ("SCAP" in text) == bool(check.about.references.get("ssg")), name
            if end == ".md":
                assert check.about.why in text
                assert check.about.fix in text
                assert check.about.pitfalls in text

    def test_an_experimental_one_says_so(self, made: dict[str, str], end: str) -> None:
        mark = "experimental" if end == ".md" else "thử nghiệm"
        sections, checks = self.sections(made, end), generate.ours()
        assert {name for name, text in sections.items() if f"**{mark}" in text} == {
            name for name, each in checks.items() if each.about.experimental
        }


def probes(check: Any) -> list[Any]:
    return [probe for reader in readers_of(check.fact) for probe in reader.probes]


def test_each_command_is_shown_whole_and_only_those_of_root_say_root(made: dict[str, str]) -> None:
    known = {probe.id: probe for check in generate.ours().values() for probe in probes(check)}
    shown = set()
    for name, text in made.items():
        if not name.startswith("checks/") or name.endswith(".vi.md"):
            continue
        for part in re.split(r"(?m)^### ", text)[1:]:
            anchor = ANCHOR.match(part)
            if anchor is None:
                continue
            probe = known[anchor[1].removeprefix("probe-")]
            shown.add(probe.id)
            assert ("As root, by `sudo -n`" in part.partition("```")[0]) == probe.root, probe.id
            first = next(line for line in probe.command.splitlines() if line.strip())
            assert first.rstrip() in part, probe.id
    assert shown == set(known)


@pytest.mark.parametrize("end", [".md", ".vi.md"])
def test_each_requirement_of_each_rulebook_is_there(made: dict[str, str], end: str) -> None:
    for name, book in import_rules.rulebooks(import_rules.FOLDER).items():
        texts = [
            text
            for path, text in made.items()
            if path.startswith((f"rules/{name}/", f"rules/{name}.")) and path.endswith(end)
            and path.endswith(".vi.md") == (end == ".vi.md")
        ]  # fmt: skip
        found = [anchor for text in texts for anchor in ANCHOR.findall(text)]
        assert sorted(found) == sorted(book.by_id), name


def test_a_page_that_was_edited_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, old = tmp_path / "docs" / "checks" / "ssh.md", tmp_path / "docs" / "checks" / "old.md"
    page.parent.mkdir(parents=True)
    page.write_text("edited")
    old.write_text("of a subject that is gone")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "made", lambda: {page: "made"})

    assert generate.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "docs/checks/ssh.md is not current" in said
    assert "docs/checks/old.md is not current" in said
    assert generate.main([]) == 0
    assert page.read_text() == "made"
    assert not old.exists()
    assert generate.main(["--check"]) == 0


def test_every_kind_of_asset_is_named() -> None:
    from cdso_audit.model import AssetKind

    assert set(KINDS) == set(AssetKind)
