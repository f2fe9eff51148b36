"""`python worker.py`: a lane worker, for process managers that start a file."""

import sys

from funnel.cli import main

if __name__ == "__main__":
    sys.exit(main(["worker", *sys.argv[1:]]))
