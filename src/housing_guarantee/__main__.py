"""The door: ``python -m housing_guarantee``."""

from housing_guarantee.cli import main

if __name__ == "__main__":
    main()
