// How payloads are stored and read: upcasters bring old events to the latest schema of their type,
// and a codec encodes and decodes payloads.
//
//   ddblog::Schema schema;
//   schema.upcasters["signup"] = {[](const std::string& payload, const ddblog::Event&) { … }};  // from 1 to 2
//   schema.codec = ddblog::gzipCodec();
//   ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"), {.schema = schema});
//
// metadata.schemaVersion is the version of a payload's schema; without it, the version is 1. New
// events are written with the latest version of their type. A reader gets each event in the latest
// one; InvalidEvent is thrown for an event that newer code has written.
//
// Events that close a stream (type "$deleted") have no payload, and neither codec nor upcasters. The
// trigger and the bus see what is stored.
//
// Thread safety: value types. The functions are called on the thread that reads or appends, so they
// must allow that from several threads at once.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ddblog/event.h"

namespace ddblog {

// The event that a payload belongs to. Encryption can authenticate it.
struct PayloadPlace {
  std::string log;
  std::string id;
  std::string type;
};

// A payload as the table holds it: its members of type B, and the others.
struct StoredPayload {
  std::string json = "{}";                     // a JSON object
  std::map<std::string, std::string> bytes{};  // by the member's name; not base64
};

// Encodes payloads on their way to the table, and decodes them on their way back: compression,
// encryption. What these functions throw is thrown to the caller.
struct Codec {
  // `payload`: a JSON object with the stream's `id`. The `id` is added to what it returns.
  std::function<StoredPayload(const std::string& payload, const PayloadPlace&)> encode{};
  // Returns a JSON object. It gets payloads that were stored without the codec, too; then
  // `payload` is `stored` as JSON, with bytes as base64.
  std::function<std::string(const StoredPayload& stored, const std::string& payload, const PayloadPlace&)> decode{};
};

// Brings a payload (a JSON object) of one schema version to the next one. `event` has what else is
// stored: its payload and metadata are those of the table, decoded.
using Upcaster = std::function<std::string(const std::string& payload, const Event& event)>;

struct Schema {
  // By event type; the first upcaster takes schema version 1 to 2, the second 2 to 3.
  std::map<std::string, std::vector<Upcaster>> upcasters{};
  Codec codec{};  // both functions, or none: with one alone, EventLog and Projector throw InvalidArgument
};

// Stores payloads as gzipped JSON, if that is smaller: {"id", "gzip": bytes}. Payloads of fewer than
// `least_bytes` bytes of JSON stay as they are. A payload that inflates to more than 64 MiB is an
// InvalidEvent.
Codec gzipCodec(std::size_t least_bytes = 1024);

}  // namespace ddblog
