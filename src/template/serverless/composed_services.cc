#include "template/serverless/composed_services.h"

#include <algorithm>

#include "base/files.h"
#include "template/serverless/service_file.h"
#include "template/serverless/variables.h"

namespace ddblog::templates::serverless {

namespace {

namespace fs = std::filesystem;

// A piece of a text: literal, or the output of a service.
struct Piece {
  std::string literal;
  std::string service;  // empty: it is literal
  std::string output;
};

std::vector<Piece> piecesOf(const std::string& text) {
  std::vector<Piece> pieces;
  std::size_t place = 0;
  for (std::size_t begin; (begin = text.find("${", place)) != std::string::npos;) {
    const std::size_t end = text.find('}', begin);
    const std::size_t point = text.find('.', begin);
    if (end == std::string::npos || point > end) break;
    pieces.push_back({text.substr(place, begin - place), "", ""});
    pieces.push_back({"", text.substr(begin + 2, point - begin - 2), text.substr(point + 1, end - point - 1)});
    place = end + 1;
  }
  pieces.push_back({text.substr(place), "", ""});
  return pieces;
}

[[noreturn]] void fail(const Place& place, const std::string& what) { throw TemplateError(place.text() + ": " + what); }

std::string textIn(const Tree& service, const char* name) {
  const Tree* found = service.find(name);
  if (!found || found->isNull()) return "";
  if (found->kind != Tree::Kind::kScalar) fail(found->place, std::string(name) + " must be a text");
  return scalarText(found->scalar);
}

fs::path fileOf(const fs::path& directory, const std::string& name, const Tree& service) {
  const std::string path = textIn(service, "path");
  if (path.empty()) fail(service.place, "the service " + name + " has no path");
  const fs::path folder = (directory / path).lexically_normal();
  const std::string config = textIn(service, "config");
  if (!config.empty() && isFile(folder / config)) return folder / config;
  for (const char* end : kServiceEnds) {
    const fs::path file = folder / (std::string("serverless") + end);
    if (config.empty() && isFile(file)) return file;
  }
  for (const char* file : {"template.yaml", "template.yml", "template.json"}) {  // version 4 takes those of SAM
    if (config.empty() && isFile(folder / file)) return folder / file;
  }
  fail(service.place, "the service " + name + ": there is no " + (config.empty() ? "serverless.yml" : config) + " in " +
                          folder.string());
}

void readParameters(const Tree& service, ComposedService& composed) {
  const Tree* parameters = service.find("params");
  if (!parameters || parameters->isNull()) return;
  if (!parameters->isMap()) fail(parameters->place, "params must be a map");
  for (const auto& [name, value] : parameters->members) {
    if (value.kind != Tree::Kind::kScalar) fail(value.place, "the parameter " + name + " must be a text");
    const std::string text = scalarText(value.scalar);
    composed.parameters[name] = text;
    for (const Piece& piece : piecesOf(text)) {
      if (!piece.service.empty()) composed.needs.insert(piece.service);
    }
  }
}

ComposedService serviceOf(const fs::path& directory, const std::string& name, const Tree& service) {
  if (!service.isMap()) fail(service.place, "the service " + name + " must be a map with its path");
  ComposedService composed{.name = name, .file = fileOf(directory, name, service), .parameters = {}, .needs = {}};
  readParameters(service, composed);
  if (const Tree* needed = service.find("dependsOn"); needed && needed->isList()) {
    for (const Tree& one : needed->elements) composed.needs.insert(scalarText(one.scalar));
  } else if (const std::string only = textIn(service, "dependsOn"); !only.empty()) {
    composed.needs.insert(only);
  }
  return composed;
}

// Each after those that it needs; otherwise in the order of the file.
std::vector<ComposedService> inOrder(std::vector<ComposedService> waiting, const Place& place) {
  std::vector<ComposedService> ordered;
  std::set<std::string> done;
  while (!waiting.empty()) {
    const auto next = std::ranges::find_if(waiting, [&](const ComposedService& service) {
      return std::ranges::all_of(service.needs, [&](const std::string& name) { return done.contains(name); });
    });
    if (next == waiting.end()) fail(place, "the services need each other: " + waiting.front().name + " is one of them");
    done.insert(next->name);
    ordered.push_back(std::move(*next));
    waiting.erase(next);
  }
  return ordered;
}

}  // namespace

bool isComposeFile(const fs::path& file) { return file.stem() == "serverless-compose" && hasServiceEnd(file); }

std::vector<ComposedService> readComposedServices(const fs::path& file, const std::string& stage,
                                                  const std::string& region, bool is_for_aws) {
  const fs::path directory = file.has_parent_path() ? file.parent_path() : ".";
  const std::map<std::string, std::string> environment = processEnvironment();
  Scripts scripts;
  Tree tree = readServiceFile(file, environment, scripts, false);
  VariableInputs inputs;
  inputs.stage = stage;
  inputs.region = region;
  inputs.is_for_aws = is_for_aws;
  Notes notes;
  Variables variables(directory, tree, inputs, notes, scripts);
  variables.addEnvironment(environment);
  const Tree* services = variables.get("services");
  if (!services || !services->isMap() || services->members.empty()) fail(tree.place, "it lists no services");
  std::vector<ComposedService> composed;
  for (const auto& [name, service] : services->members) composed.push_back(serviceOf(directory, name, service));
  for (const ComposedService& service : composed) {
    for (const std::string& needed : service.needs) {
      if (services->find(needed)) continue;
      fail(services->find(service.name)->place,
           "the service " + service.name + " needs " + needed + ", and there is no service of that name");
    }
  }
  return inOrder(std::move(composed), services->place);
}

std::string withOutputs(
    const std::string& text,
    const std::function<std::string(const std::string& service, const std::string& output)>& output) {
  std::string whole;
  for (const Piece& piece : piecesOf(text)) {
    whole += piece.service.empty() ? piece.literal : output(piece.service, piece.output);
  }
  return whole;
}

}  // namespace ddblog::templates::serverless
