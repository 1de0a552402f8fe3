// ListVersionsByFunction: $LATEST of a function and its versions, from the oldest on, in pages of
// MaxItems (at most 50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListVersionsByFunction {
 public:
  ListVersionsByFunction(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)), page_(request) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer latest = context_.functions.get(reader, asked_.name);
    std::vector<FunctionPointer> all = context_.functions.versions(reader, latest->name);
    all.insert(all.begin(), latest);
    return page_.write("Versions", all, [](JsonWriter& json, const FunctionPointer& version) {
      writeConfiguration(json, *version, true);
    });
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const Page page_;
};

}  // namespace

void addListVersionsByFunction(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListVersionsByFunction>(
      api, {"GET", "/2015-03-31/functions/{FunctionName}/versions", "ListVersionsByFunction"}, context);
}

}  // namespace ddblog::lambda
