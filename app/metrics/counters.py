"""Every counter and histogram of a process, in one place.

Labels are names of ours and never many: routes, kinds, results. No telephone, name, word, SID or
ticket number is ever one.
"""

import time

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # when a counter began is of no use to anybody

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
_COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
_ENTRIES = (1, 2, 4, 8, 16, 32, 64)

WEBHOOKS = Counter(
    "hotline_webhooks_total",
    "Requests of the telephone network, by route and result: answered, refused or failed.",
    ["route", "result"],
)
WEBHOOK_SECONDS = Histogram(
    "hotline_webhook_seconds",
    "From the whole request to its answer.",
    ["route"],
    buckets=_SECONDS,
)
SIGNATURE_REFUSALS = Counter(
    "hotline_signature_refusals_total",
    "Webhooks that were not signed by the provider, by route.",
    ["route"],
)
SAFE_ANSWERS = Counter(
    "hotline_safe_answers_total",
    "Callers who heard the safe document, because a webhook failed or was too late.",
)
CALLERS_TOLD_TO_WAIT = Counter(
    "hotline_callers_told_to_wait_total",
    "Webhooks that found no place in time: more callers than can be served.",
)
TWIML_REFUSALS = Counter(
    "hotline_twiml_refusals_total",
    "Answers that the last gate did not let through.",
)
OFFLINE_TURNS = Counter(
    "hotline_offline_turns_total",
    "Turns of calls that were taken without the database.",
)
COMMIT_ENTRIES = Histogram(
    "hotline_commit_entries", "Webhooks that shared one commit.", buckets=_ENTRIES
)
COMMIT_SECONDS = Histogram(
    "hotline_commit_seconds", "How long a commit of webhooks took.", buckets=_COMMIT_SECONDS
)
DATABASE_AWAY_SECONDS = Counter(
    "hotline_database_away_seconds_total",
    "Time during which webhooks found the database away.",
)
JOB_RUNS = Counter(
    "hotline_job_runs_total",
    "Runs of background jobs, by kind and result: done, again or given_up.",
    ["kind", "result"],
)
OUTBOUND_LEGS = Counter(
    "hotline_outbound_legs_total",
    "Legs that the outbound gateway judged, by way (rest, dial) and result: let_out or refused.",
    ["way", "result"],
)
OUTBOUND_REFUSALS = Counter(
    "hotline_outbound_refusals_total",
    "Legs that were not let out, by the fault of the number or the cap that was reached.",
    ["rule"],
)
CALLS_RECONCILED = Counter(
    "hotline_calls_reconciled_total",
    "Calls settled from the provider's lists: adopted (callbacks were lost), found (its placing "
    "was unknown), never_rang, or stranger (nobody here placed it).",
    ["what"],
)
FLOW_RELOADS = Counter(
    "hotline_flow_reloads_total",
    "Changed flow files, by result: accepted or refused.",
    ["result"],
)
LIVE_STREAMS = Gauge(
    "hotline_live_streams",
    "Open pages that are told what is new.",
    multiprocess_mode="livesum",
)


class AwayTime:
    """Adds up how long the database was away, from one failure to the next success."""

    def __init__(self) -> None:
        self._since: float | None = None

    def failed(self) -> None:
        """A commit has failed because the database is away."""
        now = time.monotonic()
        if self._since is not None:
            DATABASE_AWAY_SECONDS.inc(now - self._since)
        self._since = now

    def succeeded(self) -> None:
        """A commit has succeeded."""
        if self._since is not None:
            DATABASE_AWAY_SECONDS.inc(time.monotonic() - self._since)
            self._since = None
