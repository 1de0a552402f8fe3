// DeleteArchive: deletes an archive and the events that it keeps. Its active replays fail.
// Errors: constraints, a missing archive.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"

namespace ddblog::eventbridge {
namespace {

class DeleteArchive {
 public:
  DeleteArchive(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
    name_ = request.fields().string("ArchiveName", archiveNameRule()).value_or("");
    request.finish();
  }
  std::string run(Transaction& transaction) const {
    context_.archives.get(transaction, name_);
    context_.archives.erase(transaction, name_);
    return "{}";
  }

 private:
  ArchiveContext& context_;
  std::string name_;
};

}  // namespace

void addDeleteArchive(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addWrite<DeleteArchive>(api, "DeleteArchive", context);
}

}  // namespace ddblog::eventbridge
