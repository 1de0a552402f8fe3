// DescribeContinuousBackups: a table's settings for point-in-time recovery, as
// UpdateContinuousBackups stored them (continuous_backups.h). Throws TableNotFoundException.
#include <string>

#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/continuous_backups.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class DescribeContinuousBackups {
 public:
  DescribeContinuousBackups(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

DescribeContinuousBackups::DescribeContinuousBackups(rpc::RequestReader& request, Context& context)
    : context_(context), name_(readTableName(request.fields(), context)) {
  request.finish();
}

std::string DescribeContinuousBackups::run(const Reader& reader) const {
  return describeBackups(reader, context_, *backedUpTable(reader, context_, name_));
}

}  // namespace

void addDescribeContinuousBackups(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeContinuousBackups>(service, "DescribeContinuousBackups", context);
}

}  // namespace ddblog::dynamodb
