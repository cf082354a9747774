"""`python -m tests.lab up|down|status|path`."""

import argparse
import sys
import time

from tests.lab.lab import Lab, LabError


def main() -> int:
    """Do what the command line says; 0 if it worked."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("action", choices=["up", "down", "status", "path"])
    parser.add_argument("hosts", nargs="*", help="only these")
    chosen = parser.parse_args()
    lab, started = Lab(), time.monotonic()
    try:
        if chosen.action == "up":
            lab.up(chosen.hosts)
            print(f"up in {time.monotonic() - started:.1f} s; inventory: {lab.agency_yaml}")
        elif chosen.action == "down":
            lab.down(chosen.hosts)
        elif chosen.action == "status":
            states = lab.status()
            for name, state in states.items():
                print(f"{name:10} {lab.hosts[name]:15} {state}")
            return 0 if all(state in {"running", "degraded"} for state in states.values()) else 1
        else:
            print(lab.agency_yaml)
    except LabError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
