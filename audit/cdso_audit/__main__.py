"""`python -m cdso_audit` is `cdso-audit`."""

from cdso_audit.cli import main

main()
