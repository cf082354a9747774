"""Network devices, judged by their saved configuration; see docs/devices.md."""
