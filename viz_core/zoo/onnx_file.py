"""Reads the weights of an ONNX file: its nodes, and its tensors as float32. The graph is never run.

An ONNX file is one protocol buffer (`onnx.proto` of the ONNX project; wire format: the Protocol Buffers encoding guide).
Only the fields named below are read; every length is checked against the file's size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from viz_core.trace.errors import InputError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
GRAPH = 7  # of a model
NODE, TENSOR = 1, 5  # of a graph
INPUT, OUTPUT, NAME, KIND, ATTRIBUTE = 1, 2, 3, 4, 5  # of a node
VALUE = 5  # of an attribute: a tensor
DIMENSION, TYPE, FLOATS, TENSOR_NAME, RAW = 1, 2, 4, 8, 9  # of a tensor
FLOAT = 1  # the one type of tensor that is read
_MOST_DIMENSIONS = 8


@dataclass(frozen=True)
class Node:
    """One operation: its name, its kind (`MatMul`, …), and what it reads and writes by name."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Onnx:
    """A file's operations in order, and its float32 tensors by name (constants by what their node writes)."""

    nodes: tuple[Node, ...]
    tensors: dict[str, NDArray[np.float32]]


def read(path: Path) -> Onnx:
    """Nodes and float tensors; the arrays are views of the file. Raises InputError when it is no ONNX file or is cut off."""
    data = memoryview(np.memmap(path, np.uint8, "r"))  # type: ignore[arg-type]
    nodes, tensors = [], {}
    try:
        graph = next((value for number, value in fields(data) if number == GRAPH and isinstance(value, memoryview)), None)
        if graph is None:
            raise InputError(f"{path.name} holds no graph; expected an ONNX file")
        for number, value in fields(graph):
            if number == NODE:
                node, constant = _node(value)
                nodes.append(node)
                if constant is not None:
                    tensors[node.outputs[0]] = constant
            elif number == TENSOR:
                name, array = _tensor(value)
                if array is not None:
                    tensors[name] = array
    except (IndexError, UnicodeDecodeError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path.name} is damaged or cut off ({error}); fetch it again") from error
    return Onnx(tuple(nodes), tensors)


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of every field of a message: whole numbers, or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == BYTES:
            size, at = _varint(data, at)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > len(data):
            raise ValueError(f"a field of {size} bytes where {len(data) - at} are left")
        yield number, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number of seven bits a byte, lowest first, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number of more than 64 bits")


def _node(data: memoryview) -> tuple[Node, NDArray | None]:
    """A node; of a constant also its tensor."""
    name, kind, constant = "", "", None
    inputs, outputs = [], []
    for number, value in fields(data):
        if number == ATTRIBUTE:
            held = next((tensor for field, tensor in fields(value) if field == VALUE), None)
            if held is not None:
                constant = _tensor(held)[1]
            continue
        if number in (INPUT, OUTPUT, NAME, KIND):
            text = bytes(value).decode("utf-8")
            if number in (INPUT, OUTPUT):
                (inputs if number == INPUT else outputs).append(text)
            elif number == NAME:
                name = text
            else:
                kind = text
    return Node(name, kind, tuple(inputs), tuple(outputs)), constant if kind == "Constant" else None


def _tensor(data: memoryview) -> tuple[str, NDArray | None]:
    """Name and values, f32 in their own shape; None for other types."""
    shape: list[int] = []
    name, kind, raw = "", 0, b""
    for number, value in fields(data):
        if number == DIMENSION:
            shape += _whole_numbers(value)
        elif number == TYPE:
            kind = int(value)  # type: ignore[arg-type]
        elif number == TENSOR_NAME:
            name = bytes(value).decode("utf-8")
        elif number in (RAW, FLOATS):
            raw = value
    if kind != FLOAT:
        return name, None
    if len(shape) > _MOST_DIMENSIONS or prod(shape) * 4 != len(raw):
        raise ValueError(f"tensor {name!r} of shape {tuple(shape)} has {len(raw)} bytes")
    return name, np.frombuffer(raw, "<f4").reshape(shape)


def _whole_numbers(value: int | memoryview) -> list[int]:
    """One number, or several packed into bytes."""
    if isinstance(value, int):
        return [value]
    found, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        found.append(number)
    return found
