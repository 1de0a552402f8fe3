// What the options of an offline cloud mean for its server, its services and its application.
//
// Thread safety: stateless functions.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/faults.h"
#include "offline/offline_cloud.h"
#include "server/server.h"
#include "services/eventbridge/service.h"
#include "services/lambda/service.h"
#include "template/app.h"

namespace ddblog::offline {

// `faults`: to inject; nullptr: none.
server::ServerOptions serverOptions(const OfflineOptions& options, const std::function<void(const std::string&)>& log,
                                    Faults* faults);

// The endpoint that functions use: this machine, whatever address the server listens on.
std::string endpointForFunctions(const server::Address& address);

lambda::ServiceOptions lambdaOptions(const OfflineOptions& options, const std::string& endpoint, Clock& process_clock);

// `archive_file`: nullptr: nothing is archived.
eventbridge::ServiceOptions eventbridgeOptions(const OfflineOptions& options, const templates::App& app,
                                               eventbridge::ArchiveFile* archive_file);

// Throws TemplateError.
templates::App readApp(const OfflineOptions& options);

}  // namespace ddblog::offline
