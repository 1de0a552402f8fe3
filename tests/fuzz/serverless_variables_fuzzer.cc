// Any text as a serverless.yml: it is refused with one line, or its variables are resolved, within the limits.
// Variables that name files find none: the service's directory does not exist. Scripts are not run.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "template/serverless/dotenv.h"
#include "template/serverless/tree.h"
#include "template/serverless/variable_syntax.h"
#include "template/serverless/variables.h"

using namespace ddblog;
using namespace ddblog::templates;
using namespace ddblog::templates::serverless;

namespace {

constexpr std::size_t kLongest = 16u << 10;  // a longer text takes longer, and shows nothing more

void checkSyntax(std::string_view text) {
  try {
    const auto parsed = parseVariables(text);
    if (!parsed) return;
    for (const auto& part : *parsed) {
      const auto* variable = std::get_if<std::shared_ptr<const Variable>>(&part);
      if (!variable) continue;
      FUZZ_CHECK(!(*variable)->sources.empty());
      FUZZ_CHECK((*variable)->written.starts_with("${") && (*variable)->written.ends_with("}"));
      FUZZ_CHECK(text.find((*variable)->written) != std::string_view::npos);
    }
  } catch (const std::invalid_argument&) {
  }
}

void checkResolution(std::string_view text) {
  VariableInputs inputs;
  inputs.stage = "local";
  inputs.region = "us-east-1";
  inputs.given = {{"color", "red"}};
  Notes notes;
  Scripts scripts;
  try {
    Tree root = parseTree(text, "serverless.yml");
    Variables variables("/nonexistent", root, inputs, notes, scripts);
    variables.resolveAll(root);
    FUZZ_CHECK(countNodes(root) <= kResolvedNodes + kLongest);
    jsonOf(root);
  } catch (const TemplateError& error) {
    FUZZ_CHECK(std::string_view(error.what()).find(":") != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), std::min(size, kLongest));
  checkSyntax(text);
  checkResolution(text);
  readDotenv(text, {{"HOME", "/nonexistent"}});
  return 0;
}
