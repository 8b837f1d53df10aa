"""Drafts: edited by several people without losing anybody's words, published whole."""

import pytest
from app.database import Database
from app.flows.files import content_version
from app.publishing import queries
from app.publishing.drafts import service
from app.publishing.drafts.queries import Draft, changes_of, files_of_draft, find_draft
from app.publishing.errors import PublishingError
from app.publishing.service import publish, take_folder
from app.site_settings.service import change_setting
from tests.publishing.sets import COLLEAGUE, NOON, OPS, act, changed, greeting, shipped

PROMPTS, MENU = "prompts/zh-CN.yaml", "main.yaml"
FLOOD = greeting("汛期热线")


@pytest.fixture
def draft_id(database: Database) -> int:
    with database.writing() as connection:
        take_folder(connection, shipped(), NOON)
        return service.begin(connection, "汛期", actor=OPS, at=NOON)


def save(
    database: Database,
    draft_id: int,
    name: str,
    data: bytes | None,
    revision: int = 0,
    actor: str = OPS,
) -> None:
    with database.writing() as connection:
        service.save(connection, draft_id, name, data, revision=revision, actor=actor, at=NOON)


def standing(database: Database, draft_id: int) -> tuple[Draft, dict[str, bytes]]:
    with database.reading() as connection:
        draft = find_draft(connection, draft_id)
        assert draft is not None
        return draft, files_of_draft(connection, draft)


def publish_draft(database: Database, draft_id: int, actor: str = OPS) -> bool:
    draft, files = standing(database, draft_id)
    with database.writing() as connection:
        return service.publish(connection, draft, files, why="汛期", actor=actor, at=NOON)


def test_a_draft_is_its_base_with_its_own_files_laid_over(
    database: Database, draft_id: int
) -> None:
    save(database, draft_id, PROMPTS, FLOOD[PROMPTS])
    save(database, draft_id, "flood.yaml", b"nodes: {}")
    save(database, draft_id, "appeal.yaml", None)
    draft, files = standing(database, draft_id)
    assert files[PROMPTS] == FLOOD[PROMPTS]
    assert "appeal.yaml" not in files
    assert files["flood.yaml"] == b"nodes: {}"
    assert draft.revision == 3


def test_the_second_of_two_editors_is_told(database: Database, draft_id: int) -> None:
    save(database, draft_id, PROMPTS, b"one", 0, OPS)
    with pytest.raises(service.StaleError):
        save(database, draft_id, PROMPTS, b"two", 0, COLLEAGUE)
    save(database, draft_id, PROMPTS, b"two", 1, COLLEAGUE)
    draft, files = standing(database, draft_id)
    assert files[PROMPTS] == b"two"
    assert draft.authors == (OPS, COLLEAGUE)


def test_what_is_put_back_is_no_change(database: Database, draft_id: int) -> None:
    save(database, draft_id, PROMPTS, b"one")
    save(database, draft_id, PROMPTS, shipped()[PROMPTS], 1)
    with database.reading() as connection:
        assert changes_of(connection, draft_id) == {}


@pytest.mark.parametrize("name", ["../main.yaml", "main.py", ".hidden.yaml", "a/b.yaml", "x" * 200])
def test_a_file_must_belong_to_the_set(database: Database, draft_id: int, name: str) -> None:
    with pytest.raises(PublishingError):
        save(database, draft_id, name, b"")


def test_a_huge_file_is_refused(database: Database, draft_id: int) -> None:
    with pytest.raises(PublishingError, match="too large"):
        save(database, draft_id, MENU, b"x" * 300_000)


def test_publishing_puts_it_in_force_and_ends_it(database: Database, draft_id: int) -> None:
    save(database, draft_id, PROMPTS, FLOOD[PROMPTS])
    assert publish_draft(database, draft_id)
    with database.reading() as connection:
        assert queries.in_force(connection) == content_version(FLOOD)
    assert standing(database, draft_id)[0].state == "published"
    with pytest.raises(PublishingError, match="cannot be changed"):
        save(database, draft_id, PROMPTS, b"more", 1)


def test_none_of_the_authors_approves(database: Database, draft_id: int) -> None:
    with database.writing() as connection:
        change_setting(connection, "flows_need_second_person", True, OPS, NOON)
    save(database, draft_id, PROMPTS, FLOOD[PROMPTS], 0, COLLEAGUE)
    assert not publish_draft(database, draft_id)
    assert standing(database, draft_id)[0].state == "proposed"
    with database.reading() as connection:
        (asked,) = queries.waiting(connection)
    for author in (OPS, COLLEAGUE):
        with database.writing() as connection, pytest.raises(PublishingError, match="colleague"):
            service.approve(connection, asked.id, actor=author, at=NOON)
    with database.writing() as connection:
        service.decline(connection, asked.id, actor="staff:3", remark="太长", at=NOON)
    assert standing(database, draft_id)[0].is_open
    publish_draft(database, draft_id)
    with database.writing() as connection:
        service.approve(connection, queries.waiting(connection)[0].id, actor="staff:3", at=NOON)
    assert standing(database, draft_id)[0].state == "published"


def test_a_draft_that_changed_while_it_was_examined_is_not_published(
    database: Database, draft_id: int
) -> None:
    draft, files = standing(database, draft_id)
    save(database, draft_id, PROMPTS, FLOOD[PROMPTS])
    with database.writing() as connection, pytest.raises(service.StaleError):
        service.publish(connection, draft, files, why="", actor=OPS, at=NOON)


def test_a_draft_is_brought_up_to_date_and_conflicts_are_named(
    database: Database, draft_id: int
) -> None:
    save(database, draft_id, PROMPTS, FLOOD[PROMPTS])
    with database.writing() as connection:
        theirs = changed(MENU, "go: status.ask", "go: appeal.leave")
        publish(connection, theirs, act(COLLEAGUE))
    with pytest.raises(PublishingError, match="up to date first"):
        publish_draft(database, draft_id)
    with database.writing() as connection:
        service.bring_up_to_date(connection, draft_id, keep=False, actor=OPS, at=NOON)
    assert standing(database, draft_id)[1] == theirs | {PROMPTS: FLOOD[PROMPTS]}
    with database.writing() as connection:
        publish(connection, theirs | {PROMPTS: greeting("又一条热线")[PROMPTS]}, act(COLLEAGUE))
        with pytest.raises(service.OutOfDateError) as refusal:
            service.bring_up_to_date(connection, draft_id, keep=False, actor=OPS, at=NOON)
        assert refusal.value.names == [PROMPTS]
    with database.writing() as connection:
        service.bring_up_to_date(connection, draft_id, keep=True, actor=OPS, at=NOON)
    assert publish_draft(database, draft_id)
