"""Running a drill: the only part of `drill` that touches hosts, clocks and files."""
