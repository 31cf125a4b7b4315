"""Acts on a saved form and its queries. ``about`` is the form's key (visit/form/repeat) or the query's id."""

from __future__ import annotations

from collections.abc import Callable

from trialwright.trial.form_marks import LockForm, SignForm, UnlockForm, VerifyForm
from trialwright.trial.queries import AnswerQuery, CancelQuery, CloseQuery, OpenQuery, ReopenQuery
from trialwright.trial.records import FormState, Query

from .kinds import Act, Entries, Field, Situation

MEANINGS = (
    ("responsibility", "I take responsibility for these data"),
    ("review", "I have reviewed these data"),
    ("approval", "I approve these data"),
    ("authorship", "I entered these data"),
)


def find_form(at: Situation) -> FormState | None:
    """The form that the act is about."""
    return at.state.forms.get(at.about)


def _key(at: Situation) -> tuple[str, str, int]:
    visit, _, rest = at.about.partition("/")
    form, _, repeat = rest.partition("/")
    return visit, form, int(repeat) if repeat.isdigit() else 1


def _version(_at: Situation, entries: Entries) -> int:
    return int(entries["version"]) if entries["version"].isdigit() else 0


def _seen_version(at: Situation) -> tuple[Field, ...]:
    form = find_form(at)
    return (Field("version", "", "hidden", initial=str(form.version if form else 0)),)


def _not_to_verify(at: Situation) -> str:
    form = find_form(at)
    if form is None or form.state not in ("complete", "signed"):
        return "Only a complete form can be verified."
    if form.verification_holds:
        return "This version is verified."
    mine = at.viewer.account.username in (form.saved_by, form.signed.by if form.signed else "")
    return "Who entered or signed a form must not verify it." if mine else ""


def _not_to_sign(at: Situation) -> str:
    form = find_form(at)
    if form is None or form.state not in ("complete", "verified"):
        return "Only a complete or verified form can be signed."
    return ""


def _not_to_lock(at: Situation) -> str:
    form = find_form(at)
    if form is None or form.state != "signed":
        return "Only a signed form can be locked."
    about = (form.visit, form.form, form.repeat)
    pending = any(q.pending and (q.visit, q.form, q.repeat) == about for q in at.state.queries.values())
    return "A query about the form is not closed." if pending else ""


def find_query(at: Situation) -> Query | None:
    """The query that the act is about."""
    return at.state.queries.get(at.about)


def _query_in(*states: str) -> Callable[[Situation], str]:
    def closed(at: Situation) -> str:
        query = find_query(at)
        if query is None:
            return "There is no such query."
        return "" if query.state in states else f"The query is {query.state}."

    return closed


VERIFY = Act(
    "verify_form",
    "Verify against the source",
    "Mark as verified",
    ("verify_data",),
    lambda at, e: VerifyForm(at.state.subject, _key(at)[0], _key(at)[1], _version(at, e), _key(at)[2]),
    fields=_seen_version,
    words=lambda _: "You compared this version with its source documents, and it is right.",
    closed=_not_to_verify,
    back="form",
)
SIGN = Act(
    "sign_form",
    "Sign",
    "Sign",
    ("sign",),
    lambda at, e: SignForm(
        at.state.subject, _key(at)[0], _key(at)[1], _version(at, e), e["meaning"], _key(at)[2]
    ),
    fields=lambda at: (
        *_seen_version(at),
        Field(
            "meaning", "Meaning of the signature", "choice", MEANINGS, required=True, initial="responsibility"
        ),
    ),
    closed=_not_to_sign,
    signed=True,
    back="form",
)
LOCK = Act(
    "lock_form",
    "Lock",
    "Lock the form",
    ("lock_data",),
    lambda at, e: LockForm(at.state.subject, _key(at)[0], _key(at)[1], _version(at, e), _key(at)[2]),
    fields=_seen_version,
    words=lambda _: "A locked form cannot be changed; two people together can unlock it.",
    closed=_not_to_lock,
    back="form",
)
UNLOCK = Act(
    "unlock_form",
    "Unlock",
    "Unlock the form",
    ("lock_data",),
    lambda at, e: UnlockForm(
        at.state.subject, _key(at)[0], _key(at)[1], _version(at, e), e.other, e["reason"], _key(at)[2]
    ),
    fields=lambda at: (*_seen_version(at), Field("reason", "Reason", "long", required=True)),
    closed=lambda at: "" if (form := find_form(at)) and form.state == "locked" else "The form is not locked.",
    second=("lock_data",),
    back="form",
)


def _items(at: Situation) -> tuple[tuple[str, str], ...]:
    form = at.viewer.study.form(_key(at)[1])
    return (("", "The whole form"), *((i.id, i.label) for i in (form.items if form else ())))


OPEN_QUERY = Act(
    "open_query",
    "Open a query",
    "Open the query",
    ("open_query",),
    lambda at, e: OpenQuery(at.state.subject, _key(at)[0], _key(at)[1], e["text"], e["item"], _key(at)[2]),
    fields=lambda at: (
        Field("item", "About", "choice", _items(at)),
        Field("text", "Question", "long", required=True),
    ),
    closed=lambda at: "" if find_form(at) else "The form is empty.",
    back="form",
)
ANSWER_QUERY = Act(
    "answer_query",
    "Answer the query",
    "Answer",
    ("answer_query",),
    lambda at, e: AnswerQuery(at.state.subject, at.about, e["text"]),
    fields=lambda _: (
        Field(
            "text", "Answer", "long", required=True, help="Where the value is wrong, correct the form first."
        ),
    ),
    closed=_query_in("open", "reopened"),
    back="queries",
)
CLOSE_QUERY = Act(
    "close_query",
    "Close the query",
    "Close",
    ("close_query",),
    lambda at, e: CloseQuery(at.state.subject, at.about, e["text"]),
    fields=lambda _: (Field("text", "Remark", "long"),),
    closed=_query_in("answered"),
    back="queries",
)
REOPEN_QUERY = Act(
    "reopen_query",
    "Ask again",
    "Ask again",
    ("close_query",),
    lambda at, e: ReopenQuery(at.state.subject, at.about, e["text"]),
    fields=lambda _: (Field("text", "What is still open", "long", required=True),),
    closed=_query_in("answered", "closed"),
    back="queries",
)
CANCEL_QUERY = Act(
    "cancel_query",
    "Take the query back",
    "Take back",
    ("close_query",),
    lambda at, e: CancelQuery(at.state.subject, at.about, e["text"]),
    fields=lambda _: (Field("text", "Why it is not needed", "long", required=True),),
    closed=_query_in("open", "reopened"),
    back="queries",
)
FORM_ACTS = (SIGN, VERIFY, LOCK, UNLOCK, OPEN_QUERY)
QUERY_ACTS = (ANSWER_QUERY, CLOSE_QUERY, REOPEN_QUERY, CANCEL_QUERY)
