"""Functions of SQL that the engines name or spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

__all__ = ["Days", "Decades", "Greatest"]


class Greatest(FunctionElement[float]):
    """The greatest of several numbers, none of them null: the engines name it differently."""

    type = Double()
    inherit_cache = True


@compiles(Greatest)
def _greatest(element: Greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **options)})"


@compiles(Greatest, "sqlite")
def _greatest_in_sqlite(element: Greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)})"


class Decades(FunctionElement[float]):
    """The logarithm to the base of 10."""

    type = Double()
    inherit_cache = True


@compiles(Decades)
def _decades(element: Decades, compiler: SQLCompiler, **options: Any) -> str:
    return f"log({compiler.process(element.clauses, **options)}::double precision)"


@compiles(Decades, "sqlite")
def _decades_in_sqlite(element: Decades, compiler: SQLCompiler, **options: Any) -> str:
    return f"decades({compiler.process(element.clauses, **options)})"  # its log10 may be missing


class Days(FunctionElement[float]):
    """A moment in days, from whichever moment on."""

    type = Double()
    inherit_cache = True


@compiles(Days)
def _days(element: Days, compiler: SQLCompiler, **options: Any) -> str:
    seconds = f"extract(epoch FROM {compiler.process(element.clauses, **options)})"
    return f"({seconds}::double precision / 86400)"


@compiles(Days, "sqlite")
def _days_in_sqlite(element: Days, compiler: SQLCompiler, **options: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **options)}) - 2440587.5)"
