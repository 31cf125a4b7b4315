"""The entry of the command line: one message and one exit code, whatever happens.

Exit codes: 0 fine, 1 a finding of severity error, 2 wrong use, 3 a broken environment, 130 interrupted.
The commands and their libraries are loaded inside the guard: Ctrl-C in the first second gives no trace either.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from types import FrameType
from typing import Any, cast

INTERRUPTED = 130
STOPPED = "✗ Stopped at your request.\n  What was recorded before is complete; nothing is half-written.\n"


def run() -> None:
    """Run the command line and turn whatever happens into one message and the right exit code."""
    # Libraries that build classes while they load swallow an interrupt; nothing is recorded yet, so end at once.
    signal.signal(signal.SIGINT, _end_at_once)
    code = _exit_code()
    if code == INTERRUPTED:
        sys.stderr.write(STOPPED)
    sys.exit(code)


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    os.write(2, STOPPED.encode())
    os._exit(INTERRUPTED)


def _exit_code() -> int:
    import typer
    from typer.exceptions import TyperException

    from .commands import app
    from .output import EXIT_USAGE, Stop, say_error

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        outcome = app(standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except Stop as stop:
        if stop.message:
            say_error(stop.message, stop.remedy)
        return stop.code
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except TyperException as wrong:
        cast(Any, wrong).show()
        return EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """A defect of the software: say so in one line; the trace only where a developer asked for it."""
    from .output import EXIT_BROKEN, say_error

    if os.environ.get("TRIALWRIGHT_TRACE"):
        traceback.print_exception(error)
    remedy = "Run again with TRIALWRIGHT_TRACE=1 for the details and report them."
    say_error(f"An unexpected error stopped the command ({type(error).__name__}).", remedy)
    return EXIT_BROKEN
