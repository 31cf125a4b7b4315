"""PostgreSQL rights: the account that runs the server may add to the ledger, and nothing more.

An owner account opens the store once (it makes the tables) with ``TRIALWRIGHT_APP_ROLE`` naming the account
that will run the server; ``TRIALWRIGHT_ALLOCATION_ROLE`` and ``TRIALWRIGHT_IDENTITY_ROLE`` name those of
the vaults where they differ. Triggers refuse changes to the owner too, but an owner can drop a trigger; the
role cannot.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connections, transaction
from psycopg import sql

from trialwright.store.databases import ALLOCATION, IDENTITY, LEDGER, SCHEMAS

APPEND_ONLY = {
    LEDGER: ("ledger_entry", "ledger_payload", "study_version", "account_log"),
    ALLOCATION: ("allocation_list", "allocation_slot"),
    IDENTITY: ("identity_record", "identity_access"),
}
"""Tables whose rows are never changed or removed, by database."""

NEVER_DELETED = {LEDGER: ("ledger_head", "account", "membership"), ALLOCATION: (), IDENTITY: ()}
"""Tables whose rows change by rule (see the triggers), but stay."""

_ROLE = {
    LEDGER: "TRIALWRIGHT_APP_ROLE",
    ALLOCATION: "TRIALWRIGHT_ALLOCATION_ROLE",
    IDENTITY: "TRIALWRIGHT_IDENTITY_ROLE",
}


def grant_to_roles(alias: str, environ: Mapping[str, str]) -> None:
    """Gives the configured role what it needs in this database; nothing to do when it is that role who
    asks.
    """
    role = environ.get(_ROLE[alias]) or environ.get(_ROLE[LEDGER], "")
    connection = connections[alias]
    if connection.vendor != "postgresql" or role in ("", connection.settings_dict["USER"]):
        return
    grantee, schema = sql.Identifier(role), sql.Identifier(SCHEMAS[alias])
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, grantee),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}").format(
            schema, grantee
        ),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, grantee),
        *(_revoke("UPDATE, DELETE, TRUNCATE", table, role) for table in APPEND_ONLY[alias]),
        *(_revoke("DELETE, TRUNCATE", table, role) for table in NEVER_DELETED[alias]),
        _revoke("INSERT, UPDATE, DELETE, TRUNCATE", "django_migrations", role),
    ]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.as_string(None))


def _revoke(rights: str, table: str, role: str) -> sql.Composed:
    pattern = sql.SQL("REVOKE {} ON {} FROM {}")
    return pattern.format(sql.SQL(rights), sql.Identifier(table), sql.Identifier(role))  # pyright: ignore
