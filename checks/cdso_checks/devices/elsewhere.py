"""A duty of the network that another device does for this one, as the owner says."""

from cdso_audit.model import Context, Verdict


def done_elsewhere(context: Context) -> Verdict | None:
    """The parameter `elsewhere` names this device: then nothing of the kind is asked of it."""
    if context.asset.id in context.names("elsewhere"):
        return Verdict.not_applicable("the owner says that another device does this for this one")
    return None
