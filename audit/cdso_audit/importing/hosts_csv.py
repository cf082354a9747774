"""
A table of hosts, as people keep it in Excel, with headings in English or Vietnamese. Pure.

A column of passwords is never carried over.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from cdso_audit import address, yamlfile
from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError, Place
from cdso_audit.importing import MOST_HOSTS, Found, FoundHost, Ignored, role_of_word

_HEADINGS: Final = {
    "host": "host ip ipaddress ipv4 address diachi diachiip diachimang ipmaychu diachimaychu fqdn",
    "name": "name hostname servername ten tenmay tenmaychu maychu tenthietbi tentaisan taisan",
    "system": "system systemname hethong tenhethong hethongthongtin application ungdung",
    "level": "level capdo cap capdohethong",
    "role": "role roles vaitro chucnang loai loaimaychu",
    "user": "user username login sshuser taikhoan nguoidung tendangnhap",
    "port": "port sshport cong congssh",
    "os": "os operatingsystem hedieuhanh",
    "url": "url website web diachiweb trangweb duongdan",
    "secret": "password passwd pass matkhau mk secret",
}
_COLUMN: Final[Mapping[str, str]] = {
    word: column for column, words in _HEADINGS.items() for word in words.split()
}
_ROLES_VI: Final[Mapping[str, str]] = {
    "cosodulieu": "database",
    "csdl": "database",
    "ungdung": "app",
    "thudientu": "mail",
    "saoluu": "backup",
    "tuonglua": "firewall",
    "nhatky": "log",
}


def folded(text: str) -> str:
    """Small letters and digits alone: `Địa chỉ IP` → `diachiip`."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def parse(text: bytes, file: str) -> Found:
    """The hosts of the table. Raises ConfigErrors with the line of every cell that cannot be."""
    clean = _decoded(text, file)
    delimiter = _delimiter(clean)
    try:
        rows = [
            (number, [cell.strip() for cell in row])
            for number, row in _numbered(clean, delimiter)
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#")
        ]
    except csv.Error as problem:
        raise ConfigError("the table is damaged", place=Place(file)) from problem
    if not rows:
        return Found(())
    columns = [_COLUMN.get(folded(cell), "") for cell in rows[0][1]]
    if "host" not in columns and "name" not in columns and "url" not in columns:
        if address_like(rows[0][1][0]):
            columns = ["host", "name", "system", "level", "role", "user", "port"]
        else:
            raise ConfigError(
                "no heading of this table names the host",
                hint="the headings are: host, name, system, level, role, user, port, os, url "
                "(or: địa chỉ IP, tên máy chủ, hệ thống, cấp độ, vai trò, tài khoản, cổng)",
                place=Place(file, rows[0][0], 1),
            )
    else:
        rows = rows[1:]
    if len(rows) > MOST_HOSTS:
        raise ConfigError("the file names too many hosts", place=Place(file))
    hosts: list[FoundHost] = []
    wrong: list[ConfigError] = []
    for number, row in rows:
        cells = {column: cell for column, cell in zip(columns, row, strict=False) if column}
        try:
            hosts.append(_host(cells))
        except InvalidValueError as problem:
            wrong.append(
                ConfigError(
                    problem.template,
                    hint=problem.hint,
                    values=problem.values,
                    place=Place(file, number),
                )
            )
    if wrong:
        raise ConfigErrors(wrong)
    ignored = (
        (
            Ignored(
                "A column of passwords was left out. Passwords do not belong into tables: "
                "delete it there too",
                {},
            ),
        )
        if "secret" in columns
        else ()
    )
    return Found(tuple(hosts), ignored)


def address_like(cell: str) -> bool:
    """Whether a cell is an address or a full name, so that there is no heading above it."""
    try:
        name = address.host(cell)
    except InvalidValueError:
        return False
    return address.ip(name) is not None or "." in name


def _decoded(text: bytes, file: str) -> str:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):  # "Unicode text" of Excel
        try:
            return text.decode("utf-16")
        except UnicodeDecodeError as problem:
            raise ConfigError("the file is damaged", place=Place(file)) from problem
    return yamlfile.decoded(text, file)


def _delimiter(text: str) -> str:
    """What parts the cells; Excel writes `;` where the comma is the decimal sign."""
    lines = (line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#")
    first = next(lines, "")
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(";,\t|", key=bare.count)


def _numbered(text: str, delimiter: str) -> Sequence[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = []
    line = 1
    for row in reader:
        if row and not (line == 1 and row[0].lower().startswith("sep=")):
            found.append((line, row))
        line = reader.line_num + 1
    return found


def _host(cells: Mapping[str, str]) -> FoundHost:
    given = cells.get("host") or cells.get("name") or ""
    url = cells.get("url", "")
    if not given and url:
        given = address.url_host(address.url(url))
    if not given:
        raise InvalidValueError("this line names no host")
    system = cells.get("os", "")
    return FoundHost(
        host=address.host(given),
        name=cells.get("name", ""),
        system=cells.get("system", ""),
        level=_number(cells.get("level", ""), 5, InvalidValueError("a level is 1 to 5")),
        roles=tuple(_roles(cells.get("role", ""))),
        user=cells.get("user", ""),
        port=_number(cells.get("port", ""), 65535, InvalidValueError("a port is 1 to 65535")),
        windows="windows" in system.lower(),
        urls=(address.url(url),) if url else (),
    )


def _number(cell: str, most: int, otherwise: InvalidValueError) -> int | None:
    """The number in `3`, `Cấp 3` or `cấp độ 3`; nothing in an empty cell."""
    if not cell or cell == "-":
        return None
    found = re.findall(r"\d+", cell)
    if len(found) != 1 or not 1 <= int(found[0][:9]) <= most:
        raise otherwise
    return int(found[0])


def _roles(cell: str) -> list[str]:
    words = [word for word in re.split(r"[;,/+|]", cell) if word.strip()]
    return [
        _ROLES_VI.get(folded(word), role_of_word(folded(word)) or folded(word)) for word in words
    ]
