"""Recovery drills: what is written, what happened, and what that proves. Pure but for `run`."""
