"""
Make the rulebooks out of the catalogues of requirements, and compile them.

    python tools/import_rules.py import CATALOGUE.yaml INSTRUMENTS.yaml   → vn-2026.yaml
    python tools/import_rules.py levels CATALOGUE.yaml                    → vn-2026.levels.yaml
    python tools/import_rules.py legacy CATALOGUE.yaml INSTRUMENTS.yaml   → vn-legacy.yaml
    python tools/import_rules.py compile                                  → every rulebook's JSON

`import` rewrites vn-2026.yaml alone, `legacy` vn-legacy.yaml, `levels` the criteria of levels. How
a requirement is proved is written by hand, in the .proof.yaml beside, which none of them touches.
`compile` joins both, checks them, and writes the form that is loaded at run time: reading the YAML
takes a third of a second, the JSON a hundredth. It also writes the rulebooks that follow from
others and from the checks: qcvn-12-2026, ransomware-6 and linux-baseline.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cdso_audit import __version__
from cdso_audit.plugins import installed_checks
from cdso_audit.rulebook import Rulebook, compiled, parse_rulebook

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools import derived_rules, legacy_rules

FOLDER = Path(__file__).parent.parent / "checks" / "cdso_checks" / "rulebooks"
NAME = "vn-2026"

#: The authority of an instrument, by its kind in the catalogue; single ones override it.
AUTHORITY = {
    "law": "law",
    "decree": "decree",
    "circular": "circular",
    "standard": "standard",
    "directive": "directive",
    "dispatch": "guidance",
    "handbook": "guidance",
}
AUTHORITY_OF = {"qcvn-12-2026-bca": "technical-regulation"}

#: Whether a rule set counts in the score, and for whom it is written.
RULE_SETS: Mapping[str, Mapping[str, Any]] = {
    "tcvn": {
        "title": {"vi": "TCVN 14423:2026", "en": "TCVN 14423:2026"},
        "scored": True,
    },
    "decree": {
        "title": {
            "vi": "Nghĩa vụ do luật, nghị định, chỉ thị, thông tư đặt trực tiếp",
            "en": "Duties that laws, decrees, a directive and a circular set directly",
        },
        "scored": True,
    },
    "qcvn12": {
        "title": {
            "vi": "QCVN 12:2026/BCA, hệ thống lưu trữ tài liệu điện tử",
            "en": "QCVN 12:2026/BCA, electronic-document storage systems",
        },
        "scored": True,
    },
    "physical": {
        "title": {
            "vi": "Phụ lục A của TCVN 14423:2026: phòng máy (tham khảo)",
            "en": "Annex A of TCVN 14423:2026: the server room (advisory)",
        },
        "scored": False,
    },
    "ransomware-advisory": {
        "title": {
            "vi": "Sáu giải pháp phục hồi nhanh, 2024 (hướng dẫn)",
            "en": "Six solutions for fast recovery, 2024 (guidance)",
        },
        "scored": False,
    },
}

HEAD = """\
# The rulebook vn-2026: requirements of the regime in force since 2026-07-01, levels 1-5.
# Written by tools/import_rules.py; do not edit. How each requirement is proved stands in
# vn-2026.proof.yaml, written by hand. Texts are our own words: the standard is copyrighted, its
# clause numbers and figures are not.
"""


def text(record: Mapping[str, Any], name: str) -> dict[str, str]:
    """The two languages of one field."""
    return {"vi": record[f"{name}_vi"], "en": record[f"{name}_en"]}


def reference(record: Mapping[str, Any]) -> dict[str, Any]:
    """An article, or a clause a level."""
    return {
        name: record[name]
        for name in ("instrument", "article", "clause_by_level", "scope")
        if name in record
    }


def parameter(record: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a parameter by level, and their unit."""
    levels = {level: value for level, value in record.items() if level != "unit"}
    return {"unit": record["unit"], "levels": levels}


def requirement(record: Mapping[str, Any]) -> dict[str, Any]:
    """One requirement of the catalogue as the rulebook holds it."""
    made: dict[str, Any] = {
        "id": record["id"],
        "rule_set": record["rule_set"],
        "group": record["group"],
        "title": text(record, "title"),
        "text": text(record, "text"),
        "references": [reference(each) for each in record["refs"]],
        "levels": record["levels"],
        "binding": record["binding"],
        "verify": record["verify"],
        "asset_kinds": record["asset_kinds"],
        "inspect": record["inspect"],
        "severity": record["severity_hint"]["level"],
        "severity_reason": record["severity_hint"]["reason"],
        "confidence": record["confidence"],
        "sources": len(record["sources"]),
        "corroborated": len(record.get("corroborated_by", ())),
    }
    if "parameters_by_level" in record:
        made["parameters"] = {
            name: parameter(each) for name, each in record["parameters_by_level"].items()
        }
    if "evidence" in record:
        given = record["evidence"]
        made["document"] = {
            "title": text(given, "document"),
            "issued_by": given["issued_by"],
            "validity": given["validity"],
        }
    for name in ("applies_if", "related", "note", "confidence_by_level", "inferred_levels"):
        if name in record:
            made[name] = record[name]
    return made


def instrument(record: Mapping[str, Any]) -> dict[str, Any]:
    """One law, decree or standard as the rulebook names it."""
    kind = AUTHORITY_OF.get(record["id"]) or AUTHORITY[record["kind"]]
    return {
        "number": record["number"],
        "title": text(record, "title"),
        "authority": kind,
        "effective": record["effective"],
        "status": record["status_on_2026_11_21"],
    }


def rulebook(catalogue: Mapping[str, Any], instruments: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole rulebook, without its proofs."""
    records = catalogue["requirements"]
    cited = {each["instrument"] for record in records for each in record["refs"]}
    return {
        "id": NAME,
        "version": catalogue["meta"]["version"],
        "title": {
            "vi": "Luật An ninh mạng 2025, Nghị định 331/2026/NĐ-CP và TCVN 14423:2026",
            "en": "Law on Cybersecurity 2025, Decree 331/2026/NĐ-CP and TCVN 14423:2026",
        },
        "effective": "2026-07-01",
        "until": None,
        "state_of_knowledge": catalogue["meta"]["state_of_knowledge"],
        "note": {
            "vi": "Diễn đạt bằng lời của dự án; số điều và số liệu của TCVN 14423:2026 lấy từ bản"
            " thuật lại công khai, cần đối chiếu với bản gốc do VSQI phát hành.",
            "en": "In the project's own words; clauses and figures of TCVN 14423:2026 come from a"
            " public paraphrase and are to be compared with the original sold by VSQI.",
        },
        "rule_sets": RULE_SETS,
        "groups": {
            name: {"vi": each["vi"], "en": each["en"]}
            for name, each in catalogue["meta"]["groups"].items()
        },
        "instruments": {
            each["id"]: instrument(each) for each in instruments if each["id"] in cited
        },
        "requirements": [requirement(each) for each in records],
    }


#: What the catalogue's words for an answer mean, since it names them only.
ANSWERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "system_type": {
        "internal": ("Hệ thống nội bộ", "Internal"),
        "citizens-and-business": (
            "Phục vụ người dân, doanh nghiệp",
            "For citizens and business",
        ),
        "infrastructure": ("Hạ tầng thông tin", "Infrastructure"),
        "industrial-control": ("Điều khiển công nghiệp", "Industrial control"),
        "other": ("Loại khác", "Another kind"),
    },
    "information_classes": {
        "public": ("Thông tin công cộng", "Public information"),
        "private": ("Thông tin riêng", "Private information"),
        "personal": ("Thông tin cá nhân", "Personal information"),
        "state-secret": ("Bí mật nhà nước", "State secrets"),
    },
    "harm_to_national_security": {
        "none": ("Không tổn hại", "None"),
        "harm": ("Tổn hại", "Harm"),
        "serious": ("Tổn hại nghiêm trọng", "Serious harm"),
        "extremely-serious": ("Tổn hại đặc biệt nghiêm trọng", "Extremely serious harm"),
    },
    "online_service": {
        "none": ("Không có dịch vụ trực tuyến", "No online service"),
        "not-in-conditional-business-list": (
            "Có, không thuộc danh mục kinh doanh có điều kiện",
            "Yes, and not on the conditional business list",
        ),
        "in-conditional-business-list": (
            "Có, thuộc danh mục kinh doanh có điều kiện",
            "Yes, and on the conditional business list",
        ),
        "other": ("Dịch vụ trực tuyến khác", "Another online service"),
    },
    "infrastructure_scope": {
        "none": ("Không phải hạ tầng", "No infrastructure"),
        "one-organisation": ("Một cơ quan, tổ chức", "One organisation"),
        "ministry-sector-or-provinces": (
            "Một bộ, ngành, một hoặc một số tỉnh",
            "A ministry, a sector, one or several provinces",
        ),
        "nationwide": ("Toàn quốc", "The whole country"),
        "vietnam-international": (
            "Kết nối Việt Nam với quốc tế",
            "Links Vietnam and the world",
        ),
    },
    "construction_grade": {
        "none": ("Không điều khiển công trình", "Controls no works"),
        "IV": ("Cấp IV", "Grade IV"),
        "III": ("Cấp III", "Grade III"),
        "II": ("Cấp II", "Grade II"),
        "I": ("Cấp I", "Grade I"),
        "special": ("Cấp đặc biệt", "Special grade"),
        "national-security-works": (
            "Công trình liên quan an ninh quốc gia",
            "Works important to national security",
        ),
    },
}

LEVELS_HEAD = """\
# By which criteria a system falls into a level: Decree 331/2026/NĐ-CP, Articles 7-18, in our own
# words. Written by tools/import_rules.py; do not edit.
"""


def fact(record: Mapping[str, Any]) -> dict[str, Any]:
    """One question of the level criteria, with the words of its answers."""
    made: dict[str, Any] = {
        "id": record["id"],
        "type": record["type"],
        "article": record["article"],
        "ask": text(record, "ask"),
    }
    if "values" in record:
        known = ANSWERS[record["id"]]
        made["values"] = [
            {"id": value, "title": {"vi": known[value][0], "en": known[value][1]}}
            for value in record["values"]
        ]
    return made


def levels(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of levels, who appraises and approves, and within how many working days."""
    given = catalogue["level_criteria"]
    return {
        "id": NAME,
        "version": catalogue["meta"]["version"],
        "instrument": given["instrument"],
        "confidence": given["confidence"],
        "facts": [fact(each) for each in given["facts"]],
        "criteria": [
            {
                **{name: each[name] for name in ("id", "level", "article", "all")},
                "any": each.get("any", []),
                "text": text(each, "text"),
            }
            for each in given["criteria"]
        ],
        "national_security": [
            {"article": each["article"], "text": text(each, "text")}
            for each in given["national_security_criteria"]
        ],
        "authority": {
            level: {name: each[name] for name in ("appraise", "approve", "article")}
            for level, each in given["authority"].items()
            if isinstance(level, int)
        },
        "times": [
            {name: each[name] for name in ("what", "max", "levels", "article")}
            for each in given["times"]
        ],
    }


def written(document: Mapping[str, Any], head: str = HEAD) -> str:
    """The document as YAML that people can read and compare."""
    plain = yaml.safe_dump(
        document, allow_unicode=True, sort_keys=False, width=100, default_flow_style=False
    )
    return head + str(plain)


def joined(folder: Path, name: str) -> Rulebook:
    """The requirements and their proofs, from the two files of that name."""
    rules, proof = folder / f"{name}.yaml", folder / f"{name}.proof.yaml"
    return parse_rulebook(
        rules.read_text("utf-8"), proof.read_text("utf-8"), rules.name, proof.name
    )


def rulebooks(folder: Path) -> dict[str, Rulebook]:
    """Every rulebook from its sources, by its id."""
    present = joined(folder, NAME)
    books = [present]
    if (folder / f"{legacy_rules.NAME}.yaml").is_file():
        books.append(joined(folder, legacy_rules.NAME))
    books += [
        derived_rules.part(present, name)
        for name, given in derived_rules.PARTS.items()
        if any(each.rule_set == given["rule_set"] for each in present.requirements)
    ]
    ours = [each for each in installed_checks().values() if each.origin == "cdso-audit"]
    books.append(derived_rules.linux_baseline(ours, __version__))
    return {each.id: each for each in books}


def main(arguments: list[str]) -> None:
    """Import or compile."""
    rules = FOLDER / f"{NAME}.yaml"
    match arguments:
        case ["import", catalogue, instruments]:
            made = rulebook(
                yaml.safe_load(Path(catalogue).read_text("utf-8")),
                yaml.safe_load(Path(instruments).read_text("utf-8")),
            )
            rules.write_text(written(made), "utf-8")
        case ["levels", catalogue]:
            found = levels(yaml.safe_load(Path(catalogue).read_text("utf-8")))
            (FOLDER / f"{NAME}.levels.yaml").write_text(written(found, LEVELS_HEAD), "utf-8")
        case ["legacy", catalogue, instruments]:
            known = {each["id"]: each for each in yaml.safe_load(Path(instruments).read_text())}
            legacy = legacy_rules.rulebook(
                yaml.safe_load(Path(catalogue).read_text("utf-8")),
                {name: instrument(known[name]) for name in legacy_rules.CITED},
                __version__,
            )
            (FOLDER / f"{legacy_rules.NAME}.yaml").write_text(
                written(legacy, legacy_rules.HEAD), "utf-8"
            )
        case ["compile"]:
            for name, book in rulebooks(FOLDER).items():
                (FOLDER / f"{name}.json").write_text(compiled(book), "utf-8")
        case _:
            sys.exit(str(__doc__))


if __name__ == "__main__":
    main(sys.argv[1:])
