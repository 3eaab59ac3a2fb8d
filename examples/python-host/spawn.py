"""A host of actors, in plain Python: it serves their actions to a proxy, and calls any actor through the proxy."""

import itertools
import os
import platform
import time
import traceback
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote

from protocol import (
    NAMED,
    OK,
    Action,
    Actor,
    ActorId,
    ActorInvocation,
    ActorInvocationResponse,
    ActorSettings,
    ActorState,
    ActorSystem,
    Context,
    FixedTimerAction,
    InvocationRequest,
    InvocationResponse,
    Metadata,
    Noop,
    RegistrationRequest,
    RegistrationResponse,
    Registry,
    RequestStatus,
    Route,
    ServiceInfo,
    SideEffect,
    Strategy,
    TimeoutStrategy,
    Workflow,
    decode,
    encode,
    from_any,
    to_any,
)

HOST_ADDRESS = os.environ.get("USER_FUNCTION_HOST", "127.0.0.1"), int(os.environ.get("USER_FUNCTION_PORT", 8090))

# ---- who is called, and what an action answers ----


@dataclass(frozen=True)
class Ref:
    """An actor: the only one of its definition, or the instance of that name."""

    definition: str
    instance: str = ""

    @property
    def name(self) -> str:
        return self.instance or self.definition

    @property
    def spawned_from(self) -> str:
        return self.definition if self.instance else ""


@dataclass(frozen=True)
class Message:
    to: Ref
    action: str
    payload: object = None


@dataclass(frozen=True)
class Reply:
    """What an action answers and decides, as one value. It takes effect together, or not at all."""

    value: object = None
    state: object = None  # None: it does not change
    effects: tuple[Message, ...] = ()  # sent once the state is durable
    pipe: Message | None = None  # who answers instead, given this value
    forward: Message | None = None  # who answers instead, given what this action was given


class InvocationFailed(Exception):
    """The proxy's reason why there is no answer."""


# ---- the proxy ----


@dataclass(frozen=True)
class Proxy:
    """The way to the mesh. It may be used by many threads at once: each request has its own connection."""

    system: str = os.environ.get("PROXY_ACTOR_SYSTEM_NAME", "spawn-system")
    host: str = os.environ.get("PROXY_HTTP_HOST", "127.0.0.1")
    port: int = int(os.environ.get("PROXY_HTTP_PORT", 9001))
    timeout: float = 30

    def __str__(self):
        return f"the proxy at {self.host}:{self.port}"

    def register(self, actors: dict[str, Actor]):
        python = f"Python {platform.python_version()}"
        service = ServiceInfo("python-host", "0.1.0", python, 1, 1)
        request = RegistrationRequest(service, ActorSystem(self.system, Registry(actors)))
        # A proxy of many hosts calls each where its registration came from: at the address it listens on.
        self._post("/api/v1/system", request, RegistrationResponse, source=(HOST_ADDRESS[0], 0))

    def invoke(self, actor: Ref, action: str, payload=None, caller: ActorId | None = None):
        """Runs an action and waits for its answer."""
        request = self.request(Message(actor, action, payload))
        request.caller = caller
        request.metadata = {"request-timeout": str(int(self.timeout * 1000))}
        path = f"/api/v1/system/{quote(self.system, safe='')}/actors/{quote(actor.name, safe='')}/invoke"
        return from_any(self._post(path, request, InvocationResponse).value)

    def request(self, message: Message) -> InvocationRequest:
        to = message.to
        return InvocationRequest(
            system=ActorSystem(self.system),
            actor=Actor(ActorId(to.name, self.system, to.spawned_from)),
            action_name=message.action,
            value=to_any(message.payload),
            register_ref=to.spawned_from,
        )

    def _post(self, path: str, message, answer_type: type, source=None):
        # A little longer than the proxy waits, whose answer says more than a timeout here.
        timeout = self.timeout + 5
        with closing(HTTPConnection(self.host, self.port, timeout, source_address=source)) as connection:
            connection.request("POST", path, encode(message), {"Content-Type": "application/octet-stream"})
            answer = decode(answer_type, connection.getresponse().read())
        status = answer.status or RequestStatus()
        if status.status != OK:
            raise InvocationFailed(status.message or "The proxy gave no reason")
        return answer


# ---- actors ----


@dataclass(frozen=True)
class Call:
    """What an action knows about the actor it runs for and the call it serves."""

    actor: ActorId
    payload: object
    state: object
    caller: ActorId | None
    proxy: Proxy

    def ask(self, actor: Ref, action: str, payload=None):
        """Calls another actor in the name of this one and waits; nobody else is served here meanwhile."""
        return self.proxy.invoke(actor, action, payload, caller=self.actor)


@dataclass
class ActorType:
    """What one type of actor can do. It holds no actor's state: that comes with each call."""

    name: str
    kind: int = NAMED
    state: object = None  # what a new actor begins with; None for a stateless one
    idle_timeout: float = 60
    actions: dict = field(default_factory=dict)
    timers: dict = field(default_factory=dict)

    def action(self, function):
        """Decorates a function that takes a Call and returns a Reply, or just the value to answer."""
        self.actions[function.__name__] = function
        return function

    def every(self, seconds: float):
        """Decorates an action that also runs by itself."""

        def decorate(function):
            self.timers[function.__name__] = int(seconds * 1000)
            return self.action(function)

        return decorate

    def definition(self, system: str) -> Actor:
        stateful = self.state is not None
        idle = Strategy(TimeoutStrategy(int(self.idle_timeout * 1000)))
        return Actor(
            id=ActorId(self.name, system),
            state=ActorState(state=to_any(self.state)),
            settings=ActorSettings(self.kind, stateful, deactivation_strategy=idle),
            actions=[Action(name) for name in self.actions if name not in self.timers],
            timer_actions=[FixedTimerAction(ms, Action(name)) for name, ms in self.timers.items()],
            metadata=Metadata(),
        )


# ---- the host ----


class Host:
    def __init__(self, proxy: Proxy, actor_types: list[ActorType]):
        self.proxy = proxy
        self.actor_types = {each.name: each for each in actor_types}
        self.server = Server(HOST_ADDRESS, partial(Requests, self))

    def run(self):
        # Serving comes first: the proxy may wake actors before it answers the registration.
        Thread(target=self.register, daemon=True).start()
        self.server.serve_forever()

    def register(self):
        definitions = {name: each.definition(self.proxy.system) for name, each in self.actor_types.items()}
        for delay in itertools.chain((0.1, 0.2, 0.5), itertools.repeat(1)):
            try:
                self.proxy.register(definitions)
                break
            except (OSError, HTTPException, ValueError, InvocationFailed) as e:
                print(f"{self.proxy} is not ready: {e}", flush=True)
                time.sleep(delay)
        print(f"Registered {', '.join(definitions)} with {self.proxy}", flush=True)

    def run_action(self, invocation: ActorInvocation) -> ActorInvocationResponse:
        actor = invocation.actor
        context = invocation.current_context or Context()
        actor_type = self.actor_types.get(actor.parent or actor.name)
        action = actor_type and actor_type.actions.get(invocation.action_name)
        if not action:
            raise LookupError(f"{actor.name} has no action {invocation.action_name}")
        state = from_any(context.state)
        reply = action(Call(actor, from_any(invocation.value), state, invocation.caller, self.proxy))
        if not isinstance(reply, Reply):
            reply = Reply(reply)
        value = to_any(reply.value)
        return ActorInvocationResponse(
            actor_name=actor.name,
            actor_system=actor.system,
            updated_context=Context(state=to_any(reply.state)),
            value=value,
            noop=Noop() if value is None else None,
            workflow=self.workflow(reply, actor),
        )

    def workflow(self, reply: Reply, actor: ActorId) -> Workflow:
        workflow = Workflow()
        for message in reply.effects:
            request = self.proxy.request(message)
            request.asynchronous = True
            request.caller = actor
            workflow.effects.append(SideEffect(request))
        if reply.pipe:
            workflow.pipe = Route(reply.pipe.to.name, reply.pipe.action, reply.pipe.to.spawned_from)
        if reply.forward:
            workflow.forward = Route(reply.forward.to.name, reply.forward.action, reply.forward.to.spawned_from)
        return workflow


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a proxy opens many connections at once; the default is 5


class Requests(BaseHTTPRequestHandler):
    """What the proxy sends: one action to run, in each POST."""

    protocol_version = "HTTP/1.1"  # keeps connections open
    wbufsize = -1  # head and body leave in one piece

    def __init__(self, host: Host, *args):
        self.host = host
        super().__init__(*args)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/api/v1/actors/actions":
            self.answer(404, "text/plain", b"Not found")
            return
        try:
            response = self.host.run_action(decode(ActorInvocation, body))
            self.answer(200, "application/octet-stream", encode(response))
        except Exception as e:  # a failed action; it changes nothing, and its caller is told why
            traceback.print_exc()
            self.answer(500, "text/plain; charset=utf-8", f"{type(e).__name__}: {e}".encode())

    def answer(self, status: int, content_type: str, body: bytes):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass  # not a line for each action
