"""``python -m demarcate`` is ``demarcate``."""

from demarcate.cli import main

if __name__ == "__main__":
    main()
