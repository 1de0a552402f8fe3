// Makes the schedules of a template and their groups, and deletes those that an earlier template
// declared and this one does not.
//
// Thread safety: as the services'.
#pragma once

#include "deploy/local/service_calls.h"
#include "rpc/api.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Throws ProvisionError.
void provisionSchedules(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals);

}  // namespace ddblog::deploy
