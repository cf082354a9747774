"""The chance that an agency is back in time: its recovery simulated many times over. Pure."""
