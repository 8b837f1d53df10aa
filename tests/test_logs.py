"""What is logged of a failure: where and of what kind, never what it was about."""

from app.logs import without_messages

SECRET = "13800138000"


def test_a_failure_is_told_by_places_and_kinds_alone() -> None:
    try:
        try:
            int(f"a telephone: {SECRET}")
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError:
        told = without_messages(None, "error", {"event": "web.failed", "exc_info": True})
    assert "exc_info" not in told
    assert told["exception"].index("ValueError") < told["exception"].index("KeyError")
    assert "test_logs.py" in told["exception"]
    assert SECRET not in told["exception"]


def test_an_event_without_a_failure_is_left_as_it_is() -> None:
    assert without_messages(None, "info", {"event": "a", "exc_info": False}) == {"event": "a"}
    assert without_messages(None, "info", {"event": "a"}) == {"event": "a"}
