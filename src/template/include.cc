#include "template/include.h"

#include "template/yaml.h"

namespace ddblog::templates {

namespace {

constexpr std::size_t kFiles = 100;

}  // namespace

void countStack(Shared& shared, Place place) {
  if (++shared.stacks > kFiles) throw TemplateError("more than 100 included files and nested stacks", place);
}

Node includedFile(const Node& macro, const std::filesystem::path& directory, Shared& shared) {
  const Node* name = macro.find("Name");
  const Node* parameters = macro.find("Parameters");
  const Node* location = parameters ? parameters->find("Location") : nullptr;
  const auto nothing = [&](const std::string& why) {
    shared.findings.note(macro.place, why);
    shared.may_get_resources = true;
    return Node::ofMap(macro.place);
  };
  if (!name || name->text != "AWS::Include") {
    return nothing("the macro " + (name ? name->text : std::string("without a name")) + " does not run offline");
  }
  if (!location || !location->isScalar() || location->text.find("://") != std::string::npos) {
    return nothing("AWS::Include reads local files only: this one is left out");
  }
  countStack(shared, macro.place);
  const std::filesystem::path file = (directory / location->text).lexically_normal();
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(file, unknown)) {
    return nothing("there is no file " + file.string() + ": this AWS::Include is left out");
  }
  try {
    Node included = parseTemplateText(readTextFile(file), shared.findings.addFile(file.string()), shared.findings);
    if (!included.isMap()) throw TemplateError(file.string() + " is no map");
    return included;
  } catch (TemplateError& e) {
    if (e.place.line == 0) e.place = macro.place;
    throw;
  }
}

}  // namespace ddblog::templates
