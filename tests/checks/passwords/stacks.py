"""
Files of PAM as distributions ship them, in the form in which the probe prints them.

Debian: pam-auth-update of 11 to 13. RHEL 9: `authselect select sssd with-faillock with-pwhistory`.
"""

from collections.abc import Mapping

DEFS = "UMASK 022\nENCRYPT_METHOD YESCRYPT\nUSERGROUPS_ENAB yes\n"

#: /etc/pam.d of Debian 12, without what is not about passwords.
DEBIAN = {
    "passwd": "@include common-password\n",
    "sshd": "@include common-auth\naccount required pam_nologin.so\n@include common-password\n",
    "login": (
        "auth optional pam_faildelay.so delay=3000000\nauth requisite pam_nologin.so\n"
        "@include common-auth\nauth optional pam_group.so\n@include common-password\n"
    ),
    "su": "auth sufficient pam_rootok.so\n@include common-auth\n@include common-account\n",
    "common-auth": (
        "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth\trequisite\tpam_deny.so\n"
        "auth\trequired\tpam_permit.so\n"
    ),
    "common-account": (
        "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so \n"
        "account\trequisite\tpam_deny.so\naccount\trequired\tpam_permit.so\n"
    ),
    "common-password": (
        "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n"
        "password\trequisite\tpam_deny.so\npassword\trequired\tpam_permit.so\n"
    ),
}
#: The same with libpam-pwquality.
PWQUALITY = DEBIAN | {
    "common-password": (
        "password\trequisite\tpam_pwquality.so retry=3\n"
        "password\t[success=1 default=ignore]\tpam_unix.so obscure use_authtok yescrypt\n"
        "password\trequisite\tpam_deny.so\npassword\trequired\tpam_permit.so\n"
    )
}
#: The same with pam_faillock as faillock(8) shows it.
FAILLOCK = DEBIAN | {
    "common-auth": (
        "auth\trequired\tpam_faillock.so preauth\n"
        "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n"
        "auth\t[default=die]\tpam_faillock.so authfail\n"
        "auth\tsufficient\tpam_faillock.so authsucc\n"
        "auth\trequisite\tpam_deny.so\nauth\trequired\tpam_permit.so\n"
    )
}
_RHEL_AUTH = """\
auth        required                                     pam_env.so
auth        required                                     pam_faildelay.so delay=2000000
auth        required                                     pam_faillock.so preauth silent
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        [default=1 ignore=ignore success=ok]         pam_localuser.so
auth        sufficient                                   pam_unix.so nullok
auth        [default=1 ignore=ignore success=ok]         pam_usertype.so isregular
auth        sufficient                                   pam_sss.so forward_pass
auth        required                                     pam_faillock.so authfail
auth        required                                     pam_deny.so

account     required                                     pam_faillock.so
account     required                                     pam_unix.so
account     sufficient                                   pam_localuser.so
account     sufficient                                   pam_usertype.so issystem
account     [default=bad success=ok user_unknown=ignore] pam_sss.so
account     required                                     pam_permit.so

password    requisite                                    pam_pwquality.so local_users_only
password    requisite                                    pam_pwhistory.so use_authtok
password    sufficient                                 pam_unix.so sha512 shadow nullok use_authtok
password    [success=1 default=ignore]                   pam_localuser.so
password    sufficient                                   pam_sss.so use_authtok
password    required                                     pam_deny.so
"""
RHEL = {
    "passwd": "password substack system-auth\n"
    "-password optional pam_gnome_keyring.so use_authtok\n",
    "sshd": (
        "auth substack password-auth\nauth include postlogin\naccount required pam_sepermit.so\n"
        "account include password-auth\npassword include password-auth\n"
    ),
    "login": (
        "auth substack system-auth\nauth include postlogin\naccount include system-auth\n"
        "password include system-auth\n"
    ),
    "su": (
        "auth required pam_env.so\nauth sufficient pam_rootok.so\nauth substack system-auth\n"
        "auth include postlogin\naccount sufficient pam_succeed_if.so uid = 0 use_uid quiet\n"
        "account include system-auth\n"
    ),
    "system-auth": _RHEL_AUTH,
    "password-auth": _RHEL_AUTH,
    "postlogin": "session optional pam_umask.so silent\n",
}


def pam(
    services: Mapping[str, str],
    *,
    defs: str = DEFS,
    closed: str = "",
    **settings: str,
) -> str:
    """
    What the probe `pam` prints; `settings` are files of /etc/security by name (`pwquality`,
    `faillock`, `pwhistory`), `pwquality_d` is a drop-in, `passwdqc` is /etc/passwdqc.conf.
    """
    paths = {
        "pwquality_d": "/etc/security/pwquality.conf.d/50-own.conf",
        "passwdqc": "/etc/passwdqc.conf",
    }
    out = "== pam\n"
    out += "".join(f"== file /etc/pam.d/{name}\n{text}" for name, text in services.items())
    out += "".join(
        f"== file {paths.get(name, f'/etc/security/{name}.conf')}\n{text}"
        for name, text in settings.items()
    )
    out += f"== closed {closed}\n" if closed else ""
    return f"{out}== file /etc/login.defs\n{defs}== end\n"


def changed(services: Mapping[str, str], name: str, old: str, new: str) -> dict[str, str]:
    """The services with one text replaced in one file."""
    if old not in services[name]:
        raise ValueError(f"{old!r} does not stand in {name}")
    return {**services, name: services[name].replace(old, new)}


NO_PAM = "== no-pam\n== end\n"
