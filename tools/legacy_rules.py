"""
The catalogue of TCVN 11930:2017 and Circular 12/2022 as the rulebook vn-legacy. Pure.

What the catalogue says of its own sources is kept: where a clause was read it is scored, where only
memory supports it at a level it is advice there. Letters of items are unconfirmed and are left out.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

NAME = "vn-legacy"
TCVN, CIRCULAR, DECREE = "tcvn-11930-2017", "circular-12-2022", "decree-85-2016"
CITED = (TCVN, CIRCULAR, DECREE)
PREFIX = "tcvn-11930."

HEAD = """\
# The rulebook vn-legacy: TCVN 11930:2017, Circular 12/2022/TT-BTTTT and Decree 85/2016/NĐ-CP, for
# systems whose level was approved under them. Written by tools/import_rules.py; do not edit. How
# each requirement is proved stands in vn-legacy.proof.yaml, written by hand. Texts are our own
# words: the standard is copyrighted, its clause numbers and figures are not.
"""

RULE_SETS: Mapping[str, Mapping[str, Any]] = {
    "tcvn": {"title": {"vi": "TCVN 11930:2017", "en": "TCVN 11930:2017"}, "scored": True},
    "circular": {
        "title": {
            "vi": "Thông tư 12/2022/TT-BTTTT: thiết kế hệ thống và nghĩa vụ riêng",
            "en": "Circular 12/2022: system design, and duties of its own",
        },
        "scored": True,
    },
    "unconfirmed": {
        "title": {
            "vi": "Khuyến nghị: nguồn của nội dung chưa được xác nhận",
            "en": "Advice: the source of the text is not confirmed",
        },
        "scored": False,
    },
}

#: Group → title and the topics in it, in the order of the standard.
GROUPS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "policy": (
        "Chính sách an toàn thông tin",
        "Security policy",
        ("policy", "policy-issue", "policy-review", "regulation"),
    ),
    "organisation": (
        "Tổ chức bảo đảm an toàn thông tin",
        "Organisation of security",
        ("security-unit", "contact-with-authorities"),
    ),
    "personnel": (
        "Bảo đảm nguồn nhân lực",
        "Personnel",
        ("recruitment", "during-employment", "termination-or-change"),
    ),
    "design-and-building": (
        "Thiết kế, xây dựng hệ thống",
        "Design and building",
        (
            "secure-design",
            "outsourced-development",
            "testing-and-acceptance",
            "internal-software",
            "before-operation",
            "hosting-separation",
        ),
    ),
    "operations": (
        "Quản lý vận hành",
        "Operations",
        (
            "network-operations",
            "server-and-application-operations",
            "data-operations",
            "endpoint-operations",
            "malware-operations",
            "security-monitoring",
            "vulnerability-management",
            "incident-management",
            "end-user-security",
        ),
    ),
    "risk-and-inspection": (
        "Quản lý rủi ro, kiểm tra, báo cáo",
        "Risk, inspection, reports",
        ("risk-management", "decommissioning", "assessment", "reporting"),
    ),
    "network": ("Bảo đảm an toàn mạng", "Network security", ()),
    "server": ("Bảo đảm an toàn máy chủ", "Server security", ()),
    "application": ("Bảo đảm an toàn ứng dụng", "Application security", ()),
    "data": ("Bảo đảm an toàn dữ liệu", "Data security", ()),
}

#: What the catalogue inspects, as the kinds of assets that the rule concerns.
KINDS: Mapping[str, tuple[str, ...]] = {
    "netdev": ("network-device",),
    "nac": ("network-device",),
    "load balancer": ("network-device",),
    "linux": ("host-linux",),
    "windows": ("host-windows",),
    "http": ("web-endpoint",),
    "http server": ("web-endpoint",),
    "web server": ("web-endpoint",),
    "tls": ("web-endpoint",),
    "db": ("database",),
    "dns": ("dns-mail",),
    "backup": ("backup",),
    "backup server": ("backup",),
    "storage": ("backup",),
    "drill": ("backup", "organisation"),
    "scan": ("network",),
    "scanner": ("network",),
}

#: How grave a failure is; the catalogue says nothing of it, so this is ours, after the same duties
#: of vn-2026. What stands nowhere is high when technical or a drill, else medium.
SEVERITIES: Mapping[str, str] = {
    "network.design.remote-admin-plan": "critical",
    "network.design.inter-zone-control": "critical",
    "network.external-access.per-service-filtering": "critical",
    "server.authentication.default-accounts": "critical",
    "server.intrusion-prevention.patching": "critical",
    "server.malware-protection.software": "critical",
    "data.backup.independent-storage": "critical",
    "management.data-operations.restore-test": "critical",
    "server.access-control.admin-port": "low",
    "network.design.network-access-control": "medium",
    "network.design.central-system-monitoring": "medium",
    "network.external-access.session-timeout": "medium",
    "network.external-access.connection-limit": "medium",
    "network.logging.time-sync": "medium",
    "network.logging.content": "medium",
    "server.access-control.session-timeout": "medium",
    "server.authentication.central-directory": "medium",
    "server.logging.time-sync": "medium",
    "server.logging.capacity": "medium",
    "application.access-control.session-timeout": "medium",
    "application.access-control.connection-limit": "medium",
}
SEVERITY_REASON = "set by the project, after the same duty of vn-2026; the text sets none"

#: Names of parameters here, with their units; what stands nowhere is text.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    "retention_months_min": ("min_retention", "month"),
    "review_interval_months": ("max_interval", "month"),
    "interval_months": ("max_interval", "month"),
    "awareness_interval_months": ("max_interval", "month"),
    "links_min": ("links_min", "count"),
    "distance_km_min": ("distance_min", "km"),
    "qualified_body": ("qualified_body", "boolean"),
    "idle_timeout": ("max_idle", "minute"),
    "failed_login_limit": ("max_attempts", "count"),
    "lockout": ("max_attempts", "count"),
    "max_offset": ("max_offset", "second"),
    "inactive_days": ("max_idle", "day"),
    "patch_interval": ("max_interval", "day"),
    "update_interval": ("max_interval", "day"),
    "interval": ("max_interval", "month"),
    "limit": ("max_connections", "count"),
    "rto_hours": ("max_time", "hour"),
    "rpo_hours": ("max_loss", "hour"),
    "to_owner_before": ("owner_before", "text"),
    "to_ministry_before": ("ministry_before", "text"),
}
#: Notes on sources among the parameters; they are told by the confidence.
NOT_PARAMETERS = ("basis", "values", "numeric_values")

CONDITIONS: Mapping[str, str] = {
    "wireless network present": "a wireless network exists",
    "web application present": "a web application exists",
    "mail service operated by the system": "the organisation runs a mail system",
    "hosted as an IT service in a data centre or cloud": "hosted in a rented data centre or cloud",
}


def number(level: str) -> int:
    """`level3` → 3."""
    return int(level.removeprefix("level"))


def by_level(given: Mapping[str, Any]) -> dict[int, Any]:
    """Keys `level1` … as numbers."""
    return {number(level): value for level, value in given.items()}


def clause(text: str) -> str:
    """A clause without the unconfirmed letter of its item; an article without its circular."""
    text = text.removeprefix("TT 12/2022 ").replace("PL ", "Phụ lục ")
    return re.sub(r"^(\d[\d.]*) [a-zđ]$", r"\1", " ".join(text.split()))


def references(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The circular first where it states the duty itself, then the standard."""
    clauses = {level: clause(text) for level, text in by_level(record["clauses"]).items()}
    if record["origin"] == CIRCULAR:
        made = [{"instrument": CIRCULAR, "clause_by_level": clauses}]
        if record["topic"] == "assessment":
            made.append({"instrument": DECREE, "article": "Điều 20 khoản 2 điểm c"})
        return made
    standard = {"instrument": TCVN, "clause_by_level": clauses}
    told = record.get("circular_12_2022")
    if not told:
        return [standard]
    circular = {
        "instrument": CIRCULAR,
        "clause_by_level": {level: clause(text) for level, text in by_level(told).items()},
    }
    own = record["origin"] == "circular-12-2022-in-place-of-tcvn-design-clause"
    return [circular, standard] if own else [standard, circular]


def parameters(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The values by level; a number that the text leaves to the organisation is None."""
    made: dict[str, dict[str, Any]] = {}
    for level, values in by_level(record["parameters_by_level"]).items():
        for name, value in (values or {}).items():
            if name in NOT_PARAMETERS:
                continue
            called, unit = PARAMETERS.get(name, (name.replace("-", "_"), "text"))
            if isinstance(value, list):
                unit = "list"
            counted = unit not in ("text", "boolean", "list")
            own = made.setdefault(called, {"unit": unit, "levels": {}})
            own["levels"][level] = None if counted and not isinstance(value, int) else value
            if unit == "list":
                own["unit"] = unit
    return made


def document(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The paper that proves it, and for how long."""
    given = record.get("evidence") or {}
    if not given.get("documents"):
        return None
    months, basis = given.get("validity_months"), str(given.get("validity_basis") or "")
    validity = "until-changed"
    if months:
        validity = f"P{months}M"
    elif basis == "contract term":
        validity = "contract-term"
    elif basis.startswith("per "):
        validity = "per-event"
    if "max_interval" in parameters(record) and record["id"].startswith(f"{PREFIX}circular."):
        validity = "param:max_interval"
    return {
        "title": {
            "vi": f"Hồ sơ chứng minh: {record['title_vi']}",
            "en": "; ".join(given["documents"]),
        },
        "issued_by": "operator",
        "validity": validity,
    }


def group(record: Mapping[str, Any]) -> str:
    """The chapter: a part of the technical requirements, or what the topic belongs to."""
    if record["group"] in GROUPS:
        return str(record["group"])
    return next(name for name, (_, _, topics) in GROUPS.items() if record["topic"] in topics)


def kinds(record: Mapping[str, Any]) -> list[str]:
    """The asset kinds that the inspection names; papers alone concern the organisation."""
    named = [
        kind
        for line in record["inspect"]
        for place in line.partition(":")[0].split("/")
        for kind in KINDS.get(place.strip(), ())
    ]
    return list(dict.fromkeys(named)) or ["organisation"]


def requirement(record: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of the catalogue as the rulebook holds it."""
    own = by_level(record["clauses"])
    basis = by_level(record["clause_basis"])
    scored = "tcvn" if record["origin"] == TCVN else "circular"
    low = record["confidence"] == "low"
    short = record["id"].removeprefix(PREFIX)
    usual = "high" if record["verify"] in ("technical", "drill") else "medium"
    made: dict[str, Any] = {
        "id": record["id"],
        "rule_set": "unconfirmed" if low else scored,
        "group": group(record),
        "title": {"vi": record["title_vi"], "en": record["title_en"]},
        "text": {"vi": record["text_vi"], "en": record["text_en"]},
        "references": references(record),
        "levels": sorted(own),
        "binding": "advisory" if low else "required",
        "verify": record["verify"],
        "asset_kinds": kinds(record),
        "inspect": record["inspect"],
        "severity": "low" if low else SEVERITIES.get(short, usual),
        "severity_reason": SEVERITY_REASON,
        "confidence": record["confidence"],
        "sources": len(record["sources"]),
        "confidence_by_level": by_level(record["confidence_by_level"]),
    }
    if found := parameters(record):
        made["parameters"] = found
    if paper := document(record):
        made["document"] = paper
    if "applies_if" in record:
        made["applies_if"] = CONDITIONS[record["applies_if"]]
    if inherited := sorted(level for level, told in basis.items() if told == "inherited"):
        made["inferred_levels"] = inherited
    if memory := sorted(level for level, told in basis.items() if told == "memory"):
        made["advisory_levels"] = memory
    if note := record.get("confidence_note"):
        made["note"] = note
    return made


def rulebook(
    catalogue: Sequence[Mapping[str, Any]], instruments: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """The whole rulebook, without its proofs."""
    return {
        "id": NAME,
        "version": version,
        "title": {
            "vi": "Nghị định 85/2016/NĐ-CP, Thông tư 12/2022/TT-BTTTT và TCVN 11930:2017",
            "en": "Decree 85/2016/NĐ-CP, Circular 12/2022/TT-BTTTT and TCVN 11930:2017",
        },
        "effective": "2016-07-01",
        "until": "2027-06-30",
        "state_of_knowledge": "2026-11-21",
        "note": {
            "vi": "Quy định cũ, cho hệ thống đã phê duyệt cấp độ theo Nghị định 85/2016/NĐ-CP, đến"
            " hết thời hạn chuyển tiếp. Hiệu lực hiện nay của Nghị định 85/2016 và Thông tư 12/2022"
            " còn ý kiến khác nhau. Diễn đạt bằng lời của dự án; không có toàn văn TCVN"
            " 11930:2017, nội dung chưa được nguồn nào xác nhận chỉ là khuyến nghị và không tính"
            " điểm.",
            "en": "The earlier rules, for systems whose level was approved under Decree 85/2016,"
            " until the transition ends. Whether Decree 85/2016 and Circular 12/2022 are still in"
            " force is disputed. In the project's own words; the full text of TCVN 11930:2017 was"
            " not at hand, so what no source confirms is advice and not scored.",
        },
        "governs": {"under": [DECREE], "before": "2026-07-01", "approved_by": "2026-12-31"},
        "rule_sets": RULE_SETS,
        "groups": {name: {"vi": vi, "en": en} for name, (vi, en, _) in GROUPS.items()},
        "instruments": {name: instruments[name] for name in CITED},
        "requirements": [requirement(each) for each in catalogue],
    }
