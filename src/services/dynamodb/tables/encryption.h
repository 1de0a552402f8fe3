// Reads, validates and describes SSESpecification, with DynamoDB's messages (as users reported them
// in October 2026). We encrypt nothing and have no KMS: each alias always stands for the same
// made-up key.
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

struct EncryptionRequest {
  std::optional<bool> enabled;
  std::optional<std::string> type;
  std::optional<std::string> key_id;

  // Whether encryption with a KMS key is on. Off means encryption with DynamoDB's own key, which
  // DynamoDB does not describe.
  bool isOn() const { return enabled.value_or(type.has_value()); }
};

std::optional<EncryptionRequest> readEncryption(rpc::ObjectReader& fields);
// Call it after finish().
void checkEncryption(const EncryptionRequest& request);
// Rejects a change that changes nothing.
void checkEncryptionChange(const EncryptionRequest& request, const Table& table);
// SSEDescription as JSON; empty: encryption is off.
std::string describeEncryption(const EncryptionRequest& request, const Context& context);

}  // namespace ddblog::dynamodb
