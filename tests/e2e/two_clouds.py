"""Two offline clouds: one plays AWS, the other is the offline cloud that events come into.

    with Aws(folder) as aws, Cloud(folder / "local", ...) as local:
        aws.append_users(users=10, events=4)
        aws.replay(local, "--source", "aws", "--archive", "log", "--target", "table")

AWS has the stage dev, an archive `log`, and handlers that fail for the users whose ids begin with "poison".
"""
from cloud import BINARY, BUS, Cloud, Wire, app, eventually, records, run

TABLE = "dev-dynamodb-logs"
PREFIX = "dynamodb-log-replay-"
ARCHIVES = """
  Archive:
    Type: AWS::Events::Archive
    Properties:
      ArchiveName: log
      SourceArn: !GetAtt Bus.Arn
      EventPattern: {source: [dynamodb-log], detail-type: [stream changes]}

  Signups:
    Type: AWS::Events::Archive
    Properties:
      ArchiveName: signups
      SourceArn: !GetAtt Bus.Arn
      EventPattern: {source: [dynamodb-log], detail: {type: [signup]}}
"""
LARGE = 4000  # bytes of a payload that the trigger in AWS makes a partial event of


def item(id, version, time, log="users", **payload):
    return {"pk": {"S": "%s#%s#stream" % (log, id)}, "sk": {"N": str(version)}, "log": {"S": log},
            "type": {"S": "signup" if version == 1 else "changed"}, "createdAt": {"S": time},
            "eventId": {"S": "%s-%d" % (id, version)}, "payload": {"M": dict(payload, id={"S": id})}}


def items_of(cloud, table):
    """{(pk, sk): item}"""
    wire, found, more = Wire(cloud.url), {}, {}
    while True:
        page = wire.call("Scan", dict(more, TableName=table, ConsistentRead=True))
        found.update({(one["pk"]["S"], int(one["sk"]["N"])): one for one in page["Items"]})
        if "LastEvaluatedKey" not in page:
            return found
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def local_cloud(folder):
    """The offline cloud, with the same application."""
    template = app("failures", folder, RETRIES=0, AGE=21600)
    cloud = Cloud(folder, template)
    cloud.records = template.parent
    return cloud


class Aws(Cloud):
    def __init__(self, folder):
        template = app("failures", folder, RETRIES=0, AGE=21600)
        text = template.read_text().replace("local-dynamodb-logs", TABLE)
        text = text.replace("{EVENT_BUS_NAME: !Ref Bus}", '{EVENT_BUS_NAME: !Ref Bus, MAX_ENTRY_BYTES: "2048"}')
        template.write_text(text + ARCHIVES)
        super().__init__(folder, template, arguments=("--stage", "dev"))
        self.records = template.parent

    def append_users(self, users, events, prefix="user", **payload):
        """`events` events of each of `users` users, each a second after the one before; waits until they are archived
        and handled."""
        handled, archived = len(records(self.records, "attempts")), len(self.archive())
        puts = [item("%s%d" % (prefix, user), version, "2026-11-22T09:00:%02d.000Z" % version, **payload)
                for version in range(1, events + 1) for user in range(users)]
        wire = Wire(self.url)
        for at in range(0, len(puts), 25):
            left = {TABLE: [{"PutRequest": {"Item": one}} for one in puts[at:at + 25]]}
            while left:
                left = wire.call("BatchWriteItem", {"RequestItems": left}).get("UnprocessedItems")
        eventually(lambda: len(self.archive()) == archived + len(puts), "all are archived", 120)
        eventually(lambda: len(records(self.records, "attempts")) == handled + len(puts), "all are handled", 240)

    def replay(self, local, *arguments, check=True, stage="dev", seconds=240, **environment):
        """From here into the cloud `local`, which a replay in AWS does not have."""
        here = () if "aws-bus" in arguments else ("--endpoint-url", local.url)
        return run(BINARY, "replay", "--stage", stage, *here, *arguments, check=check, seconds=seconds,
                   cwd=self.folder, environment=dict(self.environment_of_clients(), **environment))

    def popen_replay(self, local, *arguments, **environment):
        """The same, still running."""
        return self.popen("replay", "--stage", "dev", "--endpoint-url", local.url, *arguments, **environment)

    def left_behind(self):
        """The temporary queues and rules, and the replays that go on."""
        events = self.client("events")
        return (self.client("sqs").list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", []),
                events.list_rules(EventBusName=BUS, NamePrefix=PREFIX)["Rules"],
                [one for one in events.list_replays()["Replays"] if one["State"] not in ("COMPLETED", "CANCELLED")])
