// The shape of CreateEventSourceMapping, UpdateEventSourceMapping and DeleteEventSourceMapping: a write,
// after whose commit the running mappings follow the change.
//
// The operation's run(transaction, state) returns the changed mapping and sets what the answer shows,
// because the change takes effect after it. Thread safety: as rpc/operation.h.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/mappings/mapping_json.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

// The error of a change of a mapping that is being deleted.
inline ApiError mappingInUse(const std::string& uuid) {
  return {"ResourceInUseException",
          "The event source mapping with UUID " + uuid + " cannot be changed in its current state."};
}

// Throws ResourceConflictException if the function has a mapping for the source.
inline void checkNoOther(const Reader& reader, const MappingSettings& settings) {
  for (const StoredMapping& other : allMappings(reader)) {
    if (other.is_being_deleted || other.function_name != settings.function_name ||
        other.source != settings.event_source_arn) {
      continue;
    }
    throw resourceConflict("The event source arn (\" " + other.source + " \") and function (\" " + other.function_name +
                           " \") provided mapping already exists. Please update or delete the existing mapping with "
                           "UUID " +
                           other.uuid);
  }
}

template <class Operation>
void addMappingChange(rpc::RestApi& api, const rpc::RestRoute& route, Context& context) {
  struct Changed {
    StoredMapping mapping;
    std::string state;
  };
  auto handler = [&context](rpc::Request request, rpc::Callback respond) {
    std::shared_ptr<const Operation> operation;
    try {
      rpc::RequestReader reader(request);
      operation = std::make_shared<const Operation>(reader, context);
    } catch (...) {
      return respond(std::current_exception());
    }
    auto changed = std::make_shared<Changed>();
    context.store.write(
        [operation, changed](Transaction& transaction) {
          changed->mapping = operation->run(transaction, changed->state);
        },
        [&context, changed, respond = std::move(respond)](std::exception_ptr error) {
          if (error) return respond(error);
          context.mappings.changed(changed->mapping.uuid);
          std::string body;
          JsonWriter json(body);
          writeMapping(json, context.functions, changed->mapping, changed->state);
          respond(rpc::Outcome::ofBody(std::move(body)));
        });
  };
  api.add(route.method, route.path, route.operation, rpc::withStatus(std::move(handler), route.status));
}

}  // namespace ddblog::lambda
