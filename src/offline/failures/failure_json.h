// Failures as the routes show them (failure_routes.h), and the ids in their paths.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "offline/failures/failure_store.h"

namespace ddblog::offline {

// std::nullopt: not an id.
std::optional<std::uint64_t> parseFailureId(std::string_view text);
std::optional<rpc::Failure::Kind> parseFailureKind(std::string_view text);

// The failure with the id `text`. Throws ApiError ResourceNotFoundException.
FailureSummary findFailure(const FailureStore& failures, const Reader& reader, const std::string& text);

void writeSummary(JsonWriter& json, const FailureSummary& summary);
void writeFailure(JsonWriter& json, const FailureSummary& summary, const rpc::Failure& failure);

}  // namespace ddblog::offline
