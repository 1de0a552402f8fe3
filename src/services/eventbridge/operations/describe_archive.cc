// DescribeArchive: one archive, with how much it holds. Errors: constraints, a missing archive.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"

namespace ddblog::eventbridge {
namespace {

class DescribeArchive {
 public:
  DescribeArchive(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
    name_ = request.fields().string("ArchiveName", archiveNameRule()).value_or("");
    request.finish();
  }
  std::string run(const Reader& reader) const;

 private:
  ArchiveContext& context_;
  std::string name_;
};

std::string DescribeArchive::run(const Reader& reader) const {
  const ArchiveDescription archive = context_.archives.get(reader, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ArchiveArn").value(context_.bus.arns.archive(archive.name));
  if (!archive.description.empty()) json.key("Description").value(archive.description);
  if (!archive.pattern.empty()) json.key("EventPattern").value(archive.pattern);
  if (!archive.kms_key.empty()) json.key("KmsKeyIdentifier").value(archive.kms_key);
  writeArchive(json, archive, context_);
  json.endObject();
  return out;
}

}  // namespace

void addDescribeArchive(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addRead<DescribeArchive>(api, "DescribeArchive", context);
}

}  // namespace ddblog::eventbridge
