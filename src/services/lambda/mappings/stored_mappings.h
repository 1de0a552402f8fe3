// The stored form of event source mappings: each is the CreateEventSourceMapping request that
// created it, with the changes since.
//
//   kMappings  1 <function> <source>      when it was changed last, its UUID (checkpoints.h)
//   kMappings  3 <function> <source>      the request, as JSON
//   kMappings  4 <UUID>                   a mapping that is being deleted: the request, as JSON
//
// A template's mapping that goes keeps its checkpoints: if it is put again, it continues from there.
// Through the API, a mapping is deleted with its checkpoints, when its readers have ended.
//
// Thread safety: pure functions; those with a Transaction on the writer thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "store/store.h"

namespace ddblog::lambda {

struct StoredMapping {
  std::string uuid;           // empty: a template's mapping that has not been started yet
  std::string function_name;  // the bare name, with a qualifier unless that is $LATEST
  std::string source;         // the EventSourceArn as given
  json::object request;
  Timestamp modified_at;
  bool is_being_deleted = false;
};

// `function_name`, `source`: as StoredMapping has them.
void putMapping(Transaction& transaction, std::string_view function_name, std::string_view source,
                const json::object& create_event_source_mapping);
void eraseMapping(Transaction& transaction, std::string_view function_name, std::string_view source);
// The requests.
std::vector<json::object> storedMappings(const Reader& reader);

// All mappings, those that are being deleted too.
std::vector<StoredMapping> allMappings(const Reader& reader);
std::optional<StoredMapping> findMapping(const Reader& reader, std::string_view uuid);

// Stores a mapping with its UUID and its time.
void putMapping(Transaction& transaction, const StoredMapping& mapping);
// From now on it is being deleted; another one of the same function and source can be made.
void beginDeletion(Transaction& transaction, const StoredMapping& mapping);
void finishDeletion(Transaction& transaction, const StoredMapping& mapping);
// Erases it, except for its checkpoints: it is put again for another function.
void eraseIdentity(Transaction& transaction, const StoredMapping& mapping);

}  // namespace ddblog::lambda
