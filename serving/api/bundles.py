"""Models, their figures, how groups fare, and drift: what machines of analysts and auditors read. No household."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from audit.bundles import BundleOnDisk
from audit.drift import Drift, Kind, Level
from domain.errors import BundleRefused, NotFound, UsageError
from domain.people import Role
from outreach.gate import find
from scoring.disclosure import disclosable, disclosable_parts
from scoring.wording_ko import in_order
from serving.access import Visit, may
from serving.api.description import PREFIX
from serving.api.fields import Shown
from serving.newest_drift import newest_drift
from serving.pages.analysis_shelf import Models, bundle_called, models_of
from serving.refusals import OutOfService
from serving.showing.models_view import told

router = APIRouter(prefix=PREFIX, tags=["models"])
_Reader = Annotated[Visit, may(Role.ANALYST, Role.AUDITOR)]
_Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}-[1-9][0-9]{0,8}$", examples=["standard-1"])]
_State = Literal["in_use", "proposed", "former", "candidate"]
_PATIENCE_SECONDS = 1.2
_COUNTS = frozenset(("n", "positives"))
_MODEL = {"name": "$response.body#/models/0/name"}


class ModelShown(Shown):
    """A bundle: a model, how it was made and where it stands."""

    name: str = Field(examples=["standard-1"])
    state: _State
    digest: str = Field(description="sha256 of the bundle: names these very bytes.")
    catalogue: str = Field(examples=["standard"])
    label: str = Field(description="The outcome it learned.", examples=["public_or_case"])
    trained_as_of: date | None
    delivery_digest: str | None

    @classmethod
    def of(cls, bundle: BundleOnDisk, state: str) -> "ModelShown":
        return cls(
            name=bundle.name,
            state=state,  # type: ignore[arg-type]
            digest=bundle.digest,
            catalogue=bundle.catalogue,
            label=bundle.label,
            trained_as_of=bundle.recipe.get("trained_as_of"),
            delivery_digest=bundle.recipe.get("delivery_digest"),
        )


class ModelsShown(Shown):
    """Every bundle, and the names of those that are refused because a byte differs."""

    models: list[ModelShown]
    damaged: list[str]


class RecipeShown(ModelShown):
    """One bundle with the recipe by which it can be fitted again."""

    recipe: dict[str, Any] = Field(examples=[{"seed": 1, "trees": 250, "rounds": {"train": ["2025-W43", "2026-W23"]}}])


class MetricsShown(Shown):
    """The evaluation on past rounds, as its card tells it: what too few outcomes stand behind has no value.

    Without ``test.figure_rules``, or where it is 1, ``effective_n`` of ROC-AUC and average precision counts every row;
    from 2 on it is that of the rarer class.
    """

    name: str
    metrics: dict[str, Any] = Field(examples=[{"label": "public_or_case", "contenders": ["model"]}])


class FigureShown(Shown):
    """A value with its 95 % interval; null where it is undefined or rests on too few outcomes."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, figure: Any) -> "FigureShown":
        return cls(value=find(figure, "value"), low=find(figure, "low"), high=find(figure, "high"))


class GroupShown(Shown):
    """How the households of a group fare."""

    attribute: str = Field(examples=["age_band"])
    group: str = Field(examples=["75_plus"])
    judged: int | None = Field(description="Known outcomes, rounded to 5; null where the number is hidden.")
    is_judged: bool
    recall: FigureShown
    precision: FigureShown
    calibration_error: FigureShown
    share_of_places: float | None


class FairnessShown(Shown):
    """Figures of every group, small cells hidden."""

    name: str
    label: str
    groups: list[GroupShown]


class FindingShown(Shown):
    """One look at one input. ``measured`` depends on the kind, as docs/drift.md says."""

    kind: Kind
    name: str = Field(examples=["nhis_premium_arrears"])
    level: Level
    sentence: str
    measured: float | None
    since: str | None = Field(description="The month from which reports changed.", examples=["2026-07"])


class DriftShown(Shown):
    """The newest features against the data of the model in use."""

    state: Literal["ready", "computing", "none"] = Field(description="With none, ``why`` says what is missing.")
    why: str = Field(examples=["There are no features yet."])
    model: str | None
    round: str | None
    level: Level | None
    findings: list[FindingShown]


def _leads(**links: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"links": links}}


def _to(operation: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": _MODEL}


@router.get(
    "/models",
    operation_id="getModels",
    summary="Models and where each stands",
    responses=_leads(model=_to("getModel"), metrics=_to("getMetrics"), fairness=_to("getFairness")),
)
def show_models(visit: _Reader) -> ModelsShown:
    """Every bundle in the folder of models, by name."""
    models = _models(visit)
    visit.look("view_models")
    shown = [ModelShown.of(bundle, models.states[name]) for name, bundle in models.shelf.bundles.items()]
    return ModelsShown(models=shown, damaged=list(models.shelf.damaged))


def _models(visit: Visit) -> Models:
    """Nothing is said of where models stand while the record is not what was written."""
    models = models_of(visit)
    if models.record is None:
        raise OutOfService
    return models


@router.get("/models/{name}", operation_id="getModel", summary="One model and its recipe")
def show_model(visit: _Reader, name: _Name) -> RecipeShown:
    """How a model was made."""
    bundle, models = bundle_called(visit, name), _models(visit)
    visit.look("view_model", name)
    plain = ModelShown.of(bundle, models.states[name]).model_dump()
    return RecipeShown(**plain, recipe=dict(bundle.recipe))


@router.get("/models/{name}/metrics", operation_id="getMetrics", summary="A model's evaluation")
def show_metrics(visit: _Reader, name: _Name) -> MetricsShown:
    """What the model and the baselines reached on past rounds; groups stand under fairness."""
    bundle = bundle_called(visit, name)
    visit.look("view_model", name)
    return MetricsShown(name=name, metrics=_without_small(told(bundle)))


def _without_small(data: Any) -> Any:
    """The same data, but null for counts of rows that are small."""
    if isinstance(data, Mapping):
        return {
            key: disclosable(part) if key in _COUNTS and isinstance(part, int) and part else _without_small(part)
            for key, part in data.items()
            if key != "groups"
        }
    return [_without_small(part) for part in data] if isinstance(data, list | tuple) else data


@router.get("/models/{name}/fairness", operation_id="getFairness", summary="How groups fare")
def show_fairness(visit: _Reader, name: _Name) -> FairnessShown:
    """Recall, precision and calibration of every group that a model was judged on."""
    bundle = bundle_called(visit, name)
    visit.look("view_model", name)
    return FairnessShown(name=name, label=bundle.label, groups=_groups(bundle))


def _groups(bundle: BundleOnDisk) -> list[GroupShown]:
    rows = find(told(bundle), "groups", bundle.candidate)
    known = {(row["attribute"], row["group"]): row for row in rows} if isinstance(rows, list) else {}
    counts: dict[tuple[str, str], int | None] = {}
    for attribute in {attribute for attribute, _ in known}:
        keys = [key for key in known if key[0] == attribute]
        counts |= dict(zip(keys, disclosable_parts([known[key]["n"] for key in keys]), strict=True))
    return [_group(known[key], counts[key]) for key in in_order(known)]


def _group(row: dict[str, Any], judged: int | None) -> GroupShown:
    figures = ("recall", "precision", "calibration_error")
    is_judged = bool(row.get("is_judged"))
    return GroupShown(
        attribute=row["attribute"],
        group=row["group"],
        judged=judged,
        is_judged=is_judged,
        share_of_places=row.get("share_of_places"),
        **{name: FigureShown.of(row.get(name) if is_judged else None) for name in figures},
    )


@router.get("/drift", operation_id="getDrift", summary="Whether the data has moved away")
def show_drift(visit: _Reader) -> DriftShown:
    """Findings, the gravest first. Ask again while the state is computing."""
    visit.look("view_drift")
    try:
        found = newest_drift(visit.service, seconds=_PATIENCE_SECONDS)
    except (NotFound, UsageError, BundleRefused) as error:
        return DriftShown(state="none", why=str(error), model=None, round=None, level=None, findings=[])
    drift = found.drift
    return DriftShown(
        state="ready" if drift else "computing",
        why="",
        model=found.bundle,
        round=found.week,
        level=drift.level if drift else None,
        findings=_findings(drift) if drift else [],
    )


def _findings(drift: Drift) -> list[FindingShown]:
    return [
        FindingShown(
            kind=one.kind,
            name=one.name,
            level=one.level,
            sentence=one.sentence,
            measured=one.measured,
            since=one.since,
        )
        for one in drift.findings
    ]
