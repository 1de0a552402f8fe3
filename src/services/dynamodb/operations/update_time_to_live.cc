// UpdateTimeToLive: turns a table's time to live on or off. Turning it on queues the existing
// items.
//
// Errors: constraints of single fields; ResourceNotFoundException; ValidationException if nothing
// would change ("TimeToLive is already enabled").
#include <string>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/expiry.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class UpdateTimeToLive {
 public:
  UpdateTimeToLive(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  std::string attribute_;
  bool enabled_ = false;
};

UpdateTimeToLive::UpdateTimeToLive(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  name_ = readTableName(fields, context);
  auto specification =
      fields.object("TimeToLiveSpecification", true, "com.amazonaws.dynamodb.v20120810.TimeToLiveSpecification");
  if (specification) {
    attribute_ = specification->string("AttributeName", {.required = true, .min = 1, .max = 255}).value_or("");
    enabled_ = specification->boolean("Enabled", true).value_or(false);
  }
  request.finish();
}

std::string UpdateTimeToLive::run(Transaction& transaction) const {
  Table table = *describedTable(transaction, context_, name_);
  const bool is_on = !table.ttl_attribute.empty();
  if (!enabled_ && !is_on) throw validationError("TimeToLive is already disabled");
  if (is_on && table.ttl_attribute != attribute_) {
    throw validationError("TimeToLive is active on a different AttributeName: current AttributeName is " +
                          table.ttl_attribute);
  }
  if (enabled_ && is_on) throw validationError("TimeToLive is already enabled");
  table.ttl_attribute = enabled_ ? attribute_ : std::string();
  table.ttl_changed_at = context_.clock.now();
  context_.catalog.put(transaction, table);
  if (enabled_) fillExpiry(transaction, table);

  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TimeToLiveSpecification").beginObject().key("Enabled").value(enabled_);
  json.key("AttributeName").value(attribute_).endObject().endObject();
  return out;
}

}  // namespace

void addUpdateTimeToLive(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<UpdateTimeToLive>(service, "UpdateTimeToLive", context);
}

}  // namespace ddblog::dynamodb
