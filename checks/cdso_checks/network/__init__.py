"""What a host lets in: firewall, listening sockets."""
