"""Playbooks for tests: a small one that is right, to be changed in one place."""

SMALL = """\
apiVersion: cdso/drill-v1
id: pg-pitr
title: {vi: Khôi phục cơ sở dữ liệu, en: Restore the database}
scenario: {name: ransomware-db, lost: [db-primary, backup-online], copy: offline}
target: {max_outage: 24h, rpo: 4h, minimum_service: {vi: đăng nhập, en: login}}
budget: {detect: 1h, restore: 8h, verify: 2h}
safety: {class: isolated}
params: {stanza: {type: name}, rows: {type: integer, default: 3}}
secrets: {repo_pass: {ref: "env:REPO_PASS"}}
hosts: {db: {side: target}, outside: {side: outside}}
roles: {service-owner: {vi: chủ quản dịch vụ, en: service owner}}
phases:
  restore:
    - id: restore
      title: {vi: Khôi phục, en: Restore}
      kind: ssh
      host: db
      detached: true
      run: [pgbackrest, "--stanza={{stanza}}", "--target={{t0}}", restore]
      env: {PGBACKREST_REPO1_CIPHER_PASS: "{{secret.repo_pass}}"}
      timeout: 9h
      on_doubt: probe
      probe: {id: p, title: {vi: a, en: b}, kind: file, host: db, path: /x/global/pg_control}
      cleanup: [drop]
  verify:
    - id: rows
      title: {vi: Đếm, en: Count}
      kind: sql
      engine: postgresql
      host: db
      query: "select count(*) from dossier where id < :'last'"
      values: {last: "{{rows}}"}
      negative_control: true
      expect: {of: "{{rows}}", within_percent: 2}
    - id: portal
      title: {vi: Cổng, en: Portal}
      kind: http
      vantage: outside
      requests: [{url: "https://dvc.example.vn/"}]
      consecutive: 5
      every: 60s
      hold: 30m
  return:
    - id: accept
      title: {vi: Nghiệm thu, en: Accept}
      kind: manual
      role: service-owner
      ask: {vi: "Chấp nhận?", en: "Accepted?"}
      four_eyes: true
cleanup:
  - {id: drop, title: {vi: Xóa, en: Drop}, kind: ssh, host: db, run: [rm, -rf, --, "{{work}}"]}
"""
