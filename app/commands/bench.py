"""`hotline bench`: how fast the service answers calls, and how fast its pages are."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bench.flows.campaign import Tally
    from app.bench.mediation.campaign import Tally as MediationTally

bench = typer.Typer(
    invoke_without_command=True,
    help="Measure the service against a bare route; `bench pages` measures its pages, "
    "`bench flood` emergencies under a flood, `bench flows` tries the check of flows, "
    "`bench fraud` the outbound gateway, `bench mediation` plays mediations.",
)


@bench.callback()
def steps(
    context: typer.Context,
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="Seconds per turn.")] = 3.0,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Turns of each server.")] = 5,
    connections: Annotated[int, typer.Option(min=1, max=256, help="Callers at once.")] = 16,
    postgresql: Annotated[
        str, typer.Option(help="URL of an empty PostgreSQL database; or an embedded one is used.")
    ] = "",
    report: Annotated[Path | None, typer.Option("--json", help="Also write a JSON file.")] = None,
) -> None:
    """Measure the service against a bare route, side by side on this machine."""
    if context.invoked_subcommand is not None:
        return
    from app.bench.run import embedded_postgresql, run_bench

    with embedded_postgresql() as embedded:
        passed = run_bench(
            seconds=seconds,
            rounds=rounds,
            connections=connections,
            postgresql=postgresql or embedded,
            report=report,
        )
    sys.exit(0 if passed else "hotline: a gate was not passed.")


@bench.command("flood")
def flood(
    seconds: Annotated[float, typer.Option(min=2, max=600, help="Of the flood.")] = 20.0,
    times: Annotated[int, typer.Option(min=1, max=50, help="As many as can be served.")] = 10,
    silent: Annotated[
        int, typer.Option(min=0, max=2_000, help="Sockets that never finish a request.")
    ] = 500,
    postgresql: Annotated[
        str, typer.Option(help="URL of an empty PostgreSQL database; or an embedded one is used.")
    ] = "",
    report: Annotated[Path | None, typer.Option("--json", help="Also write a JSON file.")] = None,
) -> None:
    """Measure emergencies while ten times as many call as can be served."""
    from app.bench.flood import run_flood
    from app.bench.run import embedded_postgresql

    with embedded_postgresql() as embedded:
        passed = run_flood(
            seconds=seconds,
            times=times,
            silent=silent,
            postgresql=postgresql or embedded,
            report=report,
        )
    sys.exit(0 if passed else "hotline: a gate was not passed.")


@bench.command("flows")
def flows(
    folder: Annotated[Path, typer.Option(help="The folder with the flow files.")] = Path(
        "ivr_flows"
    ),
    mutants: Annotated[int, typer.Option(min=1, help="How many are made and checked.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same mutants.")] = 1,
) -> None:
    """Check mutated flows: none may break the check, and each accepted one keeps every promise."""
    from app.bench.flows.campaign import run_campaign
    from app.bench.flows.summary import summary
    from app.policies.shelf import load_shelf

    def report(tally: "Tally") -> None:
        if tally.mutants % 500 == 0:
            typer.echo(f"{tally.mutants:,} checked, {len(tally.faults)} faults", err=True)

    tally = run_campaign(folder, load_shelf(folder / "policies"), mutants, seed, report)
    typer.echo(summary(tally))
    sys.exit(f"hotline: {len(tally.faults)} mutants broke a promise." if tally.faults else 0)


@bench.command("mediation")
def mediation(
    schedules: Annotated[int, typer.Option(min=1, help="How many are played.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed plays the same schedules.")] = 1,
    first: Annotated[int, typer.Option(min=0, help="The number of the first one.")] = 0,
    only: Annotated[
        int | None, typer.Option(min=0, help="Play the one with this number alone.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share them.")] = 1,
    folder: Annotated[Path, typer.Option(help="The folder with the flow files.")] = Path(
        "ivr_flows"
    ),
) -> None:
    """Play random mediations: nobody may be audible, recorded or alive who should not be."""
    from app.bench.mediation.parallel import play_all
    from app.bench.mediation.summary import findings, summary

    numbers = range(first, first + schedules) if only is None else range(only, only + 1)

    def report(whole: "MediationTally", news: "MediationTally") -> None:
        typer.echo(f"{whole.played:,} played, {len(whole.faults)} with violations", err=True)
        for line in findings(news, seed):
            typer.echo(line, err=True)

    typer.echo(f"seed {seed}", err=True)
    tally = play_all(numbers, seed, folder, workers, report)
    typer.echo(summary(tally, seed))
    sys.exit(f"hotline: {len(tally.faults)} schedules broke a rule." if tally.faults else 0)


@bench.command("pages")
def pages(
    password: Annotated[
        str, typer.Option(help="Of the made-up staff; by default the demonstration's.")
    ] = "",
    rounds: Annotated[int, typer.Option(min=1, max=1_000, help="Times each page is fetched.")] = 40,
    only: Annotated[str, typer.Option(help="Only pages whose names contain this.")] = "",
    port: Annotated[
        int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="Of the demonstration.")
    ] = 8000,
    var: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path(
        "var"
    ),
) -> None:
    """Measure the pages on a database filled by `hotline seed`, as five of its made-up staff.

    To be run on a copy: it signs people in, and makes a token for the API.
    """
    from app.bench.browser import BenchError
    from app.bench.pages import run_pages
    from app.demo import demo_secrets, settings_or_demo

    settings = settings_or_demo(port, var)
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        try:
            passed = run_pages(
                settings,
                password or demo_secrets(var)["password"],
                rounds,
                only=only,
                folder=Path(folder),
            )
        except BenchError as error:
            sys.exit(f"hotline: {error}.")
    sys.exit(0 if passed else "hotline: a page is slower than the gate.")


@bench.command("fraud")
def fraud(
    folder: Annotated[Path, typer.Option(help="The folder with the flow files.")] = Path(
        "ivr_flows"
    ),
    attempts: Annotated[int, typer.Option(min=6, help="How many are made.")] = 5_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same attempts.")] = 1,
    postgresql: Annotated[
        bool, typer.Option(help="On an embedded PostgreSQL instead of SQLite.")
    ] = False,
) -> None:
    """Try to make the hotline ring what it must not: no leg may get out, and no cap be passed."""
    from app.bench.fraud.campaign import run_campaign
    from app.bench.fraud.summary import summary
    from app.bench.run import embedded_postgresql

    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        if postgresql:
            with embedded_postgresql() as url:
                tally = run_campaign(url, folder, attempts, seed)
        else:
            tally = run_campaign(f"sqlite:///{name}/hotline.db", folder, attempts, seed)
    typer.echo(summary(tally))
    sys.exit(f"hotline: {len(tally.faults)} promises were broken." if tally.faults else 0)
