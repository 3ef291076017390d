"""The read-only JSON interface: what the public pages show, for programs."""
