"""Whether a kernel module is kept from loading."""

from cdso_audit.facts.kernel_modules import Module

#: Commands that do nothing, so that modprobe loads nothing. Which of the two makes no difference.
NOTHING = ("/bin/true", "/bin/false", "/usr/bin/true", "/usr/bin/false", "/sbin/nologin")


def is_refused(module: Module) -> bool:
    """Not shipped at all, or told not to load and not loaded."""
    if module.is_loaded or module.is_builtin:
        return False
    command = module.install.partition(" ")[0]
    return not module.exists or module.is_blacklisted or command in NOTHING


def state(module: Module) -> str:
    """One line on the module, for a finding to show."""
    words = [
        "built in" if module.is_builtin else "shipped" if module.exists else "not shipped",
        "loaded" if module.is_loaded else "not loaded",
        *([f"install {module.install}"] if module.install else []),
        *(["blacklist"] if module.is_blacklisted else []),
    ]
    return f"{module.name}: {', '.join(words)}"
