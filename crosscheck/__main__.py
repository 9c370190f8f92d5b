"""`python -m crosscheck`: the same as the command."""

from crosscheck.cli import main

if __name__ == "__main__":
    main()
