"""`python -m timezero` is the command `timezero`."""

from timezero.cli import main

main()
