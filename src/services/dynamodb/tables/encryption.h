// SSESpecification: read, refused in DynamoDB's words (of October 2026, as users report them), and described. Nothing
// is encrypted and there is no KMS: an alias stands for a key of its own, the same each time.
//
// Throws ApiError. Thread safety: pure functions.
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

  // With a key of KMS. Off is encryption with DynamoDB's own key, which is not described.
  bool isOn() const { return enabled.value_or(type.has_value()); }
};

std::optional<EncryptionRequest> readEncryption(rpc::ObjectReader& fields);
// To be called after finish().
void checkEncryption(const EncryptionRequest& request);
// Refuses what is so already.
void checkEncryptionChange(const EncryptionRequest& request, const Table& table);
// The JSON of SSEDescription; empty: off.
std::string describeEncryption(const EncryptionRequest& request, const Context& context);

}  // namespace ddblog::dynamodb
