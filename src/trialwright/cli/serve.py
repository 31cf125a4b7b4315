"""`trialwright serve`: the pages on this machine."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from .output import EXIT_BROKEN, Stop, out


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    data: Annotated[Path | None, typer.Option("--data", help="The folder with the databases.")] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="Show the accounts of a rehearsal on the sign-in page.")
    ] = False,
) -> None:
    """Serve the pages until Ctrl-C."""
    check_port(host, port)
    if demonstration:
        os.environ["TRIALWRIGHT_DEMONSTRATION"] = "1"
    open_data(data, new=True)
    out.print(f"Serving on http://{host}:{port}  (Ctrl-C stops)")
    _run(host, port)


def open_data(data: Path | None, *, new: bool = False) -> None:
    """Open the store of a folder, or end the command with the reason. Only with ``new`` is one made where none is.

    A check that made an empty ledger in a mistyped folder would find that nothing is wrong with it.
    """
    from trialwright.store.faults import StoreError
    from trialwright.store.open import has_ledger, open_store

    try:
        if not new and not has_ledger(data):
            remedy = "Name the folder that holds the databases with --data, or with TRIALWRIGHT_DATA_DIR."
            raise Stop(EXIT_BROKEN, f"There is no ledger in {data or find_folder()}.", remedy)
        open_store(data)
    except StoreError as fault:
        raise Stop(
            EXIT_BROKEN, fault.finding.message, f"{fault.finding.remedy} ({fault.finding.place})"
        ) from fault


def find_folder() -> Path:
    """The data folder that the environment names."""
    from trialwright.store.open import find_data_dir

    return find_data_dir(os.environ)


def check_port(host: str, port: int) -> None:
    """End the command when something else listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = f"Port {port} is in use."
                raise Stop(
                    EXIT_BROKEN, message, f"Stop the other program or use --port {port + 1}."
                ) from error
            reason = error.strerror or "unknown reason"
            raise Stop(
                EXIT_BROKEN, f"Cannot listen on {host}:{port}: {reason}.", "Use another --port."
            ) from error


def _run(host: str, port: int) -> None:
    import uvicorn

    from trialwright.web.asgi import application

    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    uvicorn.Server(config).run()
