"""``python -m sagak``."""

from sagak.cli import main

main()
