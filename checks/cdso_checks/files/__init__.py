"""Files, their owners and modes, mounts."""
