"""The PostgreSQL that the tests start is a real one, of an age the product supports."""

from __future__ import annotations

import psycopg
import pytest


def test_server_answers_and_is_supported(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select current_setting('server_version_num')::int").fetchone()
    assert row is not None
    assert row[0] >= 150000


def test_server_keeps_what_is_committed(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create table kept (word text not null)")
        connection.execute("insert into kept values ('first')")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        assert connection.execute("select word from kept").fetchall() == [("first",)]
        connection.execute("drop table kept")


def test_failed_statement_is_refused(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("select 1 from no_such_table")
