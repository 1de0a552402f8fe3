// Provisions the functions and event source mappings of an application, and deletes those that the
// last template declared and this one does not. Functions and mappings that somebody created
// otherwise stay.
//
// Thread safety: none; used once, before the services start.
#pragma once

#include "rpc/api.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Throws ProvisionError. Functions come before what names them.
void provisionFunctions(const templates::App& app, const rpc::Apis& apis, Store& store);
void provisionMappings(const templates::App& app, const rpc::Apis& apis, Store& store);

}  // namespace ddblog::deploy
