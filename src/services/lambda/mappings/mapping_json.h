// An event source mapping as Lambda's API describes it (EventSourceMappingConfiguration).
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
// Thread safety: pure functions.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "services/lambda/mappings/stored_mappings.h"

namespace ddblog::lambda {

// `state`: "Enabled", "Disabling" …. `last_result`: of its last batch.
void writeMapping(JsonWriter& json, const Functions& functions, const StoredMapping& mapping, const std::string& state,
                  const std::string& last_result = "No records processed");

}  // namespace ddblog::lambda
