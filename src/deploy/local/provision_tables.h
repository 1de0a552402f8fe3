// Creates the tables that the template declares, or changes the existing ones to match, with the
// operations that a client would use: items stay, indexes are filled, streams follow.
//
// What can change in an existing table: its global indexes (a new or changed one is created again;
// one that only the last template declared is deleted; one that was created by hand stays), the
// view of its stream (the stream is turned off and a new one on), and its TTL attribute. Its key
// and its local indexes cannot change: that is an error of one line.
//
// Thread safety: none; used once, before the server starts.
#pragma once

#include <set>
#include <string>

#include "deploy/local/service_calls.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Returns the names of the tables that it created. Throws ProvisionError.
std::set<std::string> provisionTables(const templates::App& app, const rpc::JsonApi& dynamodb, Store& store,
                                      Refusals& refusals);

}  // namespace ddblog::deploy
