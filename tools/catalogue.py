"""
The catalogue as Markdown in two languages: one page a subject of checks, one a chapter of rules.

Everything in it comes from the code and the rulebooks: nothing here is written twice. Pure; the
same checks and rulebooks give the same bytes.
"""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from tools.derived_rules import SUBJECTS, subject

from cdso_audit.checking import Check
from cdso_audit.facts.reading import Probe, readers_of
from cdso_audit.language import both
from cdso_audit.model import AssetKind, KnownBy, Severity
from cdso_audit.result import Text
from cdso_audit.rulebook import (
    AttestationProof,
    CheckProof,
    DrillProof,
    Requirement,
    Rulebook,
    coverage,
)

Lang = Literal["vi", "en"]
Checks = Mapping[str, Check[Any]]
LANGS: tuple[Lang, Lang] = ("en", "vi")
LEVELS = (1, 2, 3, 4, 5)

#: The rulebooks whose requirements a check lists; the parts of vn-2026 hold the same ones.
CITED = ("vn-2026", "vn-legacy")
#: A rulebook of more requirements has one page a chapter.
ONE_PAGE = 150

MADE = {
    "en": "Made from the code by `make docs`; do not edit.",
    "vi": "Trang này được sinh từ mã nguồn bằng lệnh `make docs`; không sửa trực tiếp.",
}

#: The words of the pages themselves, English → Vietnamese.
WORDS: Mapping[str, str] = {
    "Checks": "Phép kiểm tra",
    "Rules": "Quy định",
    "Check": "Phép kiểm tra",
    "Subject": "Chủ đề",
    "Severity": "Mức độ",
    "Why": "Lý do",
    "How it knows": "Biết bằng cách nào",
    "Pitfalls": "Điểm dễ nhầm",
    "What to do": "Việc cần làm",
    "Parameters": "Tham số",
    "The same elsewhere": "Quy tắc tương ứng ở nơi khác",
    "the same subject": "cùng chủ đề",
    "Proves": "Dùng để chứng minh",
    "Commands and questions": "Các lệnh và câu hỏi",
    "judges": "đánh giá",
    "since": "từ phiên bản",
    "by default": "mặc định",
    "no requirement; it judges beside the score": "không gắn với yêu cầu nào; chỉ đánh giá, không"
    " tính điểm",
    "experimental: not yet compared with the real thing": "thử nghiệm: chưa được đối chiếu với hệ"
    " thống thật",
    "confirmed": "đã xác nhận",
    "compares with the owner's lists": "đối chiếu với danh sách của đơn vị chủ quản",
    "the running service or the kernel says so": "dịch vụ đang chạy hoặc nhân hệ điều hành cho"
    " biết",
    "read from a file on disk": "đọc từ tệp trên đĩa",
    "seen from the network": "nhìn từ mạng",
    "as root, by `sudo -n` on exactly this command": "quyền root, qua `sudo -n` đúng lệnh này",
    "as an ordinary user": "quyền người dùng thường",
    "as an administrator of the Windows host": "quyền quản trị của máy Windows",
    "from the machine that scans": "từ máy chạy công cụ",
    "from the file in the inventory's folder": "từ tệp trong thư mục danh mục kiểm kê",
    "over a connection of the database": "qua kết nối của cơ sở dữ liệu",
    "Rulebook": "Bộ quy định",
    "Requirements": "Số yêu cầu",
    "In force": "Hiệu lực",
    "Chapter": "Chương",
    "Level": "Cấp độ",
    "Clause": "Điều khoản",
    "Values": "Giá trị",
    "Confidence": "Độ tin cậy",
    "Source": "Nguồn",
    "Proved by all of": "Chứng minh bằng tất cả",
    "check": "phép kiểm tra",
    "attestation": "xác nhận",
    "drill": "diễn tập",
    "only people can see it": "chỉ con người thấy được",
    "at levels": "ở cấp độ",
    "Applies if": "Áp dụng nếu",
    "Note": "Ghi chú",
    "binding": "bắt buộc",
    "advice": "khuyến nghị",
    "suggested": "giá trị gợi ý",
    "not scored": "không tính điểm",
    "not scored at levels": "không tính điểm ở cấp độ",
    "knock-out": "loại trực tiếp",
    "any verified recovery of a service": "mọi lần khôi phục dịch vụ đã xác minh",
    "critical": "nghiêm trọng",
    "high": "cao",
    "medium": "trung bình",
    "low": "thấp",
    "law": "luật",
    "decree": "nghị định",
    "circular": "thông tư",
    "standard": "tiêu chuẩn",
    "technical-regulation": "quy chuẩn kỹ thuật",
    "directive": "chỉ thị",
    "guidance": "hướng dẫn",
    "Linux hosts": "máy Linux",
    "Windows hosts": "máy Windows",
    "network devices": "thiết bị mạng",
    "web endpoints": "điểm cuối web",
    "databases": "cơ sở dữ liệu",
    "domains and mail": "tên miền và thư điện tử",
    "links to other agencies": "kết nối với cơ quan khác",
    "How the requirements of each level are proved: by checks alone, by checks and an attestation"
    " of the rest, by an attestation, by a timed drill.": "Yêu cầu của mỗi cấp độ được chứng minh"
    " bằng: chỉ phép kiểm tra; phép kiểm tra kèm xác nhận phần còn lại; xác nhận; diễn tập có bấm"
    " giờ.",
    "by checks": "phép kiểm tra",
    "and an attestation": "kèm xác nhận",
    "by an attestation": "xác nhận",
    "by a drill": "diễn tập",
    "all": "tất cả",
    "until": "đến",
    "from": "từ",
    "none": "không có",
}

KINDS: Mapping[AssetKind, str] = {
    AssetKind.HOST_LINUX: "Linux hosts",
    AssetKind.HOST_WINDOWS: "Windows hosts",
    AssetKind.NETWORK_DEVICE: "network devices",
    AssetKind.WEB_ENDPOINT: "web endpoints",
    AssetKind.DATABASE: "databases",
    AssetKind.DNS_MAIL: "domains and mail",
    AssetKind.INTERCONNECTION: "links to other agencies",
}
KNOWN: Mapping[KnownBy, str] = {
    KnownBy.DAEMON: "the running service or the kernel says so",
    KnownBy.FILE: "read from a file on disk",
    KnownBy.NETWORK: "seen from the network",
}
ASKED: Mapping[str, str] = {
    "shell": "as an ordinary user",
    "powershell": "as an administrator of the Windows host",
    "config": "from the file in the inventory's folder",
    "sql": "over a connection of the database",
}
#: What a command is written in; what stands nowhere is told in words.
FENCES: Mapping[str, str] = {"shell": "sh", "powershell": "powershell", "sql": "sql"}
REFERENCES: Mapping[str, str] = {
    "ssg": "SCAP Security Guide",
    "cis-debian12": "CIS Debian Linux 12",
    "iso27001-2022": "ISO/IEC 27001:2022",
    "cis-v8": "CIS Controls v8",
    "nist-csf-2": "NIST CSF 2.0",
    "url": "",
}
BINDING = {"required": "binding", "suggested": "suggested", "advisory": "advice"}

#: ISO/IEC 27001:2022 control → outcomes of NIST CSF 2.0 on the same subject, for checks that name
#: none of their own. From general knowledge of both, not from a published crosswalk.
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "A.5.9": ("ID.AM-01", "ID.AM-02"),
    "A.5.12": ("ID.AM-05",),
    "A.5.14": ("PR.DS-02",),
    "A.5.16": ("PR.AA-01",),
    "A.5.17": ("PR.AA-01",),
    "A.5.18": ("PR.AA-05",),
    "A.6.5": ("PR.AA-05",),
    "A.8.1": ("PR.PS-01",),
    "A.8.2": ("PR.AA-05",),
    "A.8.3": ("PR.AA-05",),
    "A.8.5": ("PR.AA-03",),
    "A.8.6": ("PR.IR-04",),
    "A.8.7": ("PR.PS-05", "DE.CM-09"),
    "A.8.8": ("ID.RA-01", "PR.PS-02"),
    "A.8.9": ("PR.PS-01",),
    "A.8.12": ("PR.DS-01", "PR.DS-02"),
    "A.8.13": ("PR.DS-11",),
    "A.8.14": ("PR.IR-04",),
    "A.8.15": ("PR.PS-04",),
    "A.8.16": ("DE.CM-01", "DE.CM-09"),
    "A.8.17": ("PR.PS-04",),
    "A.8.18": ("PR.AA-05",),
    "A.8.19": ("PR.PS-05",),
    "A.8.20": ("PR.IR-01",),
    "A.8.22": ("PR.IR-01",),
    "A.8.24": ("PR.DS-01", "PR.DS-02"),
    "A.8.26": ("PR.PS-06",),
}

#: What stands where there is nothing.
NOTHING = "–"  # noqa: RUF001 - a dash

#: A piece of code in a remedy that a person can paste into a shell.
_COMMAND = re.compile(r"`((?:sudo )?[a-z][a-z0-9_./-]*(?: [^`]+))`")
_NO_COMMAND = re.compile(r"^[a-z_.-]+ ?[=:]|^[a-z]+ [a-z]+$")


def pages(checks: Checks, books: Sequence[Rulebook]) -> dict[str, str]:
    """Every page by its path below docs/, both languages."""
    made: dict[str, str] = {}
    for lang in LANGS:
        writer = _Writer(lang, checks, {each.id: each for each in books})
        made |= {path: text.rstrip("\n") + "\n" for path, text in writer.pages()}
    return made


class _Writer:
    def __init__(self, lang: Lang, checks: Checks, books: Mapping[str, Rulebook]) -> None:
        self.lang: Lang = lang
        self.checks = checks
        self.books = books
        self.end = ".md" if lang == "en" else ".vi.md"
        self.proves = _proves(books)

    # -- words -----------------------------------------------------------------------------

    def say(self, english: str) -> str:
        return english if self.lang == "en" else WORDS[english]

    def pick(self, text: Text) -> str:
        return text.vi if self.lang == "vi" else text.en

    def told(self, template: str) -> str:
        return self.pick(both(template))

    # -- all pages -------------------------------------------------------------------------

    def pages(self) -> Iterator[tuple[str, str]]:
        by_subject: dict[str, list[Check[Any]]] = defaultdict(list)
        for name in sorted(self.checks):
            by_subject[subject(self.checks[name])].append(self.checks[name])
        yield f"checks/README{self.end}", self._check_index(by_subject)
        for name, found in sorted(by_subject.items()):
            yield f"checks/{name}{self.end}", self._subject_page(name, found)
        yield f"rules/README{self.end}", self._rule_index()
        for book in self.books.values():
            yield from self._book_pages(book)

    def _head(self, title: str, up: str = "README") -> list[str]:
        other = "vi" if self.lang == "en" else "en"
        label = "Tiếng Việt" if other == "vi" else "English"
        return [f"# {title}", "", f"[{label}]({up}). {MADE[self.lang]}", ""]

    # -- checks ----------------------------------------------------------------------------

    def _title(self, name: str) -> str:
        vi, en = SUBJECTS.get(name, (name, name))
        return vi if self.lang == "vi" else en

    def _check_index(self, by_subject: Mapping[str, Sequence[Check[Any]]]) -> str:
        lines = self._head(
            f"{self.say('Checks')}: {len(self.checks)}", f"README{self._other_end()}"
        )
        for name, found in sorted(by_subject.items()):
            lines += [
                f"## [{self._title(name)}]({name}{self.end})",
                "",
                f"| {self.say('Check')} | | {self.say('Severity')} |",
                "| --- | --- | --- |",
            ]
            for check in found:
                about = check.about
                link = f"[{about.id}]({name}{self.end}#{about.id})"
                title = _cell(self.told(about.title))
                lines.append(f"| {link} | {title} | {self.say(about.severity.value)} |")
            lines.append("")
        return "\n".join(lines)

    def _other_end(self) -> str:
        return ".vi.md" if self.lang == "en" else ".md"

    def _subject_page(self, name: str, checks: Sequence[Check[Any]]) -> str:
        lines = self._head(self._title(name), f"{name}{self._other_end()}")
        probes: dict[str, Probe] = {}
        for check in checks:
            lines += self._check(check)
            for reader in readers_of(check.fact):
                probes.update((each.id, each) for each in reader.probes)
        if probes:
            lines += [f"## {self.say('Commands and questions')}", ""]
        for _, probe in sorted(probes.items()):
            lines += [
                f'### <a id="probe-{probe.id}"></a>{probe.id}',
                "",
                f"{_sentence(self.told(probe.why))} {_capital(self._privilege(probe))}.",
                "",
                *_fenced(probe.command, FENCES.get(probe.via, "text")),
                "",
            ]
        return "\n".join(lines)

    def _privilege(self, probe: Probe) -> str:
        if probe.root:
            return self.say("as root, by `sudo -n` on exactly this command")
        return self.say(ASKED.get(probe.via, "from the machine that scans"))

    def _confirmed(self, check: Check[Any]) -> list[str]:
        """Who held an experimental check against the real thing."""
        return [
            f"- {self.say('confirmed')}: {each.by}, {each.on:%Y-%m-%d}, {each.where}"
            for each in check.confirmations
        ]

    def _check(self, check: Check[Any]) -> list[str]:
        about = check.about
        on = {kind for reader in readers_of(check.fact) for kind in reader.on}
        where = ", ".join(self.say(text) for kind, text in KINDS.items() if kind in on)
        lines = [
            f'## <a id="{about.id}"></a>{self.told(about.title)}',
            "",
            f"`{about.id}` · {self.say(about.severity.value)} · {where} · "
            f"{self.say('since')} {about.since}"
            + (
                f" · **{self.say('experimental: not yet compared with the real thing')}**"
                if about.experimental and not check.confirmations
                else ""
            ),
            *self._confirmed(check),
            "",
            f"**{self.say('Why')}.** {self.told(about.why)}",
            "",
            f"**{self.say('How it knows')}.** {self._knows(check)}",
            "",
        ]
        if about.pitfalls:
            lines += [f"**{self.say('Pitfalls')}.** {self.told(about.pitfalls)}", ""]
        fix = self.told(about.fix)
        lines += [f"**{self.say('What to do')}.** {fix}", ""]
        if on == {AssetKind.HOST_LINUX} and (commands := _commands(about.fix)):
            lines += [*_fenced("\n".join(commands)), ""]
        if check.parameters:
            lines += [f"**{self.say('Parameters')}** ({self.say('by default')}):", ""]
            lines += [f"- `{name}` = {_value(value)}" for name, value in check.parameters.items()]
            lines.append("")
        lines += [f"**{self.say('The same elsewhere')}.** {self._references(about.references)}", ""]
        return [*lines, f"**{self.say('Proves')}:**", "", *self._proved(about.id), ""]

    def _references(self, given: Mapping[str, tuple[str, ...]]) -> str:
        parts = []
        for name, title in REFERENCES.items():
            if ids := given.get(name, ()):
                shown = ", ".join(f"<{each}>" if name == "url" else each for each in ids)
                parts.append(f"{title}: {shown}" if title else shown)
        near = dict.fromkeys(
            outcome for each in given.get("iso27001-2022", ()) for outcome in OUTCOMES.get(each, ())
        )
        if near and "nist-csf-2" not in given:
            title = f"{REFERENCES['nist-csf-2']} ({self.say('the same subject')})"
            parts.append(f"{title}: {', '.join(near)}")
        parts += [
            f"{name}: {', '.join(given[name])}" for name in sorted(set(given) - set(REFERENCES))
        ]
        return "; ".join(parts) or NOTHING

    def _knows(self, check: Check[Any]) -> str:
        ways = "; ".join(self.say(KNOWN[each]) for each in _known_by(check))
        probes = sorted({probe.id for each in readers_of(check.fact) for probe in each.probes})
        links = ", ".join(f"[{name}](#probe-{name})" for name in probes)
        said = f"{_capital(ways)}: {links}." if probes else f"{_capital(ways)}."
        lists = dict.fromkeys((*check.about.lists, *check.about.or_lists))
        if lists:
            names = ", ".join(f"`{name}`" for name in lists)
            said += f" {_capital(self.say(_LISTS))}: {names}."
        return said

    def _proved(self, name: str) -> list[str]:
        found = self.proves.get(name, ())
        if not found:
            return [f"- {self.say('no requirement; it judges beside the score')}"]
        return [
            f"- [{self.pick(each.title)}]({self._rule_link(book, each, '../rules/')})"
            f" ({book}, {_clause(each)})"
            for book, each in found
        ]

    # -- rules -----------------------------------------------------------------------------

    def _rule_index(self) -> str:
        lines = self._head(self.say("Rules"), f"README{self._other_end()}")
        lines += [
            self.say(
                "How the requirements of each level are proved: by checks alone, by checks and an"
                " attestation of the rest, by an attestation, by a timed drill."
            ),
            "",
        ]
        for book in self.books.values():
            until = f", {self.say('until')} {book.until}" if book.until else ""
            lines += [
                f"## [{self.pick(book.title)}]({self._book_link(book)})",
                "",
                (
                    f"`{book.id}` {book.version}, {self.say('from')} {book.effective}{until}. "
                    f"{self.say('Requirements')}: {len(book.requirements)}."
                ),
                "",
            ]
            if book.note:
                lines += [self.pick(book.note), ""]
            lines += [*self._coverage(book), ""]
        return "\n".join(lines)

    def _coverage(self, book: Rulebook) -> list[str]:
        found = {level: coverage(book, level, self.checks) for level in LEVELS}
        rows = (
            ("by checks", "checks"),
            ("and an attestation", "checks-and-attestation"),
            ("by an attestation", "attestation"),
            ("by a drill", "drill"),
        )
        lines = [
            f"| {self.say('Level')} | " + " | ".join(str(level) for level in LEVELS) + " |",
            "| --- |" + " ---: |" * len(LEVELS),
        ]
        for title, key in rows:
            numbers = " | ".join(str(found[level].counts.get(key, 0)) for level in LEVELS)
            lines.append(f"| {self.say(title)} | {numbers} |")
        totals = " | ".join(str(len(found[level].rows)) for level in LEVELS)
        return [*lines, f"| {self.say('all')} | {totals} |"]

    def _book_link(self, book: Rulebook) -> str:
        return f"{book.id}/README{self.end}" if _is_split(book) else f"{book.id}{self.end}"

    def _rule_link(self, book: str, each: Requirement, base: str) -> str:
        whole = self.books[book]
        page = f"{book}/{each.group}" if _is_split(whole) else book
        return f"{base}{page}{self.end}#{each.id}"

    def _book_pages(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        title = self.pick(book.title)
        if not _is_split(book):
            lines = self._head(title, f"{book.id}{self._other_end()}")
            if book.note:
                lines += [self.pick(book.note), ""]
            for name, group_title in book.groups.items():
                chapter = [each for each in book.requirements if each.group == name]
                if chapter:
                    lines += [f"## {self.pick(group_title)}", ""]
                for each in chapter:
                    lines += self._requirement(book, each, "../checks/", "###")
            yield f"rules/{book.id}{self.end}", "\n".join(lines)
            return
        index = self._head(title, f"README{self._other_end()}")
        if book.note:
            index += [self.pick(book.note), ""]
        index += [f"| {self.say('Chapter')} | {self.say('Requirements')} |", "| --- | ---: |"]
        for name, group_title in book.groups.items():
            chapter = [each for each in book.requirements if each.group == name]
            if not chapter:
                continue
            index.append(f"| [{self.pick(group_title)}]({name}{self.end}) | {len(chapter)} |")
            lines = self._head(self.pick(group_title), f"{name}{self._other_end()}")
            for each in chapter:
                lines += self._requirement(book, each, "../../checks/", "##")
            yield f"rules/{book.id}/{name}{self.end}", "\n".join(lines)
        yield f"rules/{book.id}/README{self.end}", "\n".join([*index, "", *self._coverage(book)])

    def _requirement(self, book: Rulebook, each: Requirement, checks: str, mark: str) -> list[str]:
        told = [f"`{each.id}`", self.say(each.severity.value), self.say(BINDING[each.binding])]
        if each.knock_out:
            told.append(self.say("knock-out"))
        if not book.is_scored(each):
            told.append(self.say("not scored"))
        elif each.advisory_levels and not each.knock_out:
            levels = ", ".join(str(level) for level in each.advisory_levels)
            told.append(f"{self.say('not scored at levels')} {levels}")
        lines = [
            f'{mark} <a id="{each.id}"></a>{self.pick(each.title)}',
            "",
            " · ".join(told),
            "",
            self.pick(each.text),
            "",
            (
                f"| {self.say('Level')} | {self.say('Clause')} | {self.say('Values')} |"
                f" {self.say('Confidence')} |"
            ),
            "| ---: | --- | --- | --- |",
        ]
        lines += self._levels(each)
        sources = "; ".join(self._source(book, cited) for cited in each.references)
        lines += ["", f"**{self.say('Source')}.** {sources}", ""]
        if each.applies_if:
            condition = book.conditions[each.applies_if]
            said = condition.vi if self.lang == "vi" else condition.en
            lines += [f"**{self.say('Applies if')}:** {said}.", ""]
        lines += [f"**{self.say('Proved by all of')}:**", ""]
        lines += [f"- {text}" for text in self._proofs(each, checks)]
        lines.append("")
        return lines

    def _levels(self, each: Requirement) -> Iterator[str]:
        """A row for each run of levels that have the same clause, values and confidence."""
        rows: list[tuple[list[int], str]] = []
        for level in each.levels:
            given = each.parameters_at(level).items()
            values = ", ".join(f"{name} = {_value(value)}" for name, value in given)
            confidence = self.say(each.confidence_at(level))
            row = f"{_cell(each.clause(level))} | {_cell(values)} | {confidence} |"
            if rows and rows[-1][1] == row and rows[-1][0][-1] == level - 1:
                rows[-1][0].append(level)
            else:
                rows.append(([level], row))
        for levels, row in rows:
            shown = str(levels[0]) if len(levels) == 1 else f"{levels[0]}-{levels[-1]}"
            yield f"| {shown} | {row}"

    def _source(self, book: Rulebook, cited: Any) -> str:
        source = book.instruments[cited.instrument]
        article = f", {cited.article}" if cited.article else ""
        return f"{source.number} ({self.say(source.authority)}): {self.pick(source.title)}{article}"

    def _proofs(self, each: Requirement, base: str) -> Iterator[str]:
        for item in each.proof.all_of:
            at = (
                f" ({self.say('at levels')} {', '.join(str(level) for level in item.levels)})"
                if item.levels
                else ""
            )
            match item:
                case CheckProof():
                    link = self._check_link(item, base)
                    yield f"{self.say('check')} {link}{self._given(item)}{at}"
                case AttestationProof():
                    yield f"{self.say('attestation')}: {self.pick(each.papers)}{at}"
                case DrillProof():
                    what = item.drill
                    if what == "recovery":
                        what = self.say("any verified recovery of a service")
                    yield f"{self.say('drill')}: {what}{at}"
        if each.proof.only_people is not None:
            yield f"{self.say('only people can see it')}: {self.pick(each.proof.only_people)}"

    def _check_link(self, item: CheckProof, base: str) -> str:
        check = self.checks.get(item.check)
        if check is None:
            return f"`{item.check}`"
        return f"[{item.check}]({base}{subject(check)}{self.end}#{item.check})"

    def _given(self, item: CheckProof) -> str:
        if not item.parameters:
            return ""
        given = ", ".join(
            f"`{name}` = {_value(_own(value))}" for name, value in item.parameters.items()
        )
        return f", {given}"


def _own(value: Any) -> Any:
    """The name of the rule's own value without its mark."""
    return value.removeprefix("param:") if isinstance(value, str) else value


_LISTS = "compares with the owner's lists"


def _is_split(book: Rulebook) -> bool:
    return len(book.requirements) > ONE_PAGE


def _proves(books: Mapping[str, Rulebook]) -> dict[str, list[tuple[str, Requirement]]]:
    """Check → the requirements that it helps to prove, in the order of the rulebooks."""
    made: dict[str, list[tuple[str, Requirement]]] = defaultdict(list)
    for name in CITED:
        for each in books[name].requirements if name in books else ():
            for check in dict.fromkeys(item.check for item in each.proof.checks):
                made[check].append((name, each))
    return made


def _clause(each: Requirement) -> str:
    """The clause at level 3, or at the level nearest to it that the requirement binds."""
    level = min(each.levels, key=lambda level: (abs(level - 3), level))
    return each.clause(level)


def _known_by(check: Check[Any]) -> list[KnownBy]:
    """How its facts are known: what the class says, and what its readers say otherwise."""
    found = {check.fact.model_fields["known_by"].default}
    for reader in readers_of(check.fact):
        named = re.findall(r"KnownBy\.([A-Z]+)", inspect.getsource(reader.read))
        found |= {KnownBy[name] for name in named}
    return [each for each in KnownBy if each in found]


def _commands(fix: str) -> list[str]:
    """The commands in a remedy, as a block to paste; its other pieces of code are settings."""
    found = (each.strip() for each in _COMMAND.findall(fix))
    return [each for each in dict.fromkeys(found) if not _NO_COMMAND.match(each)]


def _fenced(text: str, kind: str = "sh") -> list[str]:
    """A block of code whose fence is longer than any inside."""
    body = text.strip("\n")
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{kind}", *(line.rstrip() for line in body.split("\n")), fence]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(f"`{each}`" for each in value) or NOTHING
    return f"`{value}`"


def _cell(text: str) -> str:
    """Text inside a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return _capital(text).rstrip(".") + "."


def unsaid() -> Iterable[str]:
    """Words of the pages without a Vietnamese one, found before a page is written."""
    used = {
        *KINDS.values(),
        *KNOWN.values(),
        *ASKED.values(),
        *BINDING.values(),
        *(each.value for each in Severity),
    }
    return sorted(used - set(WORDS))
