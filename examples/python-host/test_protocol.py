"""python3 -m unittest"""

import json
import unittest
from pathlib import Path

from protocol import *

# What protobuf's own code generator for Java writes.
SAMPLES = {
    name: bytes.fromhex(hex_digits)
    for name, hex_digits in json.loads((Path(__file__).parent / "../wire-samples.json").read_text()).items()
}

ALICE = ActorId("alice", "shop", "account")

REGISTRATION = RegistrationRequest(
    ServiceInfo("bank", "1.2", protocol_major_version=1, protocol_minor_version=1),
    ActorSystem(
        "shop",
        Registry(
            {
                "account": Actor(
                    ActorId("account", "shop"),
                    ActorState({"branch": "south"}, to_any({"balance": 0})),
                    ActorSettings(UNNAMED, True, deactivation_strategy=Strategy(TimeoutStrategy(60_000))),
                    [Action("deposit"), Action("withdraw")],
                    [FixedTimerAction(1_000, Action("close"))],
                    Metadata([Channel("rates", "rate")]),
                )
            }
        ),
    ),
)

REQUEST = InvocationRequest(
    system=ActorSystem("shop"),
    actor=Actor(ALICE),
    action_name="deposit",
    value=to_any({"amount": 5, "for": "Käse"}),
    asynchronous=True,
    caller=ActorId("joe"),
    metadata={"request-timeout": "5000"},
    register_ref="account",
)

ANSWER = ActorInvocationResponse(
    actor_name="alice",
    actor_system="shop",
    updated_context=Context(to_any({"balance": 12})),
    value=to_any(12),
    workflow=Workflow(
        [SideEffect(REQUEST), SideEffect(REQUEST)],
        Broadcast("rates", to_any([1, 2])),
        forward=Route("alice", "render", "printer"),
    ),
)


class ProtocolTest(unittest.TestCase):
    def test_writes_and_reads_what_others_do(self):
        samples = {
            "registration": REGISTRATION,
            "request": REQUEST,
            "answer": ANSWER,
            "refusal": InvocationResponse(RequestStatus(ERROR, "only 5 € left")),
            "numbers": FixedTimerAction(-300, Action()),
            "bigNumber": TimeoutStrategy(1 << 40),
        }
        for name, message in samples.items():
            with self.subTest(name):
                self.assertEqual(encode(message), SAMPLES[name])
                self.assertEqual(decode(type(message), SAMPLES[name]), message)

    def test_skips_fields_it_does_not_know(self):
        context = Context(to_any({"balance": 7}), None, ALICE, {"trace": "a1"}, {"branch": "Zürich"})
        expected = ActorInvocation(ALICE, "deposit", context, caller=ActorId())  # and a Noop
        self.assertEqual(decode(ActorInvocation, SAMPLES["invocation"]), expected)
        self.assertEqual(decode(ActorId, bytes.fromhex("79 0102030405060708 7d 01020304 0a01 61")), ActorId("a"))

    def test_refuses_what_is_no_message(self):
        cut_off = [SAMPLES["request"][:length] for length in (1, 2, 7, 100)]
        endless_number, wrong_type, group, no_text = map(bytes.fromhex, ("08" + "ff" * 11, "0801", "0b0c", "0a01ff"))
        for data in (*cut_off, endless_number, wrong_type, group, no_text):
            with self.subTest(data.hex()), self.assertRaises(ValueError):
                decode(ActorId, data)

    def test_json(self):
        self.assertIsNone(to_any(None))
        self.assertIsNone(from_any(None))
        self.assertIsNone(from_any(Any("type.googleapis.com/spawn.Noop")))
        self.assertIsNone(from_any(Any(JSON_TYPES[0])))
        for value in (0, "", [], {"a": ["ü", 1.5, False]}):
            self.assertEqual(from_any(to_any(value)), value)
        self.assertEqual(from_any(Any(JSON_TYPES[1], encode(JSONType("[1]")))), [1])
        with self.assertRaises(ValueError):
            from_any(Any("type.googleapis.com/shop.Order"))


if __name__ == "__main__":
    unittest.main()
