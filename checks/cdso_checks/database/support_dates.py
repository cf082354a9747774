"""
Until when each release of a database gets security updates: data, with its own date.

The project's own support, and that of the Linux distribution where the server says that it is the
distribution's build: those go on mending a release for as long as their own lives.

Sources: <https://www.postgresql.org/support/versioning/>,
<https://mariadb.org/about/#maintenance-policy>, Oracle's lifetime support policy for MySQL.
"""

import re
from datetime import date

from cdso_checks.updates.support_dates import support_of

#: When this table was last compared with its sources.
TABLE_DATE = date(2026, 11, 21)

#: PostgreSQL: the release's last day of support by the project.
POSTGRESQL = {
    "9.0": "2015-10-08", "9.1": "2016-10-27", "9.2": "2017-11-09", "9.3": "2018-11-08",
    "9.4": "2020-02-13", "9.5": "2021-02-11", "9.6": "2021-11-11", "10": "2022-11-10",
    "11": "2023-11-09", "12": "2024-11-21", "13": "2025-11-13", "14": "2026-11-12",
    "15": "2027-11-11", "16": "2028-11-09", "17": "2029-11-08", "18": "2030-11-14",
}  # fmt: skip

#: MariaDB: the last day of the community's support.
MARIADB = {
    "5.5": "2020-04-11", "10.0": "2019-03-31", "10.1": "2020-10-17", "10.2": "2022-05-23",
    "10.3": "2023-05-25", "10.4": "2024-06-18", "10.5": "2025-06-24", "10.6": "2026-07-06",
    "10.7": "2023-02-09", "10.8": "2023-05-20", "10.9": "2023-08-22", "10.10": "2023-11-17",
    "10.11": "2028-02-16", "11.0": "2024-06-06", "11.1": "2024-08-21", "11.2": "2024-11-21",
    "11.3": "2024-05-29", "11.4": "2029-05-29", "11.5": "2024-11-21", "11.6": "2025-02-13",
    "11.7": "2025-05-12", "11.8": "2028-06-04", "12.0": "2025-11-18", "12.1": "2026-02-13",
    "12.2": "2026-05-13", "12.3": "2029-06-30",
}  # fmt: skip
#: MySQL: the end of extended support, which brings the last security updates for everybody.
MYSQL = {
    "5.5": "2018-12-03", "5.6": "2021-02-05", "5.7": "2023-10-31", "8.0": "2026-04-30",
    "8.4": "2032-04-30",
}  # fmt: skip


def end_of(table: dict[str, str], release: str) -> date | None:
    """The last day of the project's support. None: not in the table."""
    found = table.get(release)
    return date.fromisoformat(found) if found else None


def distribution_end(version: str) -> date | None:
    """
    The end of the free support of the distribution that built the server, from its version text.

    `Debian 13.23-0+deb11u1` and `Ubuntu 14.19-0ubuntu0.22.04.1` are theirs; the project's own
    packages for them (`14.19-1.pgdg120+1`, `10.5.29+maria~deb11`) have no such mark, and live by
    the project's dates.
    """
    debian = re.search(r"\+deb(\d+)u\d", version)
    ubuntu = re.search(r"ubuntu0\.(\d\d\.\d\d)", version)
    support = (
        support_of("debian", debian[1]) if debian
        else support_of("ubuntu", ubuntu[1]) if ubuntu
        else None
    )  # fmt: skip
    return support.free if support else None
