// AttributeUpdates: what UpdateItem was given before there were expressions, translated into the
// update that an UpdateExpression becomes.
//
// Refusals are ValidationException; their words were recorded from the service by dynalite's tests
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

  // Refuses values that no attribute may have, and actions that are none.
  void checkValues();
  // nullopt: not given. Refuses actions that their values do not fit. After checkValues.
  std::optional<Update> update();

 private:
  struct Entry {
    std::string attribute;
    std::string action;  // PUT if it is not given
    std::optional<DeferredValue> held;
    std::optional<AttributeValue> value;  // once checked
  };

  bool given_ = false;
  std::vector<Entry> entries_;
};

}  // namespace ddblog::dynamodb
