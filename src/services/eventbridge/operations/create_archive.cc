// CreateArchive: creates an archive, which from then on keeps the events of a bus that match its pattern.
// Errors: constraints; an ARN that is no bus's; an invalid pattern; a missing bus; an archive with
// that name; too many archives.
#include <string>

#include "event_patterns/pattern.h"
#include "rpc/operation.h"
#include "services/eventbridge/archive/limits.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class CreateArchive {
 public:
  CreateArchive(rpc::RequestReader& request, ArchiveContext& context);
  std::string run(Transaction& transaction) const;

 private:
  ArchiveContext& context_;
  ArchiveDescription archive_;
};

CreateArchive::CreateArchive(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  archive_.name = fields.string("ArchiveName", archiveNameRule()).value_or("");
  const std::string source = fields.string("EventSourceArn", sourceArnRule(true)).value_or("");
  archive_.description = fields.string("Description", descriptionRule()).value_or("");
  archive_.pattern = fields.string("EventPattern", patternRule()).value_or("");
  archive_.retention_days = fields.integer("RetentionDays", {.min = 0, .max = kMostRetentionDays}).value_or(0);
  archive_.kms_key = fields.string("KmsKeyIdentifier", kmsKeyRule()).value_or("");
  request.finish();
  archive_.bus = busOfArn(context.bus, source, "EventSourceArn");
  if (!archive_.pattern.empty()) event_patterns::Pattern::compile(archive_.pattern);
  archive_.id = context.archives.newId();
  archive_.created_at = context.bus.clock.now();
}

std::string CreateArchive::run(Transaction& transaction) const {
  context_.bus.catalog.bus(transaction, archive_.bus);
  if (context_.archives.find(transaction, archive_.name)) {
    throw ApiError("ResourceAlreadyExistsException", "Archive " + archive_.name + " already exists.");
  }
  if (context_.archives.count(transaction) >= limits::kArchives) throw limitExceeded();
  context_.archives.put(transaction, archive_);
  return changedArchive(context_.bus, archive_);
}

}  // namespace

void addCreateArchive(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addWrite<CreateArchive>(api, "CreateArchive", context);
}

}  // namespace ddblog::eventbridge
