"""What the policies of the machine say of extensions, by browser."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cdso_audit.facts.browser_policies import (
    ExtensionPolicy,
    Ignored,
    Product,
    chromium_json,
    chromium_rules,
    mozilla_rules,
    void_policies,
)
from cdso_audit.facts.reading import Absent, Missing, Outputs, UnavailableError, reader
from cdso_audit.facts.windows.registry import (
    ADDONS_PERMISSION,
    CHROME,
    EDGE,
    EXTENSION_LISTS,
    EXTENSION_SETTINGS,
    FIREFOX,
    THUNDERBIRD,
    WINDOWS_REGISTRY,
    app_path,
    registry_values,
)
from cdso_audit.model import AssetKind, GapReason

#: What a browser is called, the program of its key in App Paths, and the key of its policies.
_BROWSERS: tuple[tuple[Product, str, str], ...] = (
    ("chrome", "chrome", CHROME),
    ("edge", "msedge", EDGE),
    ("firefox", "firefox", FIREFOX),
    ("thunderbird", "thunderbird", THUNDERBIRD),
)


class WindowsBrowserPolicy(ExtensionPolicy):
    """
    The rules of a browser on Windows, as the registry of the machine has them.

    `elsewhere`: no policy of extensions stands there, and this browser has another place for them.
    """

    kind: Literal["windows-browser-policy"] = "windows-browser-policy"
    elsewhere: bool = False


@reader(WindowsBrowserPolicy, WINDOWS_REGISTRY, on=AssetKind.HOST_WINDOWS)
def read_windows_browser_policy(
    outputs: Outputs,
) -> Iterator[WindowsBrowserPolicy | Missing | Absent]:
    """One fact a browser that is installed for everybody."""
    programs = tuple(app_path(program) for _, program, _ in _BROWSERS)
    there = registry_values(outputs, programs)
    if not there:
        yield Absent("neither Chrome, Edge, Firefox nor Thunderbird is installed for everybody")
        return
    for product, program, root in _BROWSERS:
        if app_path(program) not in there:
            continue
        try:
            yield _of_one(product, root, outputs)
        except UnavailableError as problem:
            yield Missing(product, problem.reason, problem.detail)


def _of_one(product: Product, root: str, outputs: Outputs) -> WindowsBrowserPolicy | Missing:
    is_mozilla = product in ("firefox", "thunderbird")
    more = (ADDONS_PERMISSION,) if is_mozilla else tuple(rf"\{each}" for each in EXTENSION_LISTS)
    values = registry_values(
        outputs, (root, root + EXTENSION_SETTINGS, *(root + each for each in more))
    )
    if root + EXTENSION_SETTINGS in values:
        detail = f"{root}{EXTENSION_SETTINGS} is a key, whose parts are not read here"
        return Missing(product, GapReason.UNPARSABLE, detail)
    policies: dict[str, Any] = {}
    ignored: list[Ignored] = []
    settings = values.get(root, {}).get("ExtensionSettings")
    if settings is not None:
        lines = settings if isinstance(settings, tuple) else (settings,)
        text = "\n".join(str(each) for each in lines)
        found = _mozilla_json(text) if is_mozilla else chromium_json(text)
        if found is None:
            ignored.append(Ignored(path=root, why="ExtensionSettings is not valid"))
        else:
            policies["ExtensionSettings"] = found
    if is_mozilla:
        default = values.get(root + ADDONS_PERMISSION, {}).get("Default")
        if default is not None:
            policies["InstallAddonsPermission"] = {"Default": str(default) != "0"}
    else:
        for name in EXTENSION_LISTS:
            if rf"{root}\{name}" in values:
                entries = (str(each) for each in values[rf"{root}\{name}"].values())
                policies[name] = [each.partition(";")[0] for each in entries]
        ignored += void_policies(policies, root)
    return WindowsBrowserPolicy(
        subject=product,
        product=product,
        rules=mozilla_rules(policies) if is_mozilla else chromium_rules(policies),
        files=(root,) if root in values else (),
        ignored=tuple(ignored),
        in_cloud=bool(values.get(root, {}).get("CloudManagementEnrollmentToken?")),
        elsewhere=is_mozilla and not policies and not ignored,
    )


def _mozilla_json(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
