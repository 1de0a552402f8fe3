#include "template/stack.h"

#include <algorithm>
#include <array>

#include "template/include.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

constexpr std::array kTransforms = {"AWS::Include", "AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"};

// A value of a nested stack's parameter: a list with commas.
std::string parameterText(const Node& value) {
  if (!value.isList()) return value.text;
  std::string joined;
  for (const Node& element : value.elements) joined += (joined.empty() ? "" : ",") + element.text;
  return joined;
}

void merge(Node& document, Node included) {
  for (Node::Member& section : included.members) {
    const Node* present = document.find(section.name);
    if (!present || !present->isMap() || !section.value.isMap()) {
      document.set(section.name, std::move(section.value));
      continue;
    }
    Node both = *present;
    for (Node::Member& member : section.value.members) both.set(member.name, std::move(member.value));
    document.set(section.name, std::move(both));
  }
}

}  // namespace

// Applies AWS::Include to the whole template, and notes which macros do not run.
Node Stack::prepared(Node document, Shared& shared, const std::filesystem::path& directory) {
  if (!document.isMap()) throw TemplateError("is not a template", document.place);
  const Node* transform = document.given("Transform");
  std::vector<Node> macros;
  if (transform) macros = transform->isList() ? transform->elements : std::vector<Node>{*transform};
  for (const Node& macro : macros) {
    if (macro.isMap()) {
      merge(document, includedFile(macro, directory, shared));
    } else if (std::ranges::find(kTransforms, macro.text) == kTransforms.end()) {
      shared.findings.note(macro.place, "the macro " + macro.text + " does not run offline");
      shared.may_get_resources = true;
    }
  }
  const Node* resources = document.given("Resources");
  const bool has_some = resources && resources->isMap() && !resources->members.empty();
  if (!has_some && !(resources && shared.may_get_resources)) {
    throw TemplateError("there are no Resources", document.place);
  }
  return document;
}

Stack::Stack(Node document, std::map<std::string, std::string> parameters, Shared& shared,
             std::filesystem::path directory, std::string name_prefix)
    : shared_(shared),
      directory_(std::move(directory)),
      name_prefix_(std::move(name_prefix)),
      document_(prepared(std::move(document), shared, directory_)),
      parameters_(document_.given("Parameters"), std::move(parameters), shared.outside, shared.stand_ins,
                  shared.findings),
      intrinsics_(document_, parameters_, shared, directory_, name_prefix_) {
  intrinsics_.setNestedOutputs(
      [this](const std::string& logical_id, const std::string& name) { return outputOf(logical_id, name); });
  if (!name_prefix_.empty()) declareExports();  // to the stacks beside it
}

void Stack::declareExports() {
  const Node* outputs = document_.given("Outputs");
  if (!outputs) return;
  for (const Node::Member& output : outputs->members) {
    const Node* exported = output.value.given("Export");
    const Node* name = exported ? exported->given("Name") : nullptr;
    const Node* value = output.value.given("Value");
    if (!name || !value) continue;
    try {
      const Node* condition = output.value.given("Condition");
      if (condition && !intrinsics_.condition(condition->text, condition->place)) continue;
      const std::string export_name = intrinsics_.text(*name, "Export");
      if (shared_.exports.contains(export_name)) {
        shared_.findings.note(name->place, "another stack exports " + export_name + ", too: the value is this one's");
      }
      shared_.exports[export_name] = [this, value] { return intrinsics_.text(*value, "Value"); };
    } catch (const TemplateError& e) {
      shared_.findings.note(e.place.line > 0 ? e.place : name->place,
                            "the output " + output.name + " exports nothing: " + e.what());
    }
  }
}

Stack* Stack::nested(const std::string& logical_id) {
  if (const auto known = nested_.find(logical_id); known != nested_.end()) return known->second.get();
  if (const auto known = failed_.find(logical_id); known != failed_.end()) throw known->second;
  const Node* declaration = intrinsics_.resource(logical_id);
  if (!declaration) return nullptr;
  if (!in_progress_.insert(logical_id).second) {
    throw TemplateError("circular references: the nested stack " + logical_id, declaration->place);
  }
  std::unique_ptr<Stack> stack;
  try {
    stack = readNested(logical_id, *declaration);
  } catch (TemplateError& e) {
    in_progress_.erase(logical_id);
    if (e.place.line == 0) e.place = declaration->place;
    failed_.emplace(logical_id, e);
    throw;
  }
  in_progress_.erase(logical_id);
  return nested_.emplace(logical_id, std::move(stack)).first->second.get();
}

std::unique_ptr<Stack> Stack::readNested(const std::string& logical_id, const Node& declaration) {
  const Node* properties = declaration.given("Properties");
  const Node* location = properties ? properties->given("TemplateURL") : nullptr;
  if (properties && !location) location = properties->given("Location");
  const Node* metadata = declaration.given("Metadata");
  const Node* asset = metadata ? metadata->given("aws:asset:path") : nullptr;
  if (asset && asset->isScalar()) location = asset;
  const bool is_text = location && (location->isScalar() || location->function());
  const std::string path = is_text ? intrinsics_.text(*location, "TemplateURL") : "";
  const std::filesystem::path file = (directory_ / path).lexically_normal();
  std::error_code unknown;
  if (path.empty() || !std::filesystem::is_regular_file(file, unknown)) {
    shared_.findings.note(declaration.place,
                          logical_id + ": a nested stack whose template is no local file does not run offline");
    return nullptr;
  }
  countStack(shared_, declaration.place);
  std::map<std::string, std::string> parameters;
  const Node* given = properties->given("Parameters");
  if (const std::optional<Node> values = given ? intrinsics_.evaluate(*given) : std::nullopt) {
    for (const Node::Member& parameter : values->members) parameters[parameter.name] = parameterText(parameter.value);
  }
  Node document = parseTemplateText(readTextFile(file), shared_.findings.addFile(file.string()), shared_.findings);
  return std::make_unique<Stack>(std::move(document), std::move(parameters), shared_, file.parent_path(),
                                 name_prefix_ + logical_id + "-");
}

std::optional<std::string> Stack::outputOf(const std::string& logical_id, const std::string& name) {
  Stack* stack = nested(logical_id);
  const Node* outputs = stack ? stack->document_.given("Outputs") : nullptr;
  if (!stack) return std::nullopt;
  const Node* output = outputs ? outputs->given(name) : nullptr;
  const Node* value = output ? output->given("Value") : nullptr;
  if (!value) throw TemplateError("the stack " + logical_id + " has no output " + name);
  return stack->intrinsics_.text(*value, "Value");
}

}  // namespace ddblog::templates
