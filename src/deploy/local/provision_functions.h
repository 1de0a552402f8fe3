// Provisions an application's functions and event source mappings, and deletes those that only the
// last template declared. Functions and mappings that were created in other ways stay.
//
// Thread safety: none; used once, before the services start.
#pragma once

#include "deploy/local/service_calls.h"
#include "rpc/api.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Provisions functions after the tables, whose streams their environments may name, and before the
// resources that refer to them. Throws ProvisionError.
void provisionFunctions(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals);
void provisionMappings(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals);

}  // namespace ddblog::deploy
