// Puts the items that an application's tables have from the start: into the tables that this start
// has created, so that what a user has deleted or loaded stays as it is.
//
// Of two items with the same key the first one counts.
//
// Throws ProvisionError. Thread safety: a stateless function; call it before the cloud serves clients.
#pragma once

#include <set>
#include <string>

#include "deploy/local/service_calls.h"
#include "template/app.h"

namespace ddblog::deploy {

// `created`: the names of those tables.
void provisionSeeds(const templates::App& app, const rpc::Apis& apis, const std::set<std::string>& created,
                    Refusals& refusals);

}  // namespace ddblog::deploy
