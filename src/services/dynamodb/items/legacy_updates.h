// AttributeUpdates, the parameter of UpdateItem that predates expressions, translated into the
// update that an UpdateExpression becomes.
//
// Errors are ValidationException; dynalite's tests recorded the messages from the service
// (https://github.com/architect/dynalite, test/updateItem.js). Semantics:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.AttributeUpdates.html
//
// Thread safety: none; it belongs to one request on one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expression/update.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/items/item_requests.h"

namespace ddblog::dynamodb {

class LegacyUpdates {
 public:
  explicit LegacyUpdates(rpc::ObjectReader& fields);

  // Rejects invalid attribute values and unknown actions.
  void checkValues();
  // std::nullopt: absent. Rejects actions that do not fit their values. Call it after checkValues.
  std::optional<Update> update();

 private:
  struct Entry {
    std::string attribute;
    std::string action;  // PUT if absent
    std::optional<DeferredValue> held;
    std::optional<AttributeValue> value;  // set by checkValues
  };

  bool given_ = false;
  std::vector<Entry> entries_;
};

}  // namespace ddblog::dynamodb
