// DeleteTable: deletes a table with its items, indexes, tags and policy. Its stream stays readable
// until its retention ends.
//
// Errors: ResourceNotFoundException; ValidationException if the table is protected against
// deletion.
#include <string>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class DeleteTable {
 public:
  DeleteTable(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
};

DeleteTable::DeleteTable(rpc::RequestReader& request, Context& context)
    : context_(context), name_(readTableName(request.fields(), context)) {
  request.finish();
}

std::string DeleteTable::run(Transaction& transaction) const {
  Table table = *describedTable(transaction, context_, name_);
  if (table.deletion_protection) {
    throw validationError(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  }
  if (table.stream) turnStreamOff(transaction, context_, table);
  context_.catalog.erase(transaction, table);
  eraseLater(transaction, table);
  eraseExtras(transaction, table.id);

  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TableDescription");
  writeDeletedTable(json, table);
  json.endObject();
  return out;
}

}  // namespace

void addDeleteTable(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<DeleteTable>(service, "DeleteTable", context);
}

}  // namespace ddblog::dynamodb
