// Creates and updates an application's queues.
//
// Thread safety: as provision.h.
#pragma once

#include "deploy/local/service_calls.h"
#include "rpc/api.h"
#include "template/app.h"

namespace ddblog::deploy {

// Attributes that a queue has and the template does not name stay as they are. Throws ProvisionError.
void provisionQueues(const templates::App& app, const rpc::Apis& apis, Refusals& refusals);

}  // namespace ddblog::deploy
