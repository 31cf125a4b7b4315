"""Sixteen numbers as one value, inside compiled kernels.

A lane vector holds one number of each of sixteen replicates. Arithmetic on it is one or a few machine
instructions whatever the compiler's vectoriser thinks of the loop around it; on a machine without wide
registers the same code uses more of the narrow ones and gives the same bits. Lane vectors exist only inside
kernels: :func:`load` and :func:`store` move rows of arrays of shape (rows, 16).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic

LANES = 16

Lane = Any
"""A lane vector, for readers; its element is float32, float64, int32, or a truth value."""

_ELEMENTS: dict[str, Any] = {
    "float32": ir.FloatType(),
    "float64": ir.DoubleType(),
    "int32": ir.IntType(32),
    "bool": ir.IntType(1),
}


class LaneType(types.Type):
    """The compiler's type of a lane vector."""

    def __init__(self, element: str) -> None:
        self.element = element
        super().__init__(name=f"Lanes({element})")

    @property
    def is_float(self) -> bool:
        """Whether the elements are floating point."""
        return self.element.startswith("float")


@register_default(LaneType)
class _LaneModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: LaneType) -> None:
        super().__init__(manager, kind, ir.VectorType(_ELEMENTS[kind.element], LANES))


def _spread(builder: Any, value: Any) -> Any:
    """A scalar in all lanes."""
    vector = ir.VectorType(value.type, LANES)
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)


def _as_lanes(context: Any, builder: Any, value: Any, kind: Any, wanted: LaneType) -> Any:
    if isinstance(kind, LaneType):
        return value
    scalar = context.cast(builder, value, kind, getattr(types, wanted.element))
    return _spread(builder, scalar)


def _define(function: Any, float_op: str | None, int_op: str | None, comparison: str | None = None) -> None:
    """Teach the compiler an operator on lane vectors and on a lane vector with a scalar."""

    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            lanes = [arg for arg in args if isinstance(arg, LaneType)]
            fits = all(isinstance(arg, types.Number) or arg == lanes[0] for arg in args) if lanes else False
            if len(args) != 2 or kws or not fits:
                return None
            return signature(LaneType("bool") if comparison else lanes[0], *args)

    cast(Callable[..., Any], infer_global)(function)(_Typing)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = next(arg for arg in sig.args if isinstance(arg, LaneType))
        pairs = zip(args, sig.args, strict=True)
        a, b = (_as_lanes(context, builder, value, arg, kind) for value, arg in pairs)
        if comparison is not None:
            compare = builder.fcmp_ordered if kind.is_float else builder.icmp_signed
            return compare(comparison, a, b)
        name = float_op if kind.is_float else int_op
        if name is None:
            raise TypeError(f"{function.__name__} has no meaning on {kind}")
        return getattr(builder, name)(a, b)

    for pair in ((LaneType, LaneType), (LaneType, types.Number), (types.Number, LaneType)):
        lower_builtin(function, *pair)(lower)


_define(operator.add, "fadd", "add")
_define(operator.sub, "fsub", "sub")
_define(operator.mul, "fmul", "mul")
_define(operator.truediv, "fdiv", None)
_define(operator.and_, None, "and_")
_define(operator.or_, None, "or_")
_define(operator.xor, None, "xor")
_define(operator.rshift, None, "lshr")
_define(operator.lt, None, None, "<")
_define(operator.le, None, None, "<=")
_define(operator.gt, None, None, ">")
_define(operator.ge, None, None, ">=")
_define(operator.eq, None, None, "==")
_define(operator.ne, None, None, "!=")


def lane_function(build: Callable[..., Any]) -> Callable[..., Any]:
    """A function on lane vectors, given as instructions to the compiler."""
    return cast(Callable[..., Any], intrinsic(build))


def _row_pointer(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    data = cgutils.create_struct_proxy(kind)(context, builder, value=array).data
    offset = builder.mul(row, ir.Constant(row.type, LANES))
    vector = ir.VectorType(_ELEMENTS[str(kind.dtype)], LANES)
    return builder.bitcast(builder.gep(data, [offset]), vector.as_pointer())


@lane_function
def load(_typing: Any, array: Any, row: Any) -> Any:  # noqa: ARG001
    """Row ``row`` of an array (rows, 16)."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _row_pointer(context, builder, sig.args[0], args[0], args[1])
        return builder.load(pointer, align=array.dtype.bitwidth // 8)

    return LaneType(str(array.dtype))(array, types.intp), build


@lane_function
def store(_typing: Any, array: Any, row: Any, value: Any) -> Any:  # noqa: ARG001
    """Write a lane vector to row ``row`` of an array (rows, 16) of the same element."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _row_pointer(context, builder, sig.args[0], args[0], args[1])
        builder.store(args[2], pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    if not isinstance(value, LaneType) or value.element != str(array.dtype):
        return None
    return types.void(array, types.intp, value), build


@lane_function
def spread(_typing: Any, scalar: Any) -> Any:
    """A lane vector with the same number in every lane."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        return _spread(builder, args[0])

    return LaneType(str(scalar))(scalar), build


@lane_function
def choose(_typing: Any, where: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the truth vector holds, ``no`` in the other lanes; either or both may be scalars."""
    kind = next((arg for arg in (yes, no) if isinstance(arg, LaneType)), LaneType(str(yes)))

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a = _as_lanes(context, builder, args[1], sig.args[1], kind)
        b = _as_lanes(context, builder, args[2], sig.args[2], kind)
        return builder.select(args[0], a, b)

    return kind(where, yes, no), build


@lane_function
def as_double(_typing: Any, value: Any) -> Any:
    """Integers or single precision numbers as double precision."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        wanted = ir.VectorType(ir.DoubleType(), LANES)
        return (builder.fpext if value.is_float else builder.sitofp)(args[0], wanted)

    return LaneType("float64")(value), build


@lane_function
def as_single(_typing: Any, value: Any) -> Any:
    """Integers or double precision numbers as single precision."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        wanted = ir.VectorType(ir.FloatType(), LANES)
        return (builder.fptrunc if value.is_float else builder.sitofp)(args[0], wanted)

    return LaneType("float32")(value), build


@lane_function
def anywhere(_typing: Any, where: Any) -> Any:
    """Whether a truth vector holds in any lane."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        bits = builder.bitcast(args[0], ir.IntType(LANES))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(where), build


@lane_function
def same_bits(_typing: Any, value: Any) -> Any:
    """Single precision numbers as the integers with the same bits, and back."""
    other = LaneType("int32" if value.is_float else "float32")

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(args[0], ir.VectorType(_ELEMENTS[other.element], LANES))

    return other(value), build


@lane_function
def floored(_typing: Any, value: Any) -> Any:
    """The largest whole numbers not above, as floating point."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ARG001
        name = f"llvm.floor.v{LANES}f{64 if value.element == 'float64' else 32}"
        kind = ir.FunctionType(args[0].type, [args[0].type])
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(function, args)

    return value(value), build
