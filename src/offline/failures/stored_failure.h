// The stored form of failures, as failure_store.h draws it.
//
// Errors: decoding throws std::runtime_error on bytes that encoding did not write.
// Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "offline/failures/failure_store.h"

namespace ddblog::offline {

std::string encodeSummary(const FailureSummary& summary);
FailureSummary decodeSummary(std::uint64_t number, std::string_view stored);

// `error_bytes`: how much of the error is kept.
std::string encodeDetails(const rpc::Failure& failure, std::size_t error_bytes);
// `summary`: for the parts that the details do not have.
rpc::Failure decodeDetails(const FailureSummary& summary, std::string_view stored);

}  // namespace ddblog::offline
