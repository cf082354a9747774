"""Fact types and their readers, one module a subject. Everything here is pure."""

from cdso_audit.facts.reading import (
    KIB,
    MIB,
    Absent,
    Fact,
    Missing,
    Observation,
    Outputs,
    Probe,
    Reader,
    Snapshot,
    UnavailableError,
    UnreadableError,
    kind_of,
    reader,
)

__all__ = [
    "KIB",
    "MIB",
    "Absent",
    "Fact",
    "Missing",
    "Observation",
    "Outputs",
    "Probe",
    "Reader",
    "Snapshot",
    "UnavailableError",
    "UnreadableError",
    "kind_of",
    "reader",
]
