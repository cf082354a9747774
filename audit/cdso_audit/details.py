"""
What a gap's detail says in Vietnamese. Pure.

A detail is kept as one English sentence, so that evidence of any age reads alike. Here the sentence
is recognised again by its template and said in the other language; what is not recognised (a
program's own message) stands as it is.
"""

import re
from functools import cache

from cdso_audit.language import Language, translated

#: The sentences that collectors and readers use, with their places.
DETAIL_TEXT = (
    "needs root, and sudo is not enabled for this asset",
    "needs root, and sudo is not installed there",
    "sudo: a password is required",
    "{tool} is not installed",
    "no end after {seconds} s",
    "more than {count} bytes",
    "no answer after {seconds} s at {where}",
    "the host sent more than {count} bytes",
    "the host's answer has no frame for this",
    "the answer has no exit code",
    "the connection ended before all questions were answered",
    "no shell ran the questions; the host said: {words}",
    "the connection is gone",
    "the jump host {name} is gone",
    "{host} refused to log in {user}: {problem}",
    "{host} did not answer within {seconds} s",
    "{host} refuses connections to port {port}",
    "the name {host} cannot be resolved",
    "the private key {path} does not exist",
    "the private key has a passphrase; add it to ssh-agent (ssh-add) first",
    (
        "the host key of {host} is not known ({key}); compare this fingerprint on the host's "
        "own console, then: {command}"
    ),
    (
        "the host key of {host} is NOT the one in known_hosts (seen {key}): either the host "
        "was set up anew or somebody sits in between. Find out which; then: {command}"
    ),
    "this asset was not part of this run",
    "this probe was not part of the plan of the evidence",
    "no check is installed for assets of the kind {kind}",
    "a machine cannot see itself from outside; scan it from another machine",
    "nmap is not installed (apt install nmap)",
    "nmap gave the host up after {seconds} s",
    "nmap gave the host up before the scan was done",
    "nmap was not done within {seconds} s",
    "nmap did not finish its scan",
    "the server sent no certificate",
    "DKIM selectors cannot be guessed: name them as dkim_selectors in the inventory",
    "the resolver says that {domain} does not exist",
    "exit code {code}: {message}",
    "{what}: not JSON: {problem}",
    "the answer about {what} is cut short",
    "the asset's {seconds} s were used up before",
    "not walked: {names}",
    "this file is closed to the account that looks",
    "this file of PAM is closed to the account that looks",
    "the kernel has nf_tables loaded, but nft is not installed",
    "AppArmor is on; the package apparmor with aa-status is not there",
    "no GRUB configuration below /boot; other loaders are not read",
    "neither dpkg's log nor rpm is there",
    "systemctl is not there",
    "the inventory names no absolute path and no remote repository for it",
    "no os-release file names the distribution",
    "apt-get could not tell: {complaint}",
    "{engine} is stopped, so its containers and settings could not be asked for",
    "{engine} does not answer",
    "{engine} runs for the account {account}, which the scan does not ask",
    "the processes of other accounts are hidden",
    "{count} containers run, {described} were described",
    "{count} volumes are there, {described} were described",
    "the records of logins are there, and do not say where they begin",
    (
        "agency.yaml names no SBOM: write each application that was made in-house or to order into "
        "`declared.sboms`"
    ),
    "the evidence does not hold its file",
    "{file} is no file",
    "{file} is larger than {count} bytes",
    "{file}: the file is empty",
    "{file}: neither CycloneDX nor SPDX",
    "{file}: SPDX 3 is not read; write SPDX 2.3 or CycloneDX",
    "{file}: of SPDX only version 2 is read",
    "{file}: no JSON that can be read",
    "{file}: line {line}: the XML is damaged",
    "{file}: this is XML, but not of CycloneDX",
    "{file}: a <text> has no end",
    "{file}: the XML brings definitions of its own: it was not read",
    "{file}: vulnerabilities is no list of blocks",
    "the snapshot does not mention it",
    "no details",
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    made = []
    for template in DETAIL_TEXT:
        parts = re.split(r"\{(\w+)\}", template)
        pattern = "".join(
            f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        made.append((re.compile(pattern, re.DOTALL), template))
    # A sentence with fewer places says more, so it is tried first.
    return sorted(made, key=lambda each: each[1].count("{"))


def detail_in(detail: str, lang: Language) -> str:
    """The detail in that language, or as it stands."""
    if lang == "en":
        return detail
    for pattern, template in _patterns():
        found = pattern.fullmatch(detail)
        if found:
            return translated(template, lang).format_map(found.groupdict())
    return detail
