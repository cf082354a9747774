"""Benchmarks against peers: same hosts, same questions, same run. `python -m tests.bench`."""
