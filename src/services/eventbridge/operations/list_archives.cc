// ListArchives: archives in the order of their names. Errors: constraints, more than one filter.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class ListArchives {
 public:
  ListArchives(rpc::RequestReader& request, ArchiveContext& context)
      : context_(context),
        filter_(readListFilter(request, archiveNameRule(false),
                               {"ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"},
                               "ListArchives")) {}
  std::string run(const Reader& reader) const;

 private:
  ArchiveContext& context_;
  const ListFilter filter_;
};

std::string ListArchives::run(const Reader& reader) const {
  const auto page = context_.archives.list(reader, filter_.page, [this](const ArchiveDescription& archive) {
    return (filter_.source_arn.empty() || context_.bus.arns.bus(archive.bus) == filter_.source_arn) &&
           (filter_.state.empty() || filter_.state == "ENABLED");
  });
  return listAnswer("Archives", page, [this](JsonWriter& json, const ArchiveDescription& archive) {
    writeArchive(json, archive, context_);
  });
}

}  // namespace

void addListArchives(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addRead<ListArchives>(api, "ListArchives", context);
}

}  // namespace ddblog::eventbridge
