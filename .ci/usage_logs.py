"""One usage log, with rows of every kind, as several programs write it."""

import csv
import io
import json
import random
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Callable

from programs import dreamprice, psql

ROWS = 3000
# Numbers as tools write them, and cells that are none.
OTHER_NUMBERS = ["512.0", " 512 ", "30.00", "30.0000"]
NOT_NUMBERS = ["", "+1", "007", "1.5", "1.000", "1e3", "x", "1,024", "1,000", "9" * 30, "٣٠"]
HEADER = ["time", "user", "engine", "width", "height", "steps", "images"]
Row = dict[str, str]


def dirty_rows() -> list[Row]:
    """Returns rows of which some have blank cells, unknown engines, unlisted requests, or cells that are not numbers."""
    source = random.Random(21)
    cells = list(csv.DictReader(io.StringIO(dreamprice("export", "--format", "csv"))))
    rows = [dirty_row(source, source.choice(cells)) for _ in range(ROWS)]
    # Several rows near the largest amount would have no total.
    dearest = max(cells, key=lambda cell: Decimal(cell["credits"]))
    return [*rows, {**rows[0], **{name: dearest[name] for name in HEADER[2:6]}, "images": "999999999"}]


def dirty_row(source: random.Random, cell: Row) -> Row:
    # A year, in which the clocks of a time zone change.
    time = (datetime(2023, 1, 1) + timedelta(minutes=source.randrange(365 * 24 * 60))).strftime("%Y-%m-%dT%H:%M:00Z")
    users = ["ada", "bob", "Zoë", "O'Brien, Ann", 'the "other" one', ""]
    row = {"time": time, "user": source.choice(users), **{name: cell[name] for name in HEADER[2:6]}}
    row["images"] = source.choice(["", "", "1", "2", "4", "10", "0", "-2", "1.0", "-3.0"])
    kind = source.random()
    if kind < 0.05:
        row["engine"] = source.choice(["esrgan-v1-x2plus", "SDXL", "", cell["table"]])
    elif kind < 0.15:
        row["width"] = source.choice(["64", "576", "832", row["width"]])
        row["steps"] = source.choice(["1", "31", "151", row["steps"]])
    elif kind < 0.25:
        row[source.choice(HEADER[3:])] = source.choice([*NOT_NUMBERS, *OTHER_NUMBERS])
    return row


def csv_of(rows: list[Row], header: list[str], separator: str = ",") -> str:
    output = io.StringIO()
    writer = csv.DictWriter(output, header, extrasaction="ignore", delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


# The same rows as other programs log them. Each function returns what the file has, and the rows that a bill of it has.


Written = tuple[str, list[Row]]


def usage(rows: list[Row]) -> Written:
    return csv_of(rows, HEADER), rows


def retries(rows: list[Row]) -> Written:
    with_id = [{"id": str(number), **row} for number, row in enumerate(rows)]
    return csv_of([*with_id, *with_id[::3]], ["id", *HEADER]), rows


def spreadsheet(rows: list[Row]) -> Written:
    units = {"width": " (px)", "height": " (px)"}
    names = {name: name.capitalize() + units.get(name, "") for name in HEADER[1:]}
    in_latin = [row for row in rows if all(ord(c) < 256 for cell in row.values() for c in cell)]
    renamed = [{other: row[name] for name, other in names.items()} for row in in_latin]
    return csv_of(renamed, list(names.values()), ";").replace("\n", "\r\n"), in_latin


def with_plain_sides(rows: list[Row]) -> list[Row]:
    """Returns the rows that can be written as a size."""
    return [row for row in rows if row["width"].isdigit() and row["height"].isdigit()]


def spend_log(rows: list[Row]) -> Written:
    """Writes calls of other kinds and failed requests too, which are not billed."""
    rows, lines = with_plain_sides(rows), []
    for number, row in enumerate(rows):
        prefix = "stability/" if row["engine"] == "stable-diffusion-v1-5" else ""
        body = {"model": "alias", "prompt": 'a "red"\nfox', "size": f"{row['width']}x{row['height']}", "steps": row["steps"]}
        body |= {"n": row["images"]} if row["images"] else {}
        line = {
            "request_id": str(number), "call_type": "aimage_generation", "spend": 0, "startTime": row["time"].rstrip("Z"),
            "model": prefix + row["engine"], "user": row["user"], "status": "success", "proxy_server_request": body,
        }
        lines += [line, {**line, "status": "failure"}] if number % 7 == 0 else [line]
        lines += [{**line, "call_type": "acompletion", "model": "gpt-4", "proxy_server_request": {}}] if number % 5 == 0 else []
    return "\n".join(map(json.dumps, lines)) + "\n", rows


def openai_requests(rows: list[Row]) -> Written:
    rows = with_plain_sides(rows)
    requests = [
        {
            "model": row["engine"], "prompt": 'a "red" fox', "n": row["images"] or None, "size": f"{row['width']}x{row['height']}",
            "steps": row["steps"], "user": row["user"],
        }
        for row in rows
    ]
    return "\n".join(map(json.dumps, requests)) + "\n", rows


def openai_usage(rows: list[Row]) -> Written:
    """Writes a page of buckets. The usage has no step count, and images are whole numbers."""
    rows = [{**row, "steps": "30"} for row in with_plain_sides(rows) if re.fullmatch("0|-?[1-9][0-9]*", row["images"])]
    results = [
        {
            "object": "organization.usage.images.result", "images": int(row["images"]), "num_model_requests": 1,
            "source": "image.generation", "size": f"{row['width']}x{row['height']}", "model": row["engine"],
            "user_id": row["user"] or None,
        }
        for row in rows
    ]
    buckets = [{"object": "bucket", "start_time": 0, "end_time": 1, "results": results[at::3]} for at in range(3)]
    empty = {**buckets[0], "results": []}
    return json.dumps({"object": "page", "has_more": False, "next_page": None, "data": [*buckets, empty]}), rows


def grpc_requests(rows: list[Row]) -> Written:
    lines = []
    for row in rows:
        image = {name: row[name] for name in ["height", "width", "steps"]} | ({"samples": row["images"]} if row["images"] else {})
        lines.append({"requestId": "7f1c", "engineId": row["engine"], "image": image, "requestorId": row["user"]})
    return "\n".join(map(json.dumps, lines)) + "\n", rows


# By the names of files in the documents. PostgreSQL writes requests.tsv from a table.
LOGS: dict[str, Callable[[list[Row]], Written]] = {
    "usage.csv": usage, "retries.csv": retries, "export.csv": spreadsheet, "spend.jsonl": spend_log,
    "openai.jsonl": openai_requests, "openai.json": openai_usage, "grpc.jsonl": grpc_requests, "requests.tsv": usage,
}
ENCODINGS = {"export.csv": "windows-1252"}


# Tables of PostgreSQL.


def fill_database(server: dict[str, str], name: str, log: str) -> None:
    """Fills the table that the commands of a section read: that of LiteLLM, or one with the columns of the log as text."""
    if name == "spend.jsonl":
        table = """ "LiteLLM_SpendLogs" (request_id TEXT, call_type TEXT, spend DOUBLE PRECISION, "startTime" TIMESTAMP(3),
            model TEXT, "user" TEXT, status TEXT, proxy_server_request JSONB)"""
        escaped = log.replace("\\", "\\\\")
        insert = """INSERT INTO "LiteLLM_SpendLogs" SELECT (json_populate_record(NULL::"LiteLLM_SpendLogs", line)).* FROM lines"""
        psql(server, f"CREATE TABLE {table}; CREATE TABLE lines (line JSON);\n\\copy lines FROM pstdin\n{escaped}\\.\n{insert};")
    else:
        columns = ", ".join(f'"{name}" TEXT' for name in log.partition("\n")[0].split(","))
        psql(server, f"CREATE TABLE log ({columns});\n\\copy log FROM pstdin (FORMAT csv, HEADER)\n{log}\\.\n")
