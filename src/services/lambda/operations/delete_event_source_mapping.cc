// DeleteEventSourceMapping: ends a mapping after its running invocations, and deletes it with its
// checkpoints.
//
// Rejects: ResourceNotFoundException; ResourceInUseException while it is being deleted.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html
#include "services/lambda/functions/errors.h"
#include "services/lambda/operations/mapping_change.h"

namespace ddblog::lambda {

namespace {

class DeleteEventSourceMapping {
 public:
  DeleteEventSourceMapping(rpc::RequestReader& request, Context&) : uuid_(request.pathParameter("UUID")) {
    request.finish();
  }

  StoredMapping run(Transaction& transaction, std::string& state) const {
    const auto mapping = findMapping(transaction, uuid_);
    if (!mapping) throw notFound("The resource you requested does not exist.");
    if (mapping->is_being_deleted) throw mappingInUse(uuid_);
    beginDeletion(transaction, *mapping);
    state = "Deleting";
    return *mapping;
  }

 private:
  const std::string uuid_;
};

}  // namespace

void addDeleteEventSourceMapping(rpc::RestApi& api, Context& context) {
  addMappingChange<DeleteEventSourceMapping>(
      api, {"DELETE", "/2015-03-31/event-source-mappings/{UUID}", "DeleteEventSourceMapping", 202}, context);
}

}  // namespace ddblog::lambda
