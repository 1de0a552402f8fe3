// A PartiQL statement of a request: reads its fields and parses it.
//
// Thread safety: none; each belongs to one request on one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "item/attribute_value.h"
#include "partiql/statement.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/items/item_requests.h"

namespace ddblog::dynamodb {

class StatementRequest {
 public:
  // "Statement" and "Parameters" of the request, or of one of its statements.
  explicit StatementRequest(rpc::ObjectReader& fields);

  // Throws ApiError ValidationException for an invalid parameter.
  void readParameters();
  // Reads the parameters too, unless that was done. Throws ApiError ValidationException.
  partiql::Statement parse();

  // Equal for the same text and parameters.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::string text_;
  std::vector<DeferredValue> deferred_;  // parameters that are not read yet
  std::vector<AttributeValue> parameters_;
  std::uint64_t fingerprint_ = 0;
};

bool isRead(const partiql::Statement& statement);
partiql::Returning returningOf(const partiql::Statement& statement);

}  // namespace ddblog::dynamodb
