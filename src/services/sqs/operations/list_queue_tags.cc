// ListQueueTags: the tags of a queue.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"

namespace ddblog::sqs {
namespace {

class ListQueueTags {
 public:
  ListQueueTags(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const Queue queue = context_.catalog.get(reader, name_);
    std::string out;
    JsonWriter json(out);
    json.beginObject();
    if (!queue.tags.empty()) {
      json.key("Tags").beginObject();
      for (const auto& [key, value] : queue.tags) json.key(key).value(value);
      json.endObject();
    }
    json.endObject();
    return out;
  }

 private:
  Context& context_;
  std::string name_;
};

}  // namespace

void addListQueueTags(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListQueueTags>(api, "ListQueueTags", context);
}

}  // namespace ddblog::sqs
