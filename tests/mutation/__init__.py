"""Faults planted in the checks one at a time, to see that the tests notice each."""
