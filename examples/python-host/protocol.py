"""The messages of the Spawn protocol that a host needs, and how they become bytes.

A message is a dataclass. What a field may hold is its type, and its number on the wire stands beside it:

    @dataclass
    class ActorId:
        name: Annotated[str, 1] = ""

`encode(message)` and `decode(Class, data)` read these annotations. They know the part of protobuf that the protocol
uses: numbers, booleans, text, bytes, messages, lists of messages and maps with text as key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

# ---- messages ----


@dataclass
class Any:
    """Bytes, and the name of the message they are."""

    type_url: Annotated[str, 1] = ""
    value: Annotated[bytes, 2] = b""


@dataclass
class JSONType:
    content: Annotated[str, 1] = ""


@dataclass
class Noop:
    pass


@dataclass
class ActorId:
    name: Annotated[str, 1] = ""
    system: Annotated[str, 2] = ""
    # The definition this actor is an instance of; empty if it has its own.
    parent: Annotated[str, 3] = ""


@dataclass
class ActorState:
    tags: Annotated[dict[str, str], 1] = field(default_factory=dict)
    state: Annotated[Any | None, 2] = None


NAMED, UNNAMED, POOLED = 1, 2, 3


@dataclass
class TimeoutStrategy:
    timeout: Annotated[int, 1] = 0  # milliseconds


@dataclass
class Strategy:
    timeout: Annotated[TimeoutStrategy | None, 1] = None


@dataclass
class ActorSettings:
    kind: Annotated[int, 1] = 0
    stateful: Annotated[bool, 2] = False
    snapshot_strategy: Annotated[Strategy | None, 3] = None
    deactivation_strategy: Annotated[Strategy | None, 4] = None


@dataclass
class Action:
    name: Annotated[str, 1] = ""


@dataclass
class FixedTimerAction:
    seconds: Annotated[int, 1] = 0  # milliseconds, in spite of the name
    action: Annotated[Action | None, 2] = None


@dataclass
class Channel:
    topic: Annotated[str, 1] = ""
    action: Annotated[str, 2] = ""


@dataclass
class Metadata:
    channel_group: Annotated[list[Channel], 1] = field(default_factory=list)


@dataclass
class Actor:
    id: Annotated[ActorId | None, 1] = None
    state: Annotated[ActorState | None, 2] = None
    settings: Annotated[ActorSettings | None, 3] = None
    actions: Annotated[list[Action], 4] = field(default_factory=list)
    timer_actions: Annotated[list[FixedTimerAction], 5] = field(default_factory=list)
    metadata: Annotated[Metadata | None, 6] = None


@dataclass
class Registry:
    actors: Annotated[dict[str, Actor], 1] = field(default_factory=dict)


@dataclass
class ActorSystem:
    name: Annotated[str, 1] = ""
    registry: Annotated[Registry | None, 2] = None


@dataclass
class ServiceInfo:
    service_name: Annotated[str, 1] = ""
    service_version: Annotated[str, 2] = ""
    service_runtime: Annotated[str, 3] = ""
    protocol_major_version: Annotated[int, 6] = 0
    protocol_minor_version: Annotated[int, 7] = 0


@dataclass
class RegistrationRequest:
    service_info: Annotated[ServiceInfo | None, 1] = None
    actor_system: Annotated[ActorSystem | None, 2] = None


UNKNOWN, OK, ACTOR_NOT_FOUND, ERROR = range(4)


@dataclass
class RequestStatus:
    status: Annotated[int, 1] = UNKNOWN
    message: Annotated[str, 2] = ""


@dataclass
class RegistrationResponse:
    status: Annotated[RequestStatus | None, 1] = None


@dataclass
class InvocationRequest:
    system: Annotated[ActorSystem | None, 1] = None
    actor: Annotated[Actor | None, 2] = None
    action_name: Annotated[str, 3] = ""
    value: Annotated[Any | None, 4] = None
    asynchronous: Annotated[bool, 5] = False  # `async` is a word of Python
    caller: Annotated[ActorId | None, 6] = None
    metadata: Annotated[dict[str, str], 8] = field(default_factory=dict)
    # The definition to spawn the actor from, if there is no such actor yet.
    register_ref: Annotated[str, 11] = ""


@dataclass
class InvocationResponse:
    status: Annotated[RequestStatus | None, 1] = None
    value: Annotated[Any | None, 4] = None


@dataclass
class Context:
    state: Annotated[Any | None, 1] = None
    caller: Annotated[ActorId | None, 2] = None
    self: Annotated[ActorId | None, 3] = None
    metadata: Annotated[dict[str, str], 4] = field(default_factory=dict)
    tags: Annotated[dict[str, str], 5] = field(default_factory=dict)


@dataclass
class ActorInvocation:
    actor: Annotated[ActorId | None, 1] = None
    action_name: Annotated[str, 2] = ""
    current_context: Annotated[Context | None, 3] = None
    value: Annotated[Any | None, 4] = None
    caller: Annotated[ActorId | None, 6] = None


@dataclass
class SideEffect:
    request: Annotated[InvocationRequest | None, 1] = None


@dataclass
class Broadcast:
    channel_group: Annotated[str, 1] = ""
    value: Annotated[Any | None, 3] = None


@dataclass
class Route:
    """A Pipe or a Forward: who answers instead."""

    actor: Annotated[str, 1] = ""
    action_name: Annotated[str, 2] = ""
    register_ref: Annotated[str, 3] = ""


@dataclass
class Workflow:
    effects: Annotated[list[SideEffect], 1] = field(default_factory=list)
    broadcast: Annotated[Broadcast | None, 2] = None
    pipe: Annotated[Route | None, 3] = None
    forward: Annotated[Route | None, 4] = None


@dataclass
class ActorInvocationResponse:
    actor_name: Annotated[str, 1] = ""
    actor_system: Annotated[str, 2] = ""
    updated_context: Annotated[Context | None, 3] = None
    value: Annotated[Any | None, 4] = None
    workflow: Annotated[Workflow | None, 5] = None
    noop: Annotated[Noop | None, 6] = None


# ---- JSON in an Any ----

JSON_TYPES = ("type.googleapis.com/spawn.JSONType", "type.googleapis.com/eigr.functions.protocol.JSONType")


def to_any(value) -> Any | None:
    """None is no message at all."""
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Any(JSON_TYPES[0], encode(JSONType(text)))


def from_any(message: Any | None):
    if message is None or message.type_url.endswith(".Noop"):
        return None
    if message.type_url not in JSON_TYPES:
        raise ValueError(f"{message.type_url} is not JSON")
    content = decode(JSONType, message.value).content
    return json.loads(content) if content else None


# ---- bytes ----

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Field(NamedTuple):
    name: str
    number: int
    type: type  # of one element, if there are several
    shape: type | None  # list, dict or None for a single value

    @property
    def wire_type(self) -> int:
        return VARINT if self.type in (int, bool) else BYTES


@cache
def fields(message_type: type) -> dict[int, Field]:
    """In the order of their numbers, which is the order on the wire."""
    found = []
    for name, hint in get_type_hints(message_type, include_extras=True).items():
        declared, number = get_args(hint)
        shape = get_origin(declared)
        if shape is dict:
            element = entry_of(get_args(declared)[1])
        elif shape is None:
            element = declared
        else:  # list[X] and X | None: the first argument is X
            element, shape = get_args(declared)[0], shape if shape is list else None
        found.append(Field(name, number, element, shape))
    return {each.number: each for each in sorted(found, key=lambda each: each.number)}


@cache
def entry_of(value_type: type) -> type:
    """A map is a list of such messages."""

    class Entry:
        def __init__(self, key="", value=None):
            self.key = key
            self.value = value_type() if value is None else value

    Entry.__annotations__ = {"key": Annotated[str, 1], "value": Annotated[value_type, 2]}
    return Entry


def encode(message) -> bytes:
    data = bytearray()
    for each in fields(type(message)).values():
        value = getattr(message, each.name)
        if each.shape is dict:
            for item in value.items():
                write(data, each, each.type(*item))
        elif each.shape is list:
            for item in value:
                write(data, each, item)
        elif value is not None and value not in (0, "", b""):  # a default is not written
            write(data, each, value)
    return bytes(data)


def write(data: bytearray, each: Field, value):
    write_varint(data, each.number << 3 | each.wire_type)
    if each.wire_type == VARINT:
        write_varint(data, int(value))
        return
    if each.type is not bytes:
        value = value.encode() if each.type is str else encode(value)
    write_varint(data, len(value))
    data += value


def write_varint(data: bytearray, value: int):
    value &= 0xFFFF_FFFF_FFFF_FFFF  # a negative number is its complement in 64 bits
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)


def decode(message_type: type, data: bytes):
    """Unknown fields are skipped; ValueError if the bytes are no such message."""
    message = message_type()
    known = fields(message_type)
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        value, at = read_value(data, at, wire_type)
        each = known.get(number)
        if each is None:
            continue
        if wire_type != each.wire_type:
            raise ValueError(f"{message_type.__name__}.{each.name} has the wire type {wire_type}")
        value = convert(each.type, value)
        if each.shape is dict:
            getattr(message, each.name)[value.key] = value.value
        elif each.shape is list:
            getattr(message, each.name).append(value)
        else:
            setattr(message, each.name, value)
    return message


def convert(wanted: type, value):
    if wanted is bool:
        return value != 0
    if wanted is int:
        return value - (1 << 64) if value >> 63 else value
    if wanted is bytes:
        return bytes(value)
    return value.decode() if wanted is str else decode(wanted, value)


def read_value(data: bytes, at: int, wire_type: int):
    if wire_type == VARINT:
        return read_varint(data, at)
    if wire_type == BYTES:
        length, at = read_varint(data, at)
    elif wire_type in (FIXED32, FIXED64):
        length = 4 if wire_type == FIXED32 else 8
    else:
        raise ValueError(f"Unknown wire type {wire_type}")
    if length > len(data) - at:
        raise ValueError("The message is cut off")
    return data[at : at + length], at + length


def read_varint(data: bytes, at: int):
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError("The message is cut off")
        digit = data[at]
        at += 1
        value |= (digit & 0x7F) << shift
        if digit < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    raise ValueError("A number has no end")
