// Puts the items that an application's tables have from the start.
//
// An item is put only if the table has none with its key, so a start changes nothing that is there.
//
// Throws ProvisionError. Thread safety: a stateless function; call it before the cloud serves clients.
#pragma once

#include "deploy/local/service_calls.h"
#include "template/app.h"

namespace ddblog::deploy {

void provisionSeeds(const templates::App& app, const rpc::Apis& apis);

}  // namespace ddblog::deploy
