"""The endpoint says of a household what the week's list says: the same score to 1e-9, the same words."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.calendar import day_of, month_start
from domain.errors import NotFound
from domain.listing import Explanation
from domain.policy import Policy
from features.catalogue import STANDARD
from scoring.reasons import explain
from scoring.records import area_features
from scoring.score import score
from scoring.single import SingleScorer
from serving.access import Guard
from serving.api import scores
from serving.problems import answer_errors
from serving.scorer_in_use import ScorerInUse
from sources.reference import indicators
from sources.tables import TABLES, Kind
from tests.support.weeks import AS_OF, WEEK, Town, copy_of, promote, small_bundle, the_town

PATH = "/api/v1/scores"
NAMES = [feature.name for feature in STANDARD.learned]
CANARY = "900101-1234567"


@dataclass
class Site:
    """The two calls behind a guard that lets everybody in and keeps what would be recorded."""

    client: TestClient
    looks: list[tuple[tuple[str, ...], dict[str, Any]]] = field(default_factory=list)

    def look(self, *said: str, **detail: Any) -> None:
        self.looks.append((said, detail))


def site_of(scorer: Any) -> Site:
    app = FastAPI()
    app.include_router(scores.scores_router(scorer))
    answer_errors(app)
    site = Site(TestClient(app, raise_server_exceptions=False))

    async def everybody() -> AsyncIterator[Any]:
        yield SimpleNamespace(service=SimpleNamespace(policy=Policy()), look=site.look)

    app.dependency_overrides[Guard(frozenset(scores.ROLES))] = everybody
    return site


@pytest.fixture(scope="module")
def town() -> Town:
    return the_town()


@pytest.fixture(scope="module")
def site(town: Town) -> Site:
    return site_of(ScorerInUse(town.settings.models, STANDARD))


def listed(town: Town, count: int) -> pl.DataFrame:
    """Rows of the matrix from everywhere in it, those with reports among them."""
    return town.matrix().sort("newest_report_months_ago", "household_id").gather_every(max(1, 1_500 // count))


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("raising", "lowering", "unknown", "newest_report")}


def as_shown(why: Explanation) -> dict[str, Any]:
    return {
        "raising": [{"theme": reason.theme, "sentence": reason.sentence} for reason in why.raising],
        "lowering": [{"theme": reason.theme, "sentence": reason.sentence} for reason in why.lowering],
        "unknown": list(why.unknown),
        "newest_report": why.newest_report and why.newest_report.isoformat(),
    }


def test_features_get_the_score_and_the_reasons_of_the_week(town: Town, site: Site) -> None:
    rows, bundle = listed(town, 150), town.bundle
    batch = score(bundle, rows).rows(named=True)
    why = explain(bundle, STANDARD, rows, AS_OF)
    published = {row["household_id"]: row for row in town.scores().rows(named=True)}
    for row, expected, reasons in zip(rows.rows(named=True), batch, why, strict=True):
        sent = {"as_of": AS_OF.isoformat(), "values": {name: row[name] for name in NAMES}}
        answer = site.client.post(PATH, json=sent).json()
        assert answer["raw_score"] == pytest.approx(expected["raw_score"], abs=1e-9, rel=0)
        assert answer["probability"] == pytest.approx(expected["probability"], abs=1e-9, rel=0)
        assert answer["raw_score"] == pytest.approx(published[row["household_id"]]["raw_score"], abs=1e-9, rel=0)
        assert shown(answer) == as_shown(reasons)
        assert (answer["bundle"], answer["bundle_digest"], answer["label"]) == (
            bundle.name, bundle.digest, bundle.label
        )  # fmt: skip
        assert (answer["round"], answer["as_of"]) == (WEEK.label, AS_OF.isoformat())
        assert answer["band"] == Policy().band(answer["probability"])


# --- from records -----------------------------------------------------------------------------------------------------


def as_delivered(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A core row as a delivery spells it, without ids."""
    codes = {known.number: known.code for known in indicators()}
    spell = {
        Kind.MONTH: lambda number: month_start(number).isoformat()[:7],
        Kind.DATE: lambda number: day_of(number).isoformat(),
        Kind.ROUND: lambda number: "{}-W{:02d}".format(*day_of(number).isocalendar()[:2]),
    }
    delivered = {}
    for column in scores.record_columns(TABLES[table]):
        value = codes[row["indicator_no"]] if column.kind is Kind.INDICATOR else row[column.name]
        delivered[column.name] = spell[column.kind](value) if column.kind in spell and value is not None else value
    return delivered


def records_of(town: Town, household_id: str, rates: dict[str, float]) -> dict[str, Any]:
    def rows(table: str) -> list[dict[str, Any]]:
        found = town.core.scan(table).filter(pl.col("household_id") == household_id).collect()
        return [as_delivered(table, row) for row in found.rows(named=True)]

    (home,) = rows("households")
    tables = {name: rows(name) for name in ("members", "indicators", "benefits", "outcomes")}
    return {"as_of": AS_OF.isoformat(), "household": home, "area": rates, **tables}


def test_records_get_the_score_and_the_reasons_of_the_week(town: Town, site: Site) -> None:
    rows = listed(town, 25)
    why = explain(town.bundle, STANDARD, rows, AS_OF)
    for row, reasons in zip(rows.rows(named=True), why, strict=True):
        rates = {name: row[name] for name in area_features(STANDARD)}
        answer = site.client.post(f"{PATH}/records", json=records_of(town, row["household_id"], rates)).json()
        (expected,) = score(town.bundle, rows.filter(household_id=row["household_id"])).rows(named=True)
        assert answer["raw_score"] == pytest.approx(expected["raw_score"], abs=1e-9, rel=0)
        assert shown(answer) == as_shown(reasons)


def test_a_neighbourhood_that_is_not_sent_is_said_to_be_unknown(town: Town, site: Site) -> None:
    sent = records_of(town, town.matrix()["household_id"][0], {})
    with_rates = sent | {"area": dict.fromkeys(area_features(STANDARD), 0.1)}
    without, known = (site.client.post(f"{PATH}/records", json=body).json()["unknown"] for body in (sent, with_rates))
    assert [sentence for sentence in without if sentence not in known] == ["동네는 아직 확인되지 않았습니다"]


FAULTS = {
    "a month after the date": ("members", {"birth_month": "2026-12"}, "members, row 1, birth_month: born_in_future"),
    "a report from before it was collected": (
        "indicators", {"observed_month": "1999-01", "known_at": "1999-02-10"}, "indicators, row 1, observed_month"
    ),
    "known before it was observed": ("indicators", {"known_at": "2026-08-01"}, "known_before_observed"),
    "an end before the beginning": ("benefits", {"to_month": "2015-01"}, "benefits, row 1, to_month: dates_reversed"),
    "a day that is none": ("indicators", {"known_at": "2026-02-30"}, "indicators, row 1, known_at: bad_date"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_record_that_a_delivery_would_set_aside_is_refused(site: Site, name: str) -> None:
    table, change, said = FAULTS[name]
    sent = dict(scores.EXAMPLE_RECORDS)
    sent[table] = [sent[table][0] | change]
    answer = site.client.post(f"{PATH}/records", json=sent)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert not [value for value in change.values() if value in answer.text]


def test_the_same_report_twice_is_refused(site: Site) -> None:
    reports = scores.EXAMPLE_RECORDS["indicators"]
    answer = site.client.post(f"{PATH}/records", json=scores.EXAMPLE_RECORDS | {"indicators": reports * 2})
    assert (answer.status_code, "duplicate" in answer.json()["detail"]) == (422, True)


# --- what is refused, recorded, described -----------------------------------------------------------------------------


BODIES = {
    "a name that is no feature": '{"as_of": "2026-11-16", "values": {"%s": 1}}',
    "text for a number": '{"as_of": "2026-11-16", "values": {"household_size": "%s"}}',
    "not a number": '{"as_of": "2026-11-16", "values": {"household_size": NaN}}',
    "infinity": '{"as_of": "2026-11-16", "values": {"household_size": -Infinity}}',
    "beyond float32": '{"as_of": "2026-11-16", "values": {"household_size": 1e39}}',
    "beyond all floats": '{"as_of": "2026-11-16", "values": {"household_size": 1%s}}' % ("0" * 400),
    "true": '{"as_of": "2026-11-16", "values": {"household_size": true}}',
    "another field": '{"as_of": "2026-11-16", "values": {}, "%s": 1}',
    "no date": '{"values": {}}',
    "a date long ago": '{"as_of": "0001-01-01", "values": {}}',
    "a number for a date": '{"as_of": 0, "values": {}}',
    "no JSON": '{"as_of": %s',
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", [PATH, f"{PATH}/records"])
def test_what_cannot_be_used_is_refused_and_not_said_back(site: Site, path: str, name: str) -> None:
    body = BODIES[name]
    content = (body % CANARY if "%s" in body else body).encode()
    answer = site.client.post(path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text


@pytest.mark.parametrize("values", [{}, {"newest_report_months_ago": -1e30}, {"arrears_krw_max_12m": 3.4e38}])
def test_whatever_numbers_are_sent_there_is_an_answer(site: Site, values: dict[str, float]) -> None:
    answer = site.client.post(PATH, json={"as_of": "2020-01-01", "values": values})
    assert answer.status_code == 200


def test_the_act_is_recorded_without_what_was_sent(site: Site) -> None:
    site.looks.clear()
    site.client.post(PATH, json={"as_of": "2026-11-20", "values": {"household_size": 7}})
    site.client.post(f"{PATH}/records", json=scores.EXAMPLE_RECORDS)
    assert site.looks == [
        (("score",), {"as_of": "2026-11-20", "bundle": "standard-1"}),
        (("score",), {"as_of": "2026-11-16", "bundle": "standard-1"}),
    ]


def test_nothing_is_recorded_of_what_was_refused(site: Site) -> None:
    site.looks.clear()
    assert site.client.post(PATH, json={"as_of": "2026-11-20", "values": {CANARY: 7}}).status_code == 422
    assert site.looks == []


def examples(schema: Any) -> Iterator[tuple[str, Any]]:
    for name, part in schema["components"]["schemas"].items():
        if "example" in part:
            yield name, part["example"]


def test_the_examples_of_the_description_are_true(site: Site) -> None:
    described = dict(examples(site.client.get("/openapi.json").json()))
    assert site.client.post(PATH, json={"as_of": "2026-11-16", "values": described["FeatureValues"]}).status_code == 200
    assert site.client.post(f"{PATH}/records", json=described["RecordsSent"]).status_code == 200
    scores.ScoreShown.model_validate(described["ScoreShown"])


def test_ids_have_no_place_in_a_record(site: Site) -> None:
    household = scores.EXAMPLE_RECORDS["household"] | {"household_id": CANARY}
    answer = site.client.post(f"{PATH}/records", json=scores.EXAMPLE_RECORDS | {"household": household})
    assert (answer.status_code, CANARY in answer.text) == (422, False)


# --- the model in use -------------------------------------------------------------------------------------------------


def test_a_model_that_is_promoted_is_used_from_then_on(town: Town, tmp_path: Any) -> None:
    models = copy_of(town, tmp_path / "home", listed=False).models
    scorer = ScorerInUse(models, STANDARD)
    first = scorer()
    assert scorer() is first
    small_bundle(models, number=2)
    assert scorer() is first
    promote(models, "standard-2")
    assert scorer().bundle.name == "standard-2"


def test_without_a_promoted_model_there_is_no_score(tmp_path: Any) -> None:
    site = site_of(ScorerInUse(tmp_path, STANDARD))
    assert site.client.post(PATH, json={"as_of": "2026-11-16", "values": {}}).status_code == 503
    with pytest.raises(NotFound):
        ScorerInUse(tmp_path, STANDARD)()


def test_reasons_that_do_not_add_up_are_no_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = SingleScorer(town.bundle, STANDARD)
    compute = scorer._contributions
    object.__setattr__(scorer, "_contributions", lambda row: compute(row) + 1e-4)
    answer = site_of(lambda: scorer).client.post(PATH, json={"as_of": date(2026, 11, 16).isoformat(), "values": {}})
    assert answer.status_code == 503
