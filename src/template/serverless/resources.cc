// `resources`: Resources, Outputs, Conditions … and extensions, as one template with the generated
// resources.
// https://www.serverless.com/framework/docs/providers/aws/guide/resources
#include <algorithm>

#include "base/json_fields.h"
#include "template/serverless/service_parts.h"

namespace ddblog::templates::serverless {

namespace {

// Types that run here. A mistake in one of them is an error; another resource is only a name for others.
bool runsHere(std::string_view type) {
  for (const char* begin :
       {"AWS::DynamoDB::", "AWS::Events::", "AWS::SQS::", "AWS::Lambda::", "AWS::Serverless::", "AWS::Scheduler::"}) {
    if (type.starts_with(begin)) return true;
  }
  return false;
}

// Resources that the framework adds for events that do not run here, if something refers to them.
constexpr std::pair<const char*, const char*> kReferred[] = {{"ServerlessDeploymentBucket", "AWS::S3::Bucket"},
                                                             {"ApiGatewayRestApi", "AWS::ApiGateway::RestApi"},
                                                             {"HttpApi", "AWS::ApiGatewayV2::Api"},
                                                             {"WebsocketsApi", "AWS::ApiGatewayV2::Api"}};

// `resources` itself, or each file of its list.
std::vector<Tree*> partsOf(Service& service) {
  Tree* resources = service.node(service.root, "resources");
  std::vector<Tree*> parts;
  if (!resources) return parts;
  if (resources->isMap()) parts.push_back(resources);
  for (Tree& element : resources->elements) {
    service.variables.resolveNode(element);
    if (element.isMap()) parts.push_back(&element);
  }
  return parts;
}

// As the plugin serverless-pseudo-parameters: "#{AWS::Region}" is what Fn::Sub makes of "${AWS::Region}".
void replacePseudoParameters(json::value& value) {
  if (json::array* list = value.if_array()) {
    for (json::value& one : *list) replacePseudoParameters(one);
  } else if (json::object* map = value.if_object()) {
    for (auto& [name, member] : *map) {
      if (name != "Fn::Sub") replacePseudoParameters(member);
    }
  } else if (value.is_string() && value.get_string().find("#{") != json::string::npos) {
    std::string text(value.get_string());
    for (std::size_t place = 0; (place = text.find("#{", place)) != std::string::npos;) text[place] = '$';
    value = json::object{{"Fn::Sub", std::move(text)}};
  }
}

class ResourceMerger {
 public:
  ResourceMerger(Service& service, json::object& document) : service_(service), template_(treeOf(document, {})) {}

  Tree merge() {
    for (Tree* part : partsOf(service_)) mergePart(*part);
    for (Tree* part : partsOf(service_)) {
      if (Tree* extensions = service_.node(*part, "extensions")) extend(*extensions);
    }
    removeDuplicateBuses();
    return std::move(template_);
  }

 private:
  void mergePart(Tree& part) {
    for (auto& [name, section] : part.members) {
      if (name == "extensions") continue;
      if (isLeftOut(name, name, section, &Variables::resolveNode)) continue;
      if (name == "Resources") {
        mergeResources(section);
      } else if (section.isMap()) {
        for (auto& [member, value] : section.members) {
          if (!isLeftOut(name, member, value, &Variables::resolveAll)) mergeInto(template_[name][member], value);
        }
      } else if (!section.isNull() && !isLeftOut(name, name, section, &Variables::resolveAll)) {
        mergeInto(template_[name], section);
      }
    }
  }

  // A section or a member of one that cannot be resolved is left out, and what uses it says what is missing.
  // A condition counts as true. Resources are another matter (mergeResources).
  bool isLeftOut(std::string_view section, const std::string& name, Tree& value, void (Variables::*resolve)(Tree&)) {
    try {
      (service_.variables.*resolve)(value);
      return false;
    } catch (const TemplateError& e) {
      if (service_.is_for_aws || section == "Resources") throw;
      const bool is_condition = section == "Conditions" && name != section;
      service_.notes.add(std::string(e.what()) + ": " + name + (is_condition ? " counts as true" : " is left out"));
      if (is_condition) value = treeOf(json::object{{"Fn::Equals", json::array{"", ""}}}, value.place);
      return !is_condition;
    }
  }

  void mergeResources(Tree& section) {
    for (auto& [logical_id, resource] : section.members) {
      service_.places.emplace(logical_id, resource.place);
      try {
        service_.variables.resolveAll(resource);
      } catch (const TemplateError& e) {
        const std::string type = declaredType(service_, logical_id);
        if (runsHere(type) || service_.is_for_aws) throw;
        service_.notes.add(std::string(e.what()) + ": the resource " + logical_id + " has no properties here");
        if (!type.empty()) template_["Resources"][logical_id]["Type"] = textTree(type, {});
        continue;
      }
      if (!resource.isNull()) mergeInto(template_["Resources"][logical_id], resource);
    }
  }

  // Other than `resources`, extensions replace whole properties of resources that are there already.
  void extend(Tree& extensions) {
    service_.variables.resolveAll(extensions);
    for (const auto& [logical_id, extension] : extensions.members) {
      Tree* resource = template_["Resources"].find(logical_id);
      if (!resource) {
        service_.notes.add(extension.place, "extensions names " + logical_id + ", which is no resource here");
        continue;
      }
      for (const auto& [name, value] : extension.members) {
        Tree& place = (*resource)[name];
        if (place.isMap() && value.isMap()) {
          for (const auto& [property, of_extension] : value.members) place[property] = of_extension;
        } else {
          place = value;
        }
      }
    }
  }

  // A bus that an event names and that `resources` declares too is one bus.
  void removeDuplicateBuses() {
    Tree& resources = template_["Resources"];
    std::set<std::string> declared;
    for (const auto& [logical_id, resource] : resources.members) {
      if (!service_.resources.contains(logical_id)) declared.insert(busName(resource));
    }
    declared.erase("");
    std::erase_if(resources.members, [&](const auto& member) {
      return service_.resources.contains(member.first) && declared.contains(busName(member.second));
    });
  }

  static std::string busName(const Tree& resource) {
    const Tree* type = resource.find("Type");
    const Tree* properties = resource.find("Properties");
    const Tree* name = properties ? properties->find("Name") : nullptr;
    const bool is_bus = type && scalarText(type->scalar) == "AWS::Events::EventBus";
    return is_bus && name ? scalarText(name->scalar) : "";
  }

  Service& service_;
  Tree template_;
};

}  // namespace

std::string declaredType(Service& service, std::string_view logical_id) {
  for (Tree* part : partsOf(service)) {
    Tree* resources = service.node(*part, "Resources");
    Tree* resource = resources ? service.node(*resources, logical_id) : nullptr;
    if (!resource) continue;
    if (const auto type = service.text(*resource, "Type")) return *type;
  }
  const json::object* generated = objectOf(service.resources, logical_id);
  return generated ? ddblog::textOf(*generated, "Type") : "";
}

std::string declaredAs(Service& service, std::string_view type, std::string_view property, const std::string& name) {
  for (Tree* part : partsOf(service)) {
    Tree* resources = service.node(*part, "Resources");
    if (!resources) continue;
    for (auto& [logical_id, resource] : resources->members) {
      service.variables.resolveNode(resource);
      if (!resource.isMap() || service.text(resource, "Type").value_or("") != type) continue;
      Tree* properties = service.node(resource, "Properties");
      const Tree* found = properties ? service.node(*properties, property) : nullptr;
      if (found && found->isString() && found->string() == name) return logical_id;
    }
  }
  return "";
}

bool isTopic(Service& service, const Tree& arn) {
  if (arn.isString()) return arn.string().find(":sns:") != std::string_view::npos;
  if (const Tree* type = arn.find("type"); type && scalarText(type->scalar) == "sns") return true;
  if (const Tree* inner = arn.find("arn")) return isTopic(service, *inner);
  for (const char* function : {"Ref", "Fn::GetAtt"}) {
    const Tree* found = arn.find(function);
    const Tree* name = found && found->isList() && !found->elements.empty() ? &found->elements[0] : found;
    if (name && name->isString()) return declaredType(service, name->string()) == "AWS::SNS::Topic";
  }
  return false;
}

json::value queueArn(Service& service, const Tree& arn) {
  if (!arn.isString() || arn.string().find(":sqs:") == std::string_view::npos) return jsonOf(arn);
  const std::string name(arn.string().substr(arn.string().rfind(':') + 1));
  std::string logical_id = declaredAs(service, "AWS::SQS::Queue", "QueueName", name);
  if (logical_id.empty() && service.is_for_aws) return jsonOf(arn);
  if (logical_id.empty()) {
    logical_id = alphanumericName(name) + "Queue";
    service.notes.add(arn.place, "the queue " + name + " is not declared in the file, so it is made here");
    json::object properties{{"QueueName", name}};
    if (name.ends_with(".fifo")) properties["FifoQueue"] = true;
    service.places[logical_id] = arn.place;
    service.resources[logical_id] = json::object{{"Type", "AWS::SQS::Queue"}, {"Properties", std::move(properties)}};
  }
  return json::object{{"Fn::GetAtt", json::array{logical_id, "Arn"}}};
}

// `arn: !GetAtt Table.Arn`, as the offline plugins take it, means the table's stream.
std::string tableWhoseArn(Service& service, const Tree& arn) {
  const Tree* attribute = arn.find("Fn::GetAtt");
  if (!attribute) return "";
  std::string text = attribute->isString() ? std::string(attribute->string()) : "";
  if (attribute->elements.size() == 2) {
    text = scalarText(attribute->elements[0].scalar) + "." + scalarText(attribute->elements[1].scalar);
  }
  if (!text.ends_with(".Arn")) return "";
  const std::string logical_id = text.substr(0, text.size() - 4);
  return declaredType(service, logical_id) == "AWS::DynamoDB::Table" ? logical_id : "";
}

json::value streamArn(Service& service, const Tree& arn) {
  if (!arn.isString()) {
    const std::string table = service.is_for_aws ? "" : tableWhoseArn(service, arn);
    return table.empty() ? jsonOf(arn) : json::object{{"Fn::GetAtt", json::array{table, "StreamArn"}}};
  }
  const std::string_view text = arn.string();
  const std::size_t begin = std::min(text.find('/'), text.size() - 1) + 1;
  const std::string name(text.substr(begin, text.find('/', begin) - begin));
  const std::string logical_id = declaredAs(service, "AWS::DynamoDB::Table", "TableName", name);
  if (logical_id.empty() && service.is_for_aws) return jsonOf(arn);
  if (logical_id.empty()) {
    return json::object{
        {"Fn::Sub", "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/" + name + "/stream/latest"}};
  }
  return json::object{{"Fn::GetAtt", json::array{logical_id, "StreamArn"}}};
}

json::object readResources(Service& service) {
  json::object document{{"Resources", service.resources}};
  document = jsonOf(ResourceMerger(service, document).merge()).as_object();
  json::object& resources = document["Resources"].as_object();
  const std::string text = json::serialize(document);
  for (const auto& [logical_id, type] : kReferred) {
    const bool is_named = text.find("\"" + std::string(logical_id) + "\"") != std::string::npos ||
                          text.find("${" + std::string(logical_id)) != std::string::npos;
    if (!is_named || resources.contains(logical_id)) continue;
    if (service.is_for_aws) {
      throw TemplateError(service.root.place.text() + ": the resource " + logical_id +
                          " is referred to, and events that make it are not deployed");
    }
    resources[logical_id] = json::object{{"Type", type}};
  }
  if (service.hasPlugin("serverless-pseudo-parameters")) {
    for (auto& section : document) replacePseudoParameters(section.value());
  }
  return document;
}

}  // namespace ddblog::templates::serverless
