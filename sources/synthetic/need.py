"""The hidden truth: who is in need of help, month by month, of which registers show only a part."""

import numpy as np

from sources.synthetic.hardship import BURN_IN_MONTHS, PRECARIOUS, Hardship, Homes, draw_waves
from sources.synthetic.indicators import Reports
from sources.synthetic.population import Flags, Floats

# Need = hardship + what arrears and events themselves do + a part no register sees. The weights put a gradient-boosted
# model on past contacts at a ROC-AUC of 0.66 to 0.72, the range published for real administrative records.
_ECONOMIC, _HEALTH, _REPORTED, _HIDDEN = 0.82, 0.25, 0.38, 0.92
_THRESHOLD = 2.29
_ISOLATION_SIGMA, _PRECARIOUS_ISOLATION = 0.65, 0.5
_HIDDEN_MEMORY, _HIDDEN_SIGMA = 0.85, 0.75


def _reported_kinds(reports: Reports, *, first_month: int, months: int, households: int) -> Floats:
    """Kinds of indicators observed for each household, row per month from ``first_month``, at most three."""
    last = months - 1
    is_seen = reports.month >= first_month
    kinds = np.unique((reports.month * 100 + reports.indicator_no)[is_seen] * households + reports.household[is_seen])
    month, household = kinds // (100 * households), kinds % households
    flat = (month - first_month) * households + household
    rows = np.bincount(flat, minlength=(last - first_month + 1) * households).reshape(-1, households)
    # The as-of month is not over: what was observed in the month before goes on.
    return np.minimum(np.vstack((rows, rows[-1:])), 3).astype(np.float32)


def draw_need(
    homes: Homes, hardship: Hardship, reports: Reports, *, first_month: int, rng: np.random.Generator
) -> Flags:
    """Need from month ``first_month`` of the window to the as-of month, row per month, column per household."""
    total, households = hardship.economic.shape
    row = BURN_IN_MONTHS + first_month
    own = _ISOLATION_SIGMA * rng.standard_normal(households)
    isolation = np.asarray(own + _PRECARIOUS_ISOLATION * np.isin(homes.dwelling, PRECARIOUS))
    hidden = draw_waves(total - row, isolation.astype(np.float32), memory=_HIDDEN_MEMORY, sigma=_HIDDEN_SIGMA, rng=rng)
    kinds = _reported_kinds(reports, first_month=first_month, months=total - BURN_IN_MONTHS - 1, households=households)
    latent = np.float32(_ECONOMIC) * hardship.economic[row:] + np.float32(_HEALTH) * hardship.health[row:]
    return np.asarray(latent + np.float32(_REPORTED) * kinds + np.float32(_HIDDEN) * hidden > np.float32(_THRESHOLD))
