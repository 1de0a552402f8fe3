// The stored form of event source mappings: each is the CreateEventSourceMapping request that
// created it.
//
//   kMappings  3 <function> <source>      the request, as JSON
//
// A deleted mapping keeps its checkpoints (checkpoints.h): if it is put again, it continues from
// there.
//
// Thread safety: pure functions; putMapping and eraseMapping on the writer thread, in a
// transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "store/store.h"

namespace ddblog::lambda {

// `function_name`: the bare name. `source`: the EventSourceArn as given.
void putMapping(Transaction& transaction, std::string_view function_name, std::string_view source,
                const json::object& create_event_source_mapping);
void eraseMapping(Transaction& transaction, std::string_view function_name, std::string_view source);
std::vector<json::object> storedMappings(const Reader& reader);

}  // namespace ddblog::lambda
