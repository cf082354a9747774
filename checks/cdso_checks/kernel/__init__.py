"""The kernel: its settings, modules, access control, how it is booted."""
