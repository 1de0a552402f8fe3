// Provisions an application: calls the services with the requests that the App consists of. Done at
// each start: what is there already is changed to what the template declares, and what the last
// template declared and this one does not is deleted (functions, event source mappings, rules and
// their targets, global indexes; tables and buses hold data and stay).
//
// Thread safety: none; used once, before the server starts.
#pragma once

#include "deploy/local/service_calls.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Throws ProvisionError.
void provisionTables(const templates::App& app, const rpc::Apis& apis, Store& store);
void provisionBuses(const templates::App& app, const rpc::Apis& apis, Store& store);

}  // namespace ddblog::deploy
