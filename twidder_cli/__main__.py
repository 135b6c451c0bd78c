"""`python -m twidder_cli`."""

from twidder_cli.cli import main

main()
