"""What the probe of a host's surroundings prints, for the tests of several checks."""

HARDWARE = "container none\nmachine none\ninit systemd\nfirmware efi\nend .\n"
VIRTUAL = "container none\nmachine kvm\ninit systemd\nfirmware bios\nend .\n"
CONTAINER = "container systemd-nspawn\nmachine kvm\ninit systemd\nfirmware bios\nend .\n"
DOCKER = "container docker\nmachine none\ninit nginx\nfirmware efi\nend .\n"
CUT = "container none\n"
