"""What a request carries: JSON of the form that the description of the interface says, or bytes of a known type."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from tmfiles import schema
from tmfiles.errors import TmError

MERGE = "application/merge-patch+json"
JSON = "application/json"
# Deeper than any task; the parser itself would go on until its stack ends.
_DEEPEST = 20
# Values in a body: whoever judges them looks at each.
_MOST = 200_000
Dependency = Callable[..., Any]


def described(shape: Mapping[str, Any], example: Any, *types: str, required: bool = True) -> dict[str, Any]:
    """Give what FastAPI is told of a body, for `openapi_extra`."""
    content = {one: {"schema": shape, "example": example} for one in types or (JSON,)}
    return {"requestBody": {"required": required, "content": content}}


def reader(shape: Mapping[str, Any], *types: str, required: bool = True) -> Dependency:
    """Make what reads a body: a JSON value of this shape; `{}` for none where it is not required.

    Reading raises TmError: `media_type` for content of another type, `malformed` for what does not fit.
    """
    judge = schema.Shape(shape)
    accepted = types or (JSON,)

    def read(request: Request, data: Annotated[bytes, Depends(received)]) -> Any:
        if not data and not required:
            return {}
        refuse_type(request, accepted)
        value = parsed(data)
        if wrong := judge.failures(value):
            words = [line.replace("the file", "the body", 1) if not at else line for at, line in wrong]
            raise TmError("; ".join(words[:20]), "what it takes: /api/v1/openapi.json", "malformed")
        return value

    return read


async def received(request: Request) -> bytes:
    """Read the bytes of a body; what is made of them is for a thread to do, so that others are heard meanwhile."""
    return await request.body()


def refuse_type(request: Request, accepted: Collection[str]) -> None:
    """Refuse content of another type: a form that a page of another site sends is never JSON."""
    kind, _, more = request.headers.get("content-type", "").partition(";")
    charset = more.strip().lower().partition("charset=")[2].strip("\"' ")
    if kind.strip().lower() not in accepted or charset not in ("", "utf-8", "utf8"):
        raise TmError(
            f"content of type {request.headers.get('content-type', '')!r} is not understood here",
            f"send {' or '.join(accepted)}",
            "media_type",
        )


def parsed(data: bytes) -> Any:
    """Parse JSON, strictly: a key given twice, NaN and half a pair of surrogates are refused."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number
        )
        _refuse_odd(value)
    except (ValueError, RecursionError) as error:
        raise TmError(f"the body is no JSON: {error}", "one JSON value in UTF-8", "malformed") from error
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _number(text: str) -> Any:
    """Read a number with a point: a whole one as such, any other as its own text, as files hold it: none rounded."""
    number = float(text)
    return int(number) if number.is_integer() else text


def _refuse_odd(value: Any) -> None:
    """Refuse what is deeper or more than anything meant, and half a pair of surrogates, which no file can hold."""
    level: list[Any] = [value]
    count = 0
    for _ in range(_DEEPEST):
        count += len(level)
        if count > _MOST:
            raise ValueError(f"it has more than {_MOST:,} values")
        for one in level:
            if isinstance(one, str):
                one.encode("utf-8")
        level = [part for one in level for part in _parts(one)]
        if not level:
            return
    raise ValueError(f"it is nested deeper than {_DEEPEST} levels")


def _parts(value: Any) -> Iterable[Any]:
    return [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
