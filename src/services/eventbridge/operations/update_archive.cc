// UpdateArchive: changes what an archive keeps from now on, and for how long. What is not given stays.
// Events that it keeps already stay, whatever the new pattern.
// Errors: constraints, an invalid pattern, a missing archive.
#include <optional>
#include <string>

#include "event_patterns/pattern.h"
#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class UpdateArchive {
 public:
  UpdateArchive(rpc::RequestReader& request, ArchiveContext& context);
  std::string run(Transaction& transaction) const;

 private:
  ArchiveContext& context_;
  std::string name_;
  std::optional<std::string> description_, pattern_, kms_key_;
  std::optional<std::int64_t> retention_days_;
};

UpdateArchive::UpdateArchive(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  name_ = fields.string("ArchiveName", archiveNameRule()).value_or("");
  description_ = fields.string("Description", descriptionRule());
  pattern_ = fields.string("EventPattern", patternRule());
  retention_days_ = fields.integer("RetentionDays", {.min = 0, .max = kMostRetentionDays});
  kms_key_ = fields.string("KmsKeyIdentifier", kmsKeyRule());
  request.finish();
  if (pattern_ && !pattern_->empty()) event_patterns::Pattern::compile(*pattern_);
}

std::string UpdateArchive::run(Transaction& transaction) const {
  ArchiveDescription archive = context_.archives.get(transaction, name_);
  archive.description = description_.value_or(archive.description);
  archive.pattern = pattern_.value_or(archive.pattern);
  archive.kms_key = kms_key_.value_or(archive.kms_key);
  archive.retention_days = retention_days_.value_or(archive.retention_days);
  context_.archives.put(transaction, archive);
  return changedArchive(context_.bus, archive);
}

}  // namespace

void addUpdateArchive(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addWrite<UpdateArchive>(api, "UpdateArchive", context);
}

}  // namespace ddblog::eventbridge
