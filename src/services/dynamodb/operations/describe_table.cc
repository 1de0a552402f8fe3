// DescribeTable: a table's description. Throws ResourceNotFoundException.
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
  return tableAnswer("Table", reader, *describedTable(reader, context_, name_));
}

}  // namespace

void addDescribeTable(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeTable>(service, "DescribeTable", context);
}

}  // namespace ddblog::dynamodb
