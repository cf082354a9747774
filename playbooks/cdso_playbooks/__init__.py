"""The recovery drills, one YAML each."""
