"""The recovery drills, one YAML each."""

from importlib.resources import files


def names() -> tuple[str, ...]:
    """The ids of the playbooks that come with the program."""
    found = (each.name for each in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


def text(name: str) -> bytes:
    """The YAML of that playbook; raises KeyError when there is none of that id."""
    if name not in names():
        raise KeyError(name)
    return (files(__package__) / f"{name}.yaml").read_bytes()
