"""Reading and writing tables: CSV, Parquet, SAS transport and Dataset-JSON in; CSV, Parquet, JSON out."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .output import EXIT_ERRORS, EXIT_USAGE, Stop, print_json, write_aside

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, by its content's kind (from the name's ending). CSV cells stay text, as written."""
    import polars as pl

    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path).to_dicts()
        if path.suffix == ".xpt":
            return _transport(path)
        if path.suffix == ".json":
            return _dataset_json(json.loads(path.read_text(encoding="utf-8")), path)
        if path.suffix in (".ndjson", ".jsonl"):
            return _dataset_ndjson(path)
        return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy").to_dicts()
    except FileNotFoundError as error:
        raise Stop(EXIT_ERRORS, f"There is no file {path}.", "Name a file that exists.") from error
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        message = f"{path} cannot be read as a table."
        raise Stop(
            EXIT_ERRORS, message, "Give CSV, Parquet, XPT or Dataset-JSON with named columns."
        ) from error


def read_columns(path: Path, needed: Sequence[str], wanted: Sequence[str]) -> dict[str, list[Any]]:
    """Columns by name: ``needed`` must be numbers; ``wanted`` ('' is skipped) are so where they can be."""
    rows = read_rows(path)
    if not rows:
        raise Stop(EXIT_ERRORS, f"{path} has no rows.", "Give a table with a row for each subject.")
    names = list(rows[0])
    missing = [name for name in (*needed, *wanted) if name and name not in names]
    if missing:
        known = ", ".join(names)
        raise Stop(EXIT_ERRORS, f"{path} has no column {', '.join(missing)}.", f"Its columns are: {known}.")
    columns = {name: _numbers([row[name] for row in rows]) for name in (*needed, *wanted) if name}
    words = [name for name in needed if not all(isinstance(value, float) for value in columns[name])]
    if words:
        raise Stop(
            EXIT_ERRORS,
            f"{path}: {', '.join(words)} must be numbers; a value that is no number stands among them.",
            "Recode words as numbers, such as 0 and 1, and leave a cell empty where nothing is known.",
        )
    return columns


def read_domains(folder: Path) -> dict[str, list[Row]]:
    """The files of a folder by their upper-case name: ``dm.csv`` is domain DM."""
    if not folder.is_dir():
        raise Stop(
            EXIT_ERRORS, f"{folder} is not a folder.", "Name the folder that holds dm.csv, ds.csv and so on."
        )
    endings = (".csv", ".parquet", ".xpt", ".json", ".ndjson", ".jsonl")
    files = sorted(file for file in folder.iterdir() if file.suffix in endings)
    if not files:
        raise Stop(
            EXIT_ERRORS, f"{folder} holds no table.", f"Expected files ending in {', '.join(endings)}."
        )
    return {file.stem.upper(): read_rows(file) for file in files}


def write_rows(rows: Sequence[Mapping[str, Any]], out: Path | None) -> None:
    """Rows as CSV or Parquet into a file, or as JSON on standard output."""
    if out is None:
        print_json([{name: _plain(value) for name, value in row.items()} for row in rows])
        return
    import polars as pl

    frame = pl.DataFrame([{k: _plain(v) for k, v in row.items()} for row in rows], infer_schema_length=None)
    if out.suffix == ".parquet":
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        write_aside(out, buffer.getvalue())
    elif out.suffix == ".csv":
        write_aside(out, frame.write_csv())
    elif out.suffix == ".json":
        write_aside(out, json.dumps(frame.to_dicts(), indent=1, ensure_ascii=False) + "\n")
    else:
        raise Stop(EXIT_USAGE, f"{out} has no known ending.", "Use .csv, .parquet or .json.")


def _transport(path: Path) -> list[Row]:
    """SAS transport, version 5: texts decoded, an empty numeric cell as None."""
    import pandas

    frame: Any = pandas.read_sas(path, format="xport", encoding="utf-8")
    return [{str(k): None if v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


def _dataset_json(document: Any, path: Path) -> list[Row]:
    """CDISC Dataset-JSON 1.1 (columns and rows), or a plain list of objects."""
    if isinstance(document, list):
        return [dict(row) for row in document]
    if isinstance(document, dict) and "columns" in document and "rows" in document:
        names = [column["name"] for column in document["columns"]]
        return [dict(zip(names, row, strict=True)) for row in document["rows"]]
    raise ValueError(f"{path} holds neither rows nor Dataset-JSON")


def _dataset_ndjson(path: Path) -> list[Row]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if lines and isinstance(lines[0], dict) and "columns" in lines[0]:
        names = [column["name"] for column in lines[0]["columns"]]
        return [dict(zip(names, row, strict=True)) for row in lines[1:]]
    return [dict(line) for line in lines]


def _numbers(values: list[Any]) -> list[Any]:
    """Numbers where every value is one; an empty cell among them is NaN, which the statistics refuse by name."""
    try:
        return [float("nan") if value in (None, "", "NA") else float(value) for value in values]
    except ValueError:
        return values


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
