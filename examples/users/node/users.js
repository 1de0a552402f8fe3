// The users application: builds the read model `users#<id>` from the events of the log "users".
//
//   signup             {name, email}   name, email
//   addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
//   verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it is still the user's number
//   addLocation        {long, lat}     location, with every digit
//
// `users` gets the events of the bus, and `onFailure` gets a record of each event that `users` could
// not handle in all its attempts. The environment names the tables: LOG_TABLE and CORE_TABLE, or STAGE.
import { Decimal, EventLog, InvalidEvent, Projector } from "./dynamodb-log/src/index.mjs";

const eventLog = EventLog.ofEnvironment(); // one for all invocations of a process

/** A member of the payload. An event without it can never be applied. */
function required({ log, id, version, payload }, name, isRight = (value) => typeof value === "string") {
  if (!isRight(payload[name])) {
    throw new InvalidEvent(`${log}#${id} version ${version}: payload.${name} is missing or not of the right type`);
  }
  return payload[name];
}

const isNumber = (value) => typeof value === "number" || value instanceof Decimal;

const readModels = new Projector({
  eventLog,
  log: "users",
  type: "user",
  apply: {
    signup: (event, user) => {
      user.name = required(event, "name");
      user.email = required(event, "email");
    },
    addPhoneNumber: (event, user) => {
      user.phoneNumber = required(event, "phoneNumber");
      user.verifiedPhoneNumber = false;
    },
    verifyPhoneNumber: (event, user) => {
      if (required(event, "phoneNumber") === user.phoneNumber) user.verifiedPhoneNumber = true;
    },
    addLocation: (event, user) => {
      user.location = { long: required(event, "long", isNumber), lat: required(event, "lat", isNumber) };
    },
  },
});

export const users = (event) => readModels.handle(event);

/** Keeps the record of a failed event: a line in the log, and the item `failure#<requestId>`. */
export async function onFailure(record) {
  const text = JSON.stringify(record);
  console.error(`[FAILURE] ${text}`);
  const { requestContext, timestamp } = record;
  const key = `failure#${requestContext.requestId}`;
  const item = { pk: key, sk: key, type: "failure", condition: requestContext.condition, timestamp, record: text };
  const Item = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, { S: value }]));
  await eventLog.transport.call("dynamodb", "PutItem", { TableName: eventLog.readModelTable, Item });
}
