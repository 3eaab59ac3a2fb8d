"""Calls an actor through the proxy:

    python3 client.py joe greet '{"name": "ann"}'
    python3 client.py account/ann deposit '{"amount": 5}'
"""

import json
import sys

from spawn import InvocationFailed, Proxy, Ref

if not 3 <= len(sys.argv) <= 4:
    sys.exit(__doc__)

actor, action, *payload = sys.argv[1:]
definition, _, instance = actor.partition("/")
try:
    answer = Proxy().invoke(Ref(definition, instance), action, json.loads(payload[0]) if payload else None)
    print(json.dumps(answer, ensure_ascii=False))
except (OSError, InvocationFailed) as e:
    sys.exit(f"{actor} {action}: {e}")
