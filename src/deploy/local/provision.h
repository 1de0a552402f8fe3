// Provisions an application by calling the services with the App's requests. Runs at each start:
// existing resources are changed to match the template, and resources that only the last template
// declared are deleted (functions, event source mappings, rules and their targets, global indexes;
// tables, buses, archives and queues hold data and stay).
//
// Thread safety: none; used once, before the server starts.
#pragma once

#include "deploy/local/service_calls.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Everything that the application has.
void provisionApplication(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals);

// A part of it.
void provisionBuses(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals);

}  // namespace ddblog::deploy
