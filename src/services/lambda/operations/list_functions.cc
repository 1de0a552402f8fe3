// ListFunctions: the functions by name, with all their versions if the request says so, in pages of
// MaxItems (at most 50 functions).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
#include <algorithm>

#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

constexpr std::int64_t kPage = 50;  // default and maximum page size

class ListFunctions {
 public:
  ListFunctions(rpc::RequestReader& request, Context& context) : context_(context) {
    after_ = request.query("Marker").value_or("");
    const auto most = request.queryInteger("MaxItems", {.min = 1, .max = 10'000});
    all_versions_ = request.query("FunctionVersion", {.one_of = {"ALL"}}).has_value();
    request.finish();
    limit_ = static_cast<std::size_t>(std::min(most.value_or(kPage), kPage));
  }

  std::string run(const Reader& reader) const {
    std::vector<FunctionPointer> page = context_.functions.list(reader, after_, limit_ + 1);
    const bool has_more = page.size() > limit_;
    if (has_more) page.pop_back();
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("Functions").beginArray();
    for (const FunctionPointer& function : page) {
      writeConfiguration(json, *function, all_versions_);
      if (!all_versions_) continue;
      for (const FunctionPointer& version : context_.functions.versions(reader, function->name)) {
        writeConfiguration(json, *version, true);
      }
    }
    json.endArray();
    if (has_more) json.key("NextMarker").value(page.back()->name);
    json.endObject();
    return body;
  }

 private:
  Context& context_;
  std::size_t limit_ = 0;
  bool all_versions_ = false;
  std::string after_;
};

}  // namespace

void addListFunctions(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListFunctions>(api, {"GET", "/2015-03-31/functions", "ListFunctions"}, context);
}

}  // namespace ddblog::lambda
