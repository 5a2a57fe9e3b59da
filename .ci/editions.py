"""Editions of the tables: their prices, as the second implementation of `bill` reads them, and three that differ in everything."""

import csv
import functools
import json
import pathlib
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Callable

from programs import ROOT, dreamprice

TABLES = ROOT / "tables"
Size = tuple[int, int]


class Prices:
    """The prices of a folder of tables."""

    def __init__(self, folder: pathlib.Path) -> None:
        def rows_of(name: str) -> list[dict[str, str]]:
            path = folder / f"{name}.csv"
            return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []

        self.table_of = {row["engine"]: row["table"] for row in rows_of("engines")}
        self.cells: dict[str, dict[tuple[int, int, int], Decimal]] = {}
        for table in sorted(set(self.table_of.values())):
            self.table_of[table] = table
            self.cells[table] = {
                (*map(int, size.split("x")), int(row["steps"])): Decimal(price)
                for row in rows_of(table) for size, price in row.items() if size != "steps"
            }
        self.exceptions = {(row["table"], *(int(row[name]) for name in ["width", "height", "steps"])) for row in rows_of("exceptions")}
        self.formulas = {row["table"]: row for row in rows_of("formulas")}
        self.limits = {row["table"]: row for row in rows_of("limits")}
        [purchase] = [row for row in rows_of("billing") if row["item"] == "minimum_purchase"]
        self.usd = Decimal(purchase["usd"]) / Decimal(purchase["credits"])

    def accepts(self, table: str, width: int, height: int, steps: int) -> bool:
        """Returns whether the API accepts one image with these settings, as far as is known."""
        row = self.limits.get(table, {})
        limit = lambda name, default: int(row.get(name) or default)
        multiple, endless = limit("side_multiple", 1), 2**64
        return (
            width % multiple == 0 and height % multiple == 0
            and limit("min_pixels", 0) <= width * height <= limit("max_pixels", endless)
            and max(width, height) <= limit("max_long_side", endless) and min(width, height) <= limit("max_short_side", endless)
            and limit("min_steps", 0) <= steps <= limit("max_steps", endless)
        )

    def estimate(self, table: str, width: int, height: int, steps: int) -> tuple[Decimal | None, Decimal] | None:
        """Returns the expected price and the upper bound."""
        pixels = width * height
        cells = [(cell, price) for cell, price in self.cells[table].items() if (table, *cell) not in self.exceptions]
        above = [price for (w, h, s), price in cells if w * h >= pixels and s >= steps]
        if not above:
            return None
        below = [price for (w, h, s), price in cells if w * h <= pixels and s <= steps]
        at_most, at_least = min(above), max(below, default=Decimal(0))
        expected = at_most if at_least == at_most else None
        if formula := self.formulas.get(table):
            expected = by_formula(formula, pixels, steps) or expected
        return expected, at_most


def by_formula(formula: dict[str, str], pixels: int, steps: int) -> Decimal:
    billed = max(0, pixels - int(formula["free_pixels"])) * steps
    exact = billed * Decimal(formula["credits_per_gigapixel_step"]) / 10**9
    nearest = exact.quantize(Decimal(1).scaleb(-int(formula["nearest"])), ROUND_HALF_UP)
    return nearest.quantize(Decimal(1).scaleb(-int(formula["up"])), ROUND_CEILING)


@dataclass(frozen=True, eq=False)
class Edition:
    """A folder of tables, and what it is called in the arguments if it is not built in."""

    folder: pathlib.Path
    argument: str | None = None
    first_day: date | None = None

    @functools.cached_property
    def prices(self) -> Prices:
        return Prices(self.folder)

    @functools.cached_property
    def name(self) -> str:
        return json.loads(dreamprice("export", "--format", "json", "--tables", self.folder))["edition"]


# Three editions.


# In Samoa, the second of these days did not exist. In Beirut, the third began at one o'clock; in St. John's, the first began twice.
FIRST_DAYS = [date(2010, 11, 7), date(2011, 12, 30), date(2022, 3, 27)]
FORMULA = {"free_pixels": "100000", "credits_per_gigapixel_step": "215.5", "nearest": "4", "up": "3"}


def edit(folder: pathlib.Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / f"{name}.csv").read_text()
    for old, new in changes:
        assert old in text, (name, old)
        text = text.replace(old, new)
    (folder / f"{name}.csv").write_text(text)


def write_table(path: pathlib.Path, sizes: list[Size], steps: list[int], price: Callable[[int, int], Decimal]) -> None:
    rows = [["steps", *(f"{width}x{height}" for width, height in sizes)]]
    rows += [[str(count), *(f"{price(width * height, count):f}" for width, height in sizes)] for count in steps]
    path.write_text("".join(",".join(row) + "\n" for row in rows))


def copy_of(source: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    shutil.copytree(source, folder)
    # No client promises a number of images.
    rows = [line.rpartition(",")[0] for line in (TABLES / "clients.csv").read_text().splitlines()]
    (folder / "clients.csv").write_text("\n".join([f"{rows[0]},granted_images", *(f"{row}," for row in rows[1:])]) + "\n")
    return folder


def write_first(folder: pathlib.Path) -> None:
    """Writes tables without an engine, a limit or a formula."""
    edit(folder, "engines", ("stable-diffusion-v1-5,standard\n", ""))
    (folder / "limits.csv").unlink()
    (folder / "formulas.csv").unlink()


def write_second(folder: pathlib.Path) -> None:
    """Writes tables with another formula, price of a credit, and table of an engine."""
    edit(folder, "engines", ("stable-diffusion-768-v2-1,standard", "stable-diffusion-768-v2-1,sdxl"))
    edit(folder, "billing", ("1000,10", "1000,11.8"))
    edit(folder, "formulas", ("sdxl,169527,180,2,2", ",".join(["sdxl", *FORMULA.values()])))
    sizes = [(512, 512), (640, 512), (512, 640), (896, 512), (512, 896)]
    write_table(folder / "sdxl.csv", sizes, [15, 30, 50, 150], lambda pixels, steps: by_formula(FORMULA, pixels, steps))


def write_third(folder: pathlib.Path) -> None:
    """Writes tables with another table, engines, limits, an exception, and again another price of a credit."""
    edit(folder, "engines", ("stable-inpainting-v1-0,standard\n", "turbo-1,turbo\n"), ("stable-diffusion-v1,standard", "stable-diffusion-v1,turbo"))
    edit(folder, "billing", ("1000,11.8", "2000,18.5"))
    edit(folder, "limits", ("896,512,10,150", "1024,768,1,150"))
    sizes = [(256, 256), (512, 512), (1024, 1024)]
    write_table(folder / "turbo.csv", sizes, [1, 4, 8], lambda pixels, steps: Decimal(pixels * steps) / 2**20)
    edit(folder, "standard", ("30,0.2,", "30,0.3,"))
    (folder / "exceptions.csv").write_text("table,width,height,steps\nstandard,512,512,30\n")


def three_editions(root: pathlib.Path) -> list[Edition]:
    """Writes three editions. The third one is in git, and elsewhere."""
    first, second, third = folders = [root / name for name in ["first", "second", "third"]]
    write_first(copy_of(TABLES, first))
    write_second(copy_of(TABLES, second))
    write_third(copy_of(second, third))
    git = ["git", "-C", root, "-c", "user.name=bill", "-c", "user.email=bill@example.com"]
    for command in [["init", "--quiet"], ["add", third], ["commit", "--quiet", "--message", "prices"], ["tag", "v3"]]:
        subprocess.run([*git, *command], check=True)
    folders[2] = third.rename(root / "elsewhere")
    arguments = [f"{day}={tables}" for day, tables in zip(FIRST_DAYS, ["first", "second", "v3:third"])]
    return list(map(Edition, folders, arguments, FIRST_DAYS))
