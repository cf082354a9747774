"""The hosts of the laboratory: what is installed, how it is set, what is done once it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.hosts import dvc_db, dvc_web, lgsp_app, ns

if TYPE_CHECKING:
    from tests.lab.hosts.plain import Host

HOSTS: Final[dict[str, Host]] = {
    host.id: host for host in (ns.HOST, dvc_web.HOST, dvc_db.HOST, lgsp_app.HOST)
}
