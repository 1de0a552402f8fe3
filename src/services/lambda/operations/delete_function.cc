// DeleteFunction: deletes a function with its versions and aliases, or one version. Its waiting
// invocations are kept until they are too old, and its event source mappings do nothing from then on.
//
// Rejects: ResourceNotFoundException; InvalidParameterValueException for $LATEST;
// ResourceConflictException for a version that an alias points to.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
//
// It does not use the common shape of operations, because the processes end after the commit.
#include <memory>
#include <utility>
#include <vector>

#include "rpc/rest_operation.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteFunction {
 public:
  DeleteFunction(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  // Returns the versions that no longer exist.
  std::vector<FunctionPointer> run(Transaction& transaction) const {
    const FunctionPointer found = context_.functions.get(transaction, asked_.name, asked_.qualifier);
    const bool has_qualifier = !asked_.qualifier.empty() || asked_.name.ends_with(":" + std::string(kLatest));
    if (found->alias.empty() && found->version == kLatest) {
      if (has_qualifier) {
        throw invalidParameterValue("$LATEST version cannot be deleted without deleting the function.");
      }
      std::vector<FunctionPointer> deleted = context_.functions.versions(transaction, found->name);
      deleted.push_back(found);
      context_.functions.erase(transaction, found->name);
      return deleted;
    }
    if (!found->alias.empty()) {
      throw invalidParameterValue("Deletion of aliases is not currently supported.");
    }
    checkAliases(transaction, *found);
    context_.functions.eraseVersion(transaction, *found);
    return {found};
  }

 private:
  static void checkAliases(const Reader& reader, const Function& version) {
    std::string names;
    for (const Alias& alias : aliasesOf(reader, version.name)) {
      if (alias.version != version.version && !alias.weights.contains(version.version)) continue;
      names += (names.empty() ? "" : ", ") + alias.name;
    }
    if (names.empty()) return;
    throw resourceConflict("Unable to delete version because the following aliases reference it: [" + names + "]");
  }

  Context& context_;
  const FunctionReference asked_;
};

void deleteFunction(Context& context, const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  const auto operation = std::make_shared<const DeleteFunction>(reader, context);
  const auto deleted = std::make_shared<std::vector<FunctionPointer>>();
  context.store.write([operation, deleted](Transaction& transaction) { *deleted = operation->run(transaction); },
                      [&context, deleted, respond = std::move(respond)](std::exception_ptr error) {
                        if (error) return respond(error);
                        for (const FunctionPointer& version : *deleted) context.host.forget(*version);
                        respond(rpc::Response{204, {}, {}, {}});
                      });
}

}  // namespace

void addDeleteFunction(rpc::RestApi& api, Context& context) {
  api.add("DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction",
          [&context](rpc::Request request, rpc::Callback respond) {
            try {
              deleteFunction(context, request, respond);
            } catch (...) {
              respond(std::current_exception());
            }
          });
}

}  // namespace ddblog::lambda
