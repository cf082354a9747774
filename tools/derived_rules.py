"""Rulebooks that follow from others: parts of vn-2026, and the checks by themselves. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.facts.reading import readers_of
from cdso_audit.language import both
from cdso_audit.model import AssetKind
from cdso_audit.result import Text
from cdso_audit.rulebook import Rulebook, RuleSet

#: Rulebook → the rule set of vn-2026 that it is, with the day from which it holds, and its title.
PARTS: Mapping[str, Mapping[str, Any]] = {
    "qcvn-12-2026": {
        "rule_set": "qcvn12",
        "effective": "2026-07-01",
        "title": {
            "vi": "QCVN 12:2026/BCA, hệ thống lưu trữ tài liệu điện tử",
            "en": "QCVN 12:2026/BCA, electronic-document storage systems",
        },
        "note": {
            "vi": "Chỉ bắt buộc với hệ thống lưu trữ tài liệu điện tử của cơ quan Đảng, Nhà nước."
            " Cùng các yêu cầu này là một phần của bộ quy định vn-2026. Bản đọc là bản nhận dạng"
            " chữ; diễn đạt bằng lời của dự án.",
            "en": "Binds only electronic-document stores of Party and State agencies. The same"
            " requirements are a part of the rulebook vn-2026. The copy read came from character"
            " recognition; in the project's own words.",
        },
    },
    "ransomware-6": {
        "rule_set": "ransomware-advisory",
        "effective": "2024-01-01",
        "title": {
            "vi": "Sáu giải pháp phòng, chống mã độc tống tiền và phục hồi nhanh, 2024",
            "en": "Six measures against ransomware and for fast recovery, 2024",
        },
        "note": {
            "vi": "Hướng dẫn năm 2024 của Bộ Thông tin và Truyền thông (nay đã hợp nhất), không"
            " phải văn bản quy phạm pháp luật; số và ngày của công văn chưa xác định.",
            "en": "Guidance of 2024 by a ministry that has since merged, not a legal document; the"
            " number and the day of the letter are not known.",
        },
    },
}


def part(book: Rulebook, name: str) -> Rulebook:
    """One rule set of the book as a rulebook of its own, scored by itself."""
    given = PARTS[name]
    chosen = [each for each in book.requirements if each.rule_set == given["rule_set"]]
    ids = {each.id for each in chosen}
    kept = tuple(
        each.model_copy(update={"related": tuple(n for n in each.related if n in ids)})
        for each in chosen
    )
    groups = {each.group for each in kept}
    cited = {cited.instrument for each in kept for cited in each.references}
    asked = {each.applies_if for each in kept}
    return Rulebook(
        id=name,
        version=book.version,
        title=given["title"],
        effective=given["effective"],
        state_of_knowledge=book.state_of_knowledge,
        note=given["note"],
        weights=book.weights,
        rule_sets={given["rule_set"]: RuleSet(title=given["title"], scored=True)},
        groups={key: title for key, title in book.groups.items() if key in groups},
        instruments={key: each for key, each in book.instruments.items() if key in cited},
        conditions={key: each for key, each in book.conditions.items() if key in asked},
        requirements=kept,
    )


LINUX = "linux-baseline"

#: Checks of hosts that need what only an inventory tells, or a service that a machine may lack.
DECLARED = ("-declared", "backup-", "sbom-")

#: Subject (the folder of the checks) → its title. One that is missing here is called as its folder.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "accounts": ("Tài khoản", "Accounts"),
    "passwords": ("Mật khẩu và đăng nhập", "Passwords and logins"),
    "sudo": ("Quyền quản trị", "Administration rights"),
    "ssh": ("SSH", "SSH"),
    "files": ("Tệp và quyền", "Files and their modes"),
    "kernel": ("Nhân hệ điều hành và khởi động", "Kernel and boot"),
    "services": ("Dịch vụ", "Services"),
    "network": ("Mạng của máy chủ", "Network of the host"),
    "logging": ("Nhật ký", "Logs"),
    "timekeeping": ("Thời gian", "Time"),
    "updates": ("Cập nhật", "Updates"),
    "malware": ("Phòng, chống mã độc", "Protection against malware"),
    "integrity": ("Toàn vẹn", "Integrity"),
    "backup": ("Sao lưu và mã hóa", "Backups and encryption"),
    "ports": ("Cổng mở", "Open ports"),
    "database": ("Cơ sở dữ liệu", "Databases"),
    "devices": ("Thiết bị mạng", "Network devices"),
    "windows": ("Windows Server", "Windows Server"),
    "web": ("Trang web", "Web pages"),
    "tls": ("TLS và chứng thư số", "TLS and certificates"),
    "dns": ("Tên miền và thư điện tử", "Domains and mail"),
    "lists": ("Danh sách của đơn vị chủ quản", "The owner's lists"),
    "interconnection": ("Kết nối liên thông", "Interconnection"),
    "webserver": ("Máy chủ web", "Web servers"),
    "containers": ("Vùng chứa", "Containers"),
    "leaks": ("Lộ lọt dữ liệu", "Data leaks"),
    "development": ("Phát triển phần mềm", "Software development"),
    "other": ("Nội dung khác", "Other subjects"),
}

INSTRUMENTS: Mapping[str, Mapping[str, Any]] = {
    "cis-debian12": {
        "number": "CIS Debian Linux 12",
        "title": {"vi": "Cấu hình chuẩn của CIS", "en": "CIS benchmark"},
        "authority": "guidance",
    },
    "ssg": {
        "number": "SCAP Security Guide",
        "title": {"vi": "Quy tắc của ComplianceAsCode", "en": "Rules of ComplianceAsCode"},
        "authority": "guidance",
    },
    "cdso-audit": {
        "number": "cdso-audit",
        "title": {"vi": "Phép kiểm tra của công cụ này", "en": "Checks of this tool"},
        "authority": "guidance",
    },
}


def subject(check: Check[Any]) -> str:
    """The folder of a check: what it is about."""
    package, _, rest = check.judge.__module__.partition(".")
    return rest.partition(".")[0] if package == "cdso_checks" else "other"


def fits(check: Check[Any]) -> bool:
    """Whether a lone Linux machine can be judged by it, without what only an owner tells."""
    kinds = {kind for reader in readers_of(check.fact) for kind in reader.on}
    about = check.about
    declared = any(about.id.startswith(each) or about.id.endswith(each) for each in DECLARED)
    return AssetKind.HOST_LINUX in kinds and not (declared or about.lists or about.or_lists)


def linux_baseline(checks: Iterable[Check[Any]], version: str) -> Rulebook:
    """Our own checks as requirements, for any Linux machine at any level."""
    chosen = sorted((each for each in checks if fits(each)), key=lambda each: each.about.id)
    used = dict.fromkeys(subject(each) for each in chosen)
    titles = {name: SUBJECTS.get(name, (name, name)) for name in (*SUBJECTS, *used) if name in used}
    return Rulebook.model_validate(
        {
            "id": LINUX,
            "version": version,
            "title": {
                "vi": "Cấu hình an toàn cơ bản của máy chủ Linux",
                "en": "Baseline of a Linux host",
            },
            "effective": "2026-01-01",
            "note": {
                "vi": "Không phải quy định của pháp luật: các phép kiểm tra của công cụ, đối chiếu"
                " với CIS và SCAP Security Guide, giá trị mặc định của công cụ.",
                "en": "No rule of law: the checks of this tool, set beside CIS and the SCAP"
                " Security Guide, with the defaults of the tool.",
            },
            "drills": False,
            "rule_sets": {"checks": {"title": {"vi": "Máy Linux", "en": "Linux"}, "scored": True}},
            "groups": {name: {"vi": vi, "en": en} for name, (vi, en) in titles.items()},
            "instruments": INSTRUMENTS,
            "requirements": [_requirement(each) for each in chosen],
        }
    )


def _requirement(check: Check[Any]) -> dict[str, Any]:
    about = check.about
    cited = [
        {"instrument": name, "article": ", ".join(about.references[name])}
        for name in ("cis-debian12", "ssg")
        if about.references.get(name)
    ]
    return {
        "id": f"{LINUX}.{about.id}",
        "rule_set": "checks",
        "group": subject(check),
        "title": _plain(both(about.title)),
        "text": _plain(both(about.why)),
        "references": cited or [{"instrument": "cdso-audit", "article": about.id}],
        "levels": [1, 2, 3, 4, 5],
        "binding": "advisory",
        "verify": "technical",
        "asset_kinds": ["host-linux"],
        "inspect": [about.id],
        "severity": about.severity,
        "confidence": "high",
        "proof": {"all_of": [{"check": about.id, "parameters": _limits(check)}]},
    }


def _limits(check: Check[Any]) -> dict[str, Any]:
    """Its defaults that are limits: they are the rule here, which nobody loosens in silence."""
    return {
        name: value
        for name, value in check.parameters.items()
        if name.startswith(("min_", "max_")) and isinstance(value, int)
    }


def _plain(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}
