"""`python -m funnel.supervise.tied PARENT PROGRAM...`: become the program, tied to the life of the process PARENT."""

import os
import sys
from collections.abc import Sequence

from funnel.supervise.lifeline import die_with
from funnel.supervise.process import run_program


def tied(program: Sequence[str]) -> list[str]:
    """The command that runs `program` tied to the calling process; for `subprocess`, from its main thread."""
    return [sys.executable, "-m", "funnel.supervise.tied", str(os.getpid()), *program]


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    sys.exit(run_program(sys.argv[2:])())
