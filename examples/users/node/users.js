// The users application: builds the read model `users#<id>` from the events of the log "users".
//
//   signup             {name, email}   name, email
//   addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
//   verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it is still the user's number
//   addLocation        {long, lat}     location, with every digit
//
// The module has two functions: `users` gets the events of the bus, and `onFailure` gets a record
// of each event that `users` could not handle in all its attempts.
//
// An event is a hint that there may be something to do: events may arrive out of order, and more
// than once. So `users` reads the read model's version, queries the log for later events, stops at
// a gap, and writes on condition that the version is still what it read.
//
// Attributes stay as DynamoDB has them ({ N: "12.345678" }): a JavaScript number could lose digits.
//
// Environment: LOG_TABLE and CORE_TABLE, or STAGE (default "local") from which their names are
// made.
import { DynamoDb } from "./dynamodb.js";

const stage = process.env.STAGE || "local";
const logTable = process.env.LOG_TABLE || `${stage}-dynamodb-logs`;
const coreTable = process.env.CORE_TABLE || `${stage}-core`;
const attempts = 10; // at most, while others write the same read model

const dynamodb = await DynamoDb.connect(); // one for all invocations of a process

class InvalidEvent extends Error {
  name = "InvalidEvent";
}

/** The payload's attribute of that type. An event without it can never be applied. */
function required(event, name, type) {
  const value = event.payload?.M?.[name];
  if (value?.[type] === undefined) {
    throw new InvalidEvent(`${event.pk?.S} version ${event.sk?.N}: payload.${name} is missing or not of type ${type}`);
  }
  return value;
}

/** By event type: what it changes in the read model `user` (attributes as DynamoDB has them). */
const appliers = {
  signup: (event) => ({ name: required(event, "name", "S"), email: required(event, "email", "S") }),
  addPhoneNumber: (event) => ({
    phoneNumber: required(event, "phoneNumber", "S"),
    verifiedPhoneNumber: { BOOL: false },
  }),
  verifyPhoneNumber: (event, user) =>
    required(event, "phoneNumber", "S").S === user.phoneNumber?.S ? { verifiedPhoneNumber: { BOOL: true } } : {},
  addLocation: (event) => ({
    location: { M: { long: required(event, "long", "N"), lat: required(event, "lat", "N") } },
  }),
};

function apply(event, user) {
  const type = event.type?.S;
  if (Object.hasOwn(appliers, type ?? "")) return appliers[type](event, user);
  if (type === undefined) throw new InvalidEvent(`${event.pk?.S} version ${event.sk?.N} has no type`);
  console.warn(`An event of unknown type "${type}" only advances the version: ${event.pk.S} version ${event.sk.N}.`);
  return {};
}

/** The events of a stream after `version`: all pages, read consistently. */
async function* eventsAfter(pk, version) {
  let ExclusiveStartKey;
  do {
    const page = await dynamodb.call("Query", {
      TableName: logTable,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk AND sk > :sk",
      ExpressionAttributeValues: { ":pk": { S: pk }, ":sk": { N: String(version) } },
      ExclusiveStartKey,
    });
    yield* page.Items;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** Writes the changes if the read model is still at the version that was read. Otherwise returns what it is now. */
async function write(key, readVersion, version, changes) {
  const names = { "#version": "version" };
  const values = { ":version": { N: String(version) } };
  let update = "SET #version = :version";
  Object.entries(changes).forEach(([name, value], index) => {
    names[`#a${index}`] = name;
    values[`:a${index}`] = value;
    update += `, #a${index} = :a${index}`;
  });
  if (readVersion > 0) values[":read"] = { N: String(readVersion) };
  try {
    await dynamodb.call("UpdateItem", {
      TableName: coreTable,
      Key: { pk: { S: key }, sk: { S: key } },
      UpdateExpression: update,
      ConditionExpression: readVersion > 0 ? "#version = :read" : "attribute_not_exists(#version)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
    return null;
  } catch (error) {
    if (error.type === "ConditionalCheckFailedException") return error.item ?? {};
    throw error;
  }
}

const versionOf = (user) => Number(user.version?.N ?? 0);

async function read(key) {
  const Key = { pk: { S: key }, sk: { S: key } };
  return (await dynamodb.call("GetItem", { TableName: coreTable, Key, ConsistentRead: true })).Item ?? {};
}

/** Applies and writes the events that follow. Returns what another writer has written if that was faster. */
async function advance(key, user, id) {
  const pk = `${key}#stream`;
  const readVersion = versionOf(user);
  let version = readVersion;
  const changes = readVersion === 0 ? { type: { S: "user" }, id: { S: id } } : {};
  let failure;
  try {
    for await (const event of eventsAfter(pk, readVersion)) {
      if (Number(event.sk.N) !== version + 1) {
        console.warn(`The stream ${pk} has a gap: after version ${version} comes version ${event.sk.N}.`);
        break;
      }
      const changed = apply(event, user);
      Object.assign(user, changed);
      Object.assign(changes, changed);
      version += 1;
    }
  } catch (error) {
    failure = error; // the events before it are written
  }
  const faster = version > readVersion ? await write(key, readVersion, version, changes) : null;
  if (failure && !faster) throw failure;
  return faster;
}

export async function users(event) {
  const { pk, sk } = event?.detail?.key ?? {};
  const id = /^users#(.+)#stream$/s.exec(pk)?.[1];
  const hint = Number(sk);
  if (!id || !Number.isSafeInteger(hint) || hint < 1) {
    throw new InvalidEvent('not an event of the log "users": no detail.key of pk (users#<id>#stream) and sk');
  }
  const key = `users#${id}`;
  let user = await read(key);
  for (let attempt = 1; versionOf(user) < hint; attempt++) {
    if (attempt > attempts) throw new Error(`The read model ${key} was written by others each of ${attempts} times.`);
    // Whoever was faster has most likely done the work, so the first loss needs no pause.
    if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * (attempt - 2)));
    const faster = await advance(key, user, id);
    if (!faster) break;
    user = faster;
  }
  return null;
}

/** Keeps the record of a failed event: a line in the log, and the item `failure#<requestId>`. */
export async function onFailure(record) {
  const text = JSON.stringify(record);
  console.error(`[FAILURE] ${text}`);
  const key = { S: `failure#${record.requestContext.requestId}` };
  await dynamodb.call("PutItem", {
    TableName: coreTable,
    Item: {
      pk: key,
      sk: key,
      type: { S: "failure" },
      condition: { S: record.requestContext.condition },
      timestamp: { S: record.timestamp },
      record: { S: text },
    },
  });
  return null;
}
