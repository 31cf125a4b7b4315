# ruff: noqa: S608  (identifiers are constants of this file)
"""The database itself refuses to change what is recorded: triggers, for SQLite and for PostgreSQL.

Each guard is: the table's home, its keys (so that SQLite's INSERT OR REPLACE cannot remove a row by adding
one), and the updates it allows, as an SQL condition over OLD and NEW that must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db import migrations

ZERO = "0" * 64


@dataclass(frozen=True)
class Guard:
    """What a table refuses. ``update`` and ``insert`` are conditions that must hold ('' refuses all, and
    none).
    """

    home: str
    table: str
    keys: tuple[tuple[str, ...], ...]
    update: str = ""
    insert: str = ""


LAST_HASH = f"COALESCE((SELECT hash FROM {{table}} WHERE seq = NEW.seq - 1), '{ZERO}')"
FOLLOWS = "NEW.seq = (SELECT COALESCE(MAX(seq), 0) + 1 FROM {table}) AND NEW.prev_hash = " + LAST_HASH
HEAD_MOVES = (
    "NEW.id = OLD.id AND NEW.seq > OLD.seq"
    " AND NEW.seq = (SELECT MAX(seq) FROM ledger_entry)"
    " AND NEW.hash = (SELECT hash FROM ledger_entry WHERE seq = NEW.seq)"
)
ENDS_ONCE = (
    "OLD.until IS NULL AND NEW.until IS NOT NULL AND NEW.id = OLD.id AND NEW.account_id = OLD.account_id"
    " AND NEW.study = OLD.study AND NEW.site = OLD.site AND NEW.role = OLD.role AND NEW.since = OLD.since"
)
SAME_NAME = "NEW.id = OLD.id AND NEW.username = OLD.username AND NEW.created_at = OLD.created_at"

GUARDS = (
    Guard("default", "ledger_entry", (("seq",),), insert=FOLLOWS),
    Guard("default", "ledger_payload", (("seq",),)),
    Guard("default", "ledger_head", (("id",),), update=HEAD_MOVES),
    Guard("default", "study_version", (("id",), ("study", "content_hash"))),
    Guard("default", "account", (("id",), ("username",)), update=SAME_NAME),
    Guard("default", "account_log", (("seq",),), insert=FOLLOWS),
    Guard("default", "membership", (("id",),), update=ENDS_ONCE),
    Guard("allocation", "allocation_list", (("id",), ("study", "stratum", "number"))),
    Guard("allocation", "allocation_slot", (("id",), ("allocation_list_id", "slot"))),
    Guard("identity", "identity_record", (("id",), ("study", "subject", "revision"))),
    Guard("identity", "identity_access", (("seq",),), insert=FOLLOWS),
)


def sqlite_triggers(guard: Guard) -> list[str]:
    """SQLite: one trigger an operation."""
    table = guard.table
    refusal = f"SELECT RAISE(ABORT, 'append-only: {table} keeps what is recorded')"
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{name} = NEW.{name}' for name in key)})"
        for key in guard.keys
    )
    insert = f"({there})" + (f" OR NOT ({guard.insert.format(table=table)})" if guard.insert else "")
    update = f"NOT ({guard.update})" if guard.update else "1"
    return [
        f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {insert} BEGIN {refusal}; END",
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} WHEN {update} BEGIN {refusal}; END",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} BEGIN {refusal}; END",
    ]


def postgres_triggers(guard: Guard) -> list[str]:
    """PostgreSQL: a function a table for what depends on the row, one for all for the rest."""
    table = guard.table
    statements = [
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION trialwright_refuse()",
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION trialwright_refuse()",
    ]
    if guard.update:
        statements += _postgres_condition(table, "update", guard.update)
    else:
        statements.append(
            f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION trialwright_refuse()"
        )
    if guard.insert:
        statements += _postgres_condition(table, "insert", guard.insert.format(table=table))
    return statements


def _postgres_condition(table: str, operation: str, condition: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table}_check_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NOT ({condition}) THEN"
        f" RAISE EXCEPTION 'append-only: {table} keeps what is recorded' USING ERRCODE = '23000';"
        " END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {table}_{operation} BEFORE {operation.upper()} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_check_{operation}()",
    ]


POSTGRES_REFUSE = (
    "CREATE FUNCTION trialwright_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'append-only: % keeps what is recorded', TG_TABLE_NAME USING ERRCODE = '23000';"
    " END $$"
)


def guard_tables(_apps, schema_editor):
    """Makes the triggers of the tables that live in this database, and the one head row."""
    connection = schema_editor.connection
    postgres = connection.vendor == "postgresql"
    statements = [POSTGRES_REFUSE] if postgres else []
    if connection.alias == "default":
        statements.append(f"INSERT INTO ledger_head (id, seq, hash) VALUES (1, 0, '{ZERO}')")
    for guard in GUARDS:
        if guard.home == connection.alias:
            statements += postgres_triggers(guard) if postgres else sqlite_triggers(guard)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    """There is no way back: a ledger without its guards is not a ledger."""

    dependencies: ClassVar = [("store", "0001_tables")]
    operations: ClassVar = [migrations.RunPython(guard_tables, elidable=False)]
