// DescribeTable: a table's description. Refuses ResourceNotFoundException.
#include <string>

#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class DescribeTable {
 public:
  DescribeTable(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

DescribeTable::DescribeTable(rpc::RequestReader& request, Context& context)
    : context_(context), name_(readTableName(request.fields(), context)) {
  request.finish();
}

std::string DescribeTable::run(const Reader& reader) const {
  const auto table = describedTable(reader, context_, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Table");
  writeTableDescription(json, reader, *table);
  json.endObject();
  return out;
}

}  // namespace

void addDescribeTable(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeTable>(service, "DescribeTable", context);
}

}  // namespace ddblog::dynamodb
