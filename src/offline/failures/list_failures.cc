// ListFailures: what was given up, newest first, a page at a time.
#include "base/json_writer.h"
#include "offline/failures/failure_json.h"
#include "offline/failures/failure_routes.h"
#include "rpc/rest_operation.h"

namespace ddblog::offline {

namespace {

constexpr std::int64_t kMostOnAPage = 1'000;
constexpr std::int64_t kUsualPage = 100;

class ListFailures {
 public:
  ListFailures(rpc::RequestReader& request, FailureContext& context) : failures_(context.failures) {
    limit_ =
        static_cast<std::size_t>(request.queryInteger("limit", {.min = 1, .max = kMostOnAPage}).value_or(kUsualPage));
    if (const auto before = request.queryInteger("before", {.min = 0})) {
      before_ = static_cast<std::uint64_t>(*before);
    }
    if (const auto kind = request.query("kind", {.one_of = {"invocation", "batch", "delivery"}})) {
      filter_.kind = parseFailureKind(*kind);
    }
    filter_.function = request.query("function").value_or("");
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FailureStore::Page page = failures_.list(reader, filter_, before_, limit_);
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("failures").beginArray();
    for (const FailureSummary& summary : page.failures) writeSummary(json, summary);
    json.endArray().key("total").value(failures_.count(reader));
    if (page.next) json.key("next").value(std::to_string(*page.next));
    json.endObject();
    return body;
  }

 private:
  const FailureStore& failures_;
  std::size_t limit_ = 0;
  std::optional<std::uint64_t> before_;
  FailureStore::Filter filter_;
};

}  // namespace

void addListFailures(rpc::RestApi& api, FailureContext& context) {
  rpc::addRead<ListFailures>(api, {"GET", "/_local/failures", "ListFailures"}, context);
}

}  // namespace ddblog::offline
