"""The dongs of a district as tiles that lie to each other roughly as the dongs do."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.published import PublishedDong, dong_names
from serving import wording_casework_ko as ko

SMALLEST_SHOWN = 3  # households: fewer of another dong are not told


@dataclass(frozen=True)
class Tile:
    """One dong; ``column`` and ``row`` count from the north-west, None where nobody knows where it lies."""

    code: str
    name: str
    count: str
    is_own: bool
    column: int | None
    row: int | None

    @property
    def lines(self) -> tuple[str, ...]:
        """The name, and on a line of its own the code of one that shares it: neither is ever cut.

        >>> Tile("4128552500", "중산동(4128552500)", "10가구", False, 0, 0).lines
        ('중산동', '(4128552500)')
        """
        name, opened, code = self.name.partition("(")
        return (name, opened + code) if opened else (name,)


@dataclass(frozen=True)
class TileMap:
    """The tiles, and how many columns and rows they take; ``apart`` have no place on the map."""

    tiles: tuple[Tile, ...]
    apart: tuple[Tile, ...]
    columns: int
    rows: int


def tile_map(dongs: Sequence[PublishedDong], own: str, places: Mapping[str, tuple[int, int]]) -> TileMap:
    """The dongs on the smallest grid that leaves some room; small counts of others are hidden."""
    cells = _cells({one.dong.code: places[one.dong.code] for one in dongs if one.dong.code in places})
    names = dong_names(dongs)
    tiles = [_tile(one, names[one.dong.code], own, cells.get(one.dong.code)) for one in dongs]
    columns = 1 + max((column for column, _ in cells.values()), default=-1)
    rows = 1 + max((row for _, row in cells.values()), default=-1)
    on_map = tuple(tile for tile in tiles if tile.column is not None)
    return TileMap(on_map, tuple(tile for tile in tiles if tile.column is None), columns, rows)


def _tile(one: PublishedDong, name: str, own: str, cell: tuple[int, int] | None) -> Tile:
    is_own = one.dong.code == own
    is_told = is_own or one.entries >= SMALLEST_SHOWN
    count = ko.COUNT.format(n=one.entries) if is_told else ko.FEW
    column, row = cell or (None, None)
    return Tile(one.dong.code, name, count, is_own, column, row)


def _cells(places: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """A cell of its own for each dong, the nearest free one to where it lies; those in the middle choose first."""
    if not places:
        return {}
    side = math.ceil(math.sqrt(len(places) * 1.5))
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    # One scale for both ways, so that a long district stays long.
    span = max(max(xs) - min(xs), max(ys) - min(ys)) or 1
    wanted = {
        code: ((x - min(xs)) / span * (side - 1), (max(ys) - y) / span * (side - 1)) for code, (x, y) in places.items()
    }
    middle = (sum(x for x, _ in wanted.values()) / len(wanted), sum(y for _, y in wanted.values()) / len(wanted))
    free = {(column, row) for column in range(side) for row in range(side)}
    taken: dict[str, tuple[int, int]] = {}
    for code, place in sorted(wanted.items(), key=lambda item: (math.dist(item[1], middle), item[0])):
        cell = min(free, key=lambda one: (math.dist(one, place), one))
        free.remove(cell)
        taken[code] = cell
    return _closed_up(taken)


def _closed_up(cells: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Without the columns and rows in which nothing lies."""
    columns, rows = sorted({column for column, _ in cells.values()}), sorted({row for _, row in cells.values()})
    return {code: (columns.index(column), rows.index(row)) for code, (column, row) in cells.items()}
