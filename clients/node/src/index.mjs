// The package's names for ES modules. There is one copy of the code, whoever loads it.
import library from "./index.js";

export const {
  ConfigurationError,
  Decimal,
  EventIdConflict,
  EventLog,
  InvalidArgument,
  InvalidEvent,
  NotReachable,
  Projector,
  SdkTransport,
  ServiceError,
  StreamDeleted,
  Subscription,
  VersionConflict,
  WaitTimeout,
  connect,
  deletedType,
  limits,
  logTableName,
  now,
  parseStreamKey,
  readModelTableName,
  streamKey,
} = library;
