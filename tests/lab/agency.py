"""The inventory of the laboratory, as a person would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.lab.site import ADDRESSES, AUDIT_USER, NETWORK, RESOLVER

if TYPE_CHECKING:
    from tests.lab.site import Site

_TEXT: Final = """\
apiVersion: cdso/agency-v1
agency: {{id: lab, name: "Sở Thông tin và Truyền thông (phòng thí nghiệm)", owner: "Nguyễn Văn A"}}
defaults:
  rulebook: vn-2026
  ssh: {{user: {user}, identity: {identity}, known_hosts: {known_hosts}, sudo: true}}
systems:
  - id: dvc
    name: Cổng dịch vụ công trực tuyến
    kind: public-service-portal
    level: 3
    approved: {{on: 2026-01-15, under: decree-85-2016, max_outage: 24h, rpo: 24h}}
    depends_on: [lgsp]
    data_gb: 1
    assets:
      - {{id: dvc-web, host: {web}, roles: [web]}}
      - {{id: dvc-db, host: {db}, roles: [database]}}
      - {{id: dvc-url, url: "https://dvc.lab.example", address: {web}, ca: {ca}}}
      - id: dvc-dns
        domain: dvc.lab.example
        resolver: {resolver}
        dkim_selectors: [lab2026]
    declared:
      ports: {{dvc-web: [22, 80, 443], dvc-db: [22, 5432]}}
      admins: [ops, {user}]
      time_sources: [{ns}]
      log_servers: [{ns}]
      backups:
        - {{id: web-restic, on: dvc-web, tool: restic, repository: /srv/backup/restic, rpo: 24h}}
        - {{id: db-restic, on: dvc-db, tool: restic, repository: /srv/backup/restic, rpo: 24h}}
        - {{id: db-dumps, on: dvc-db, tool: files, path: /srv/backup/dumps, rpo: 24h}}
    scope: [{network}]
  - id: lgsp
    name: Nền tảng tích hợp, chia sẻ dữ liệu
    kind: data-platform
    level: 3
    approved: {{on: 2026-01-15, under: decree-85-2016, max_outage: 24h, rpo: 24h}}
    assets:
      - {{id: lgsp-app, host: {app}, roles: [app]}}
      - {{id: lgsp-url, url: "https://{app}:8443"}}
      - {{id: lgsp-plain, url: "http://{app}:8080"}}
      - {{id: lgsp-dns, domain: lgsp.lab.example, resolver: {resolver}}}
      - {{id: ns, host: {ns}, roles: [dns, time, log]}}
    declared:
      ports: {{lgsp-app: [22, 8080, 8443], ns: [22, 53, 514]}}
      udp_ports: {{ns: [53, 123]}}
      admins: [dev, {user}]
      time_sources: [{ns}]
      log_servers: [{ns}]
      backups:
        - {{id: app-restic, on: lgsp-app, tool: restic, repository: /srv/backup/restic, rpo: 24h}}
        - {{id: app-borg, on: lgsp-app, tool: borg, repository: /srv/backup/borg, rpo: 24h}}
    scope: [{network}]
"""


def agency_text(site: Site) -> str:
    """agency.yaml for a laboratory; paths are as seen from the file's own folder."""
    return _TEXT.format(
        user=AUDIT_USER,
        identity=site.identity.relative_to(site.state),
        known_hosts=site.known_hosts.relative_to(site.state),
        web=ADDRESSES["dvc-web"],
        db=ADDRESSES["dvc-db"],
        app=ADDRESSES["lgsp-app"],
        ns=ADDRESSES["ns"],
        ca=site.ca.relative_to(site.state),
        resolver=RESOLVER,
        network=NETWORK,
    )
