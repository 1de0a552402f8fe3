"""The applications of the cases (clients/cases): accounts that decide, a codec, and upcasters."""

from dynamodb_log import Expected, NewEvent, Snapshot, Upcasters


class Boxed:
    def encode(self, payload, place):
        return {"boxed": payload}

    def decode(self, payload, place):
        return payload.get("boxed", payload)


def options_of(schema):
    """A case's `schema` as options of an event log."""
    upcasters = Upcasters()
    for type, renames in schema.get("upcasters", {}).items():
        for version, (old, new) in enumerate(renames, 1):
            upcasters.add(type, version, renamer(old, new))
    return {"codec": Boxed() if "codec" in schema else None, "upcasters": upcasters}


def renamer(old, new):
    return lambda payload: {new if name == old else name: value for name, value in payload.items()}


def decide(log, argument, other_writer):
    """`argument`: of a case's operation `decide`. `other_writer`: the log that appends `meanwhile`."""
    meanwhile = [NewEvent(event["type"], event["payload"]) for event in argument.get("meanwhile", [])]

    def choose(state):
        if meanwhile:
            other_writer.append(argument["log"], argument["id"], meanwhile.copy(), Expected.ANY)
            meanwhile.clear()
        if "deposit" in argument:
            return [NewEvent("deposited", {"amount": argument["deposit"]})]
        amount = argument["withdraw"]
        return [NewEvent("withdrawn", {"amount": amount})] if amount <= state["balance"] else []

    snapshot = argument.get("snapshot")
    return log.decide(
        argument["log"],
        argument["id"],
        initial={"balance": 0},
        evolve=evolve,
        decide=choose,
        retries=argument.get("retries", 10),
        snapshot=snapshot and Snapshot("state", snapshot["code"], every=snapshot["every"]),
    )


def evolve(state, event):
    sign = 1 if event.type == "deposited" else -1
    return {"balance": state["balance"] + sign * event.payload["amount"]}
