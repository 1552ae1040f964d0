"""Every table of the service, declared once. Tables with a ``dong_code`` are narrowed to the caller's areas.

What was done is only ever added: contacts, notes, assignments, handovers, requests, capacities, grants. ``cases`` holds
where each stands, written with every act, and can be rebuilt. The trail has no foreign keys: it outlives what it tells.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import Code, Id, Json, Moment, Name, Ref, Word, of_dong, of_household, signed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- rounds and lists -------------------------------------------------------------------------------------------------

publications = Table(
    "publications",
    metadata,
    Column("id", Id, primary_key=True),
    Column("round", String(8), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("version", String(64), nullable=False),  # name of the content, see outreach/publishing.py
    Column("origin", Json(), nullable=False),  # bundle, digests of bundle, delivery and entries
    Column("state", Word, nullable=False),  # staging, staged, published (was once what readers see)
    Column("fence", Id, nullable=False),
    Column("staged_at", Moment(), nullable=False),
    UniqueConstraint("round", "version"),
)
# The one pointer that readers follow.
rounds = Table(
    "rounds",
    metadata,
    Column("round", String(8), primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("publication_id", Id, ForeignKey("publications.id"), nullable=False),
    Column("published_at", Moment(), nullable=False),
)
# One row: whoever publishes raises the number, and stages nothing more once another has.
publishing_fence = Table("publishing_fence", metadata, Column("id", Integer, primary_key=True), Column("fence", Id))
publication_dongs = Table(
    "publication_dongs",
    metadata,
    Column("publication_id", Id, ForeignKey("publications.id"), nullable=False),
    of_dong(),
    Column("sido", Name, nullable=False),
    Column("sigungu", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of the dong's entries as they were staged
    PrimaryKeyConstraint("publication_id", "dong_code"),
)
households = Table(
    "households",
    metadata,
    Column("ref", Ref, primary_key=True),  # drawn by chance: says nothing about whom it names
    Column("household_id", Word, nullable=False, unique=True),  # the pseudonym
    of_dong(index=True),  # where it lives now; past entries stay with the dong of their round
)
entries = Table(
    "entries",
    metadata,
    Column("publication_id", Id, ForeignKey("publications.id"), nullable=False),
    of_dong(),
    Column("rank", Integer, nullable=False),
    of_household(index=True),
    Column("slot", Word, nullable=False),
    Column("slot_sentence", Text, nullable=False),
    Column("propensity", Float, nullable=False),
    Column("raw_score", Float, nullable=False),
    Column("probability", Float, nullable=False),
    Column("band", Word, nullable=False),
    Column("tied_with", Integer, nullable=False),
    Column("household_type", Word, nullable=False),
    Column("explanation", Json(), nullable=False),  # raising, lowering, unknown, newest_report, has_reports
    PrimaryKeyConstraint("publication_id", "dong_code", "rank"),
    UniqueConstraint("publication_id", "ref"),
)
# What the data said about a listed household as of the round: members, reports, benefits, each with its dates.
facts = Table(
    "facts",
    metadata,
    Column("publication_id", Id, ForeignKey("publications.id"), nullable=False),
    of_household(),
    of_dong(),
    Column("facts", Json(), nullable=False),
    PrimaryKeyConstraint("publication_id", "ref"),
)
# Who they are: only of households that are or were listed, shown masked, opened one by one with a reason.
people = Table(
    "people",
    metadata,
    of_household(primary_key=True),
    of_dong(),
    Column("name", Name, nullable=False),
    Column("address", Name, nullable=False),
    Column("phone", Text, nullable=False),  # digits only, empty where none is known
)
# Where a household lived that moved: told to the dong that sees it now. What was recorded there stays there.
former_homes = Table(
    "former_homes",
    metadata,
    of_household(),
    of_dong(),  # where it lives now, as in `households`
    Column("former_dong", Code, nullable=False),
    Column("former_name", Name, nullable=False),
    Column("worker_id", Id, ForeignKey("users.id")),  # whom to ask
    Column("last_contact_at", Moment()),
    Column("left_at", Moment(), nullable=False),
    PrimaryKeyConstraint("ref", "former_dong"),
)

# Codes that dongs had before, with those of now: what was done goes along (`store.renaming`), lists of the past do not.
renamed_dongs = Table(
    "renamed_dongs", metadata, Column("former_code", Code, primary_key=True), Column("code", Code, nullable=False)
)

# --- casework ---------------------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    of_household(primary_key=True),
    of_dong(),
    Column("version", Integer, nullable=False),  # acts so far; an act names the one it saw
    Column("status", Word, nullable=False),
    Column("worker_id", Id, ForeignKey("users.id")),
    Column("attempts", Integer, nullable=False),  # since somebody was last reached
    Column("is_tried", Boolean, nullable=False, default=False),  # since it was listed, or listed anew
    Column("last_contact_at", Moment()),
    Column("outcome", Word),
    Column("next_on", Date),
    Column("updated_at", Moment(), nullable=False),
    Index(None, "dong_code", "version"),
)
contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    of_household(index=True),
    of_dong(),
    Column("round", String(8), nullable=False),  # of the listing it belongs to
    Column("method", Word, nullable=False),
    Column("attempt", Word, nullable=False),
    Column("outcome", Word),
    Column("note", Text, nullable=False),
    Column("next_on", Date),
    Column("made_at", Moment(), nullable=False),
    Column("corrects", Id, ForeignKey("contacts.id")),  # a mistake is put right by a new row
    Column("reason", Text),  # why it was put right; null where nothing was
    *signed(),
    Index(None, "dong_code", "round"),
)
notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    of_household(index=True),
    of_dong(),
    Column("note", Text, nullable=False),
    *signed(),
)
assignments = Table(
    "assignments",
    metadata,
    Column("id", Id, primary_key=True),
    of_household(index=True),
    of_dong(),
    Column("worker_id", Id, ForeignKey("users.id")),  # null: given back
    *signed(),
)
handovers = Table(
    "handovers",
    metadata,
    Column("id", Id, primary_key=True),
    of_household(index=True),
    of_dong(),
    Column("step", Word, nullable=False),
    Column("reason", Text, nullable=False),
    *signed(),
)
requests = Table(
    "requests",
    metadata,
    Column("id", Id, primary_key=True),
    of_household(index=True),
    of_dong(),
    Column("kind", Word, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("note", Text, nullable=False),
    Column("answers", Id, ForeignKey("requests.id")),  # the kind is "answer": what a household asked for is answered
    *signed(),
)
capacities = Table(
    "capacities",
    metadata,
    Column("id", Id, primary_key=True),
    of_dong(index=True),
    Column("from_round", String(8), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    *signed(),
)
# One answer a key: the same request again does nothing.
idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("body_digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment(), nullable=False),
    PrimaryKeyConstraint("user_id", "key"),
)

# --- people who work with it ------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("password_hash", Text),  # null: signs in through the agency's own sign-on, or without a subject not at all
    Column("subject", Text, unique=True),  # the agency's name for this person (OpenID Connect "sub")
    Column("is_active", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),  # wrong passwords in a row
    Column("locked_until", Moment()),
    Column("created_at", Moment(), nullable=False),
)
grants = Table(
    "grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("role", Word, nullable=False),
    Column("area", Code, nullable=False),
    Column("valid_from", Moment(), nullable=False),
    Column("valid_to", Moment()),
    Column("granted_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", String(64), primary_key=True),  # the token itself is only with its bearer
    Column("kind", Word, nullable=False),  # page (cookie) or machine (bearer token)
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("seen_at", Moment(), nullable=False),
    Column("expires_at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    Column("origin", String(64), nullable=False),
)

# --- the trail --------------------------------------------------------------------------------------------------------

trail = Table(
    "trail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment(), nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("origin", String(64), nullable=False),
    Column("act", Word, nullable=False),
    Column("subjects", Text, nullable=False),  # refs, codes or names of what was looked at or changed, by spaces
    Column("detail", Json(), nullable=False),
    Column("mac", String(64), nullable=False),  # over the line itself, see store/chain.py
    Column("written_in", BigInteger),  # PostgreSQL's transaction: none that still runs may be passed over
    *(Index(None, column, "at") for column in ("actor", "act")),
    Index(None, "written_in"),
)
# The chain over the trail, in the order of positions: each mac over the line's mac and the seal before.
trail_seals = Table(
    "trail_seals",
    metadata,
    Column("position", Id, primary_key=True, autoincrement=False),
    Column("trail_id", Id, nullable=False, unique=True),
    Column("mac", String(64), nullable=False),
)

# Narrowed to the caller's areas, by every query and by PostgreSQL as well; dongs and their numbers are nobody's secret.
NARROWED = (
    households, entries, facts, people, former_homes, cases, contacts, notes, assignments, handovers, requests,
)  # fmt: skip
