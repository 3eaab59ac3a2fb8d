"""A small bank: run it beside a proxy, then call it with client.py."""

from protocol import UNNAMED
from spawn import ActorType, Host, Message, Proxy, Ref, Reply

joe = ActorType("joe", state={"greetings": 0})


@joe.action
def greet(call):
    """Counts whom he greeted, and asks another actor while he is at it."""
    name = call.payload["name"]
    balance = call.ask(Ref("account", name), "balance")["balance"]
    greetings = call.state["greetings"] + 1
    text = f"Hello {name}, you have {balance}. You are guest {greetings}."
    return Reply({"text": text}, state={"greetings": greetings})


account = ActorType("account", kind=UNNAMED, state={"balance": 0})


@account.action
def deposit(call):
    return book(call, call.payload["amount"])


@account.action
def withdraw(call):
    if call.payload["amount"] > call.state["balance"]:
        raise ValueError(f"{call.actor.name} has only {call.state['balance']}")
    return book(call, -call.payload["amount"])


def book(call, amount):
    """The audit hears of it once the new balance is durable, and nobody waits for that."""
    new_state = {"balance": call.state["balance"] + amount}
    entry = {"account": call.actor.name, "amount": amount}
    return Reply(new_state, state=new_state, effects=(Message(Ref("audit"), "record", entry),))


@account.action
def balance(call):
    return call.state


@account.action
def statement(call):
    """The printer gets what is answered here, and its own answer goes to the caller."""
    return Reply({"account": call.actor.name, **call.state}, pipe=Message(Ref("printer"), "render"))


printer = ActorType("printer")


@printer.action
def render(call):
    return "The account of {account} has {balance}.".format(**call.payload)


audit = ActorType("audit", state={"open": [], "closed": 0})


@audit.action
def record(call):
    print(f"audit: {call.payload['account']} {call.payload['amount']:+}", flush=True)
    return Reply(state={**call.state, "open": call.state["open"] + [call.payload]})


@audit.every(seconds=1)
def close(call):
    """A timer: closes what is open."""
    entries = len(call.state["open"])
    if not entries:
        return None
    closed = call.state["closed"] + entries
    print(f"audit: {closed} entries closed", flush=True)
    return Reply(state={"open": [], "closed": closed})


if __name__ == "__main__":
    Host(Proxy(), [joe, account, printer, audit]).run()
