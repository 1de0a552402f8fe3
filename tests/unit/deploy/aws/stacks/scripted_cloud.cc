#include "unit/deploy/aws/stacks/scripted_cloud.h"

#include <sstream>

#include "base/text.h"
#include "base/xml_text.h"

namespace ddblog::deploy {
namespace {

constexpr const char* kChangeSetArn = "arn:aws:cloudformation:eu-north-1:111122223333:changeSet/x/2";

std::string tag(const std::string& name, const std::string& text) {
  return text.empty() ? "" : "<" + name + ">" + escapeXml(text) + "</" + name + ">";
}

std::string list(const std::string& name, const std::string& members) {
  return "<" + name + ">" + members + "</" + name + ">";
}

std::string member(const std::string& inner) { return list("member", inner); }

// The words of a line, the rest of it at last.
std::vector<std::string> words(const std::string& line, std::size_t most) {
  std::istringstream in(line);
  std::vector<std::string> found(most);
  for (std::size_t i = 0; i + 1 < most; ++i) in >> found[i];
  std::getline(in >> std::ws, found[most - 1]);
  return found;
}

std::string nextOf(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (line.starts_with("next ")) return tag("NextToken", line.substr(5));
  }
  return {};
}

// A form's parameters.
std::map<std::string, std::string> parseForm(std::string_view form) {
  std::map<std::string, std::string> parameters;
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view one = form.substr(0, end);
    const std::size_t equals = std::min(one.find('='), one.size());
    parameters[percentDecode(one.substr(0, equals))] = percentDecode(one.substr(std::min(equals + 1, one.size())));
    form.remove_prefix(std::min(end + 1, form.size()));
  }
  return parameters;
}

std::string stackOf(const std::vector<std::string>& status, const std::vector<std::string>& lines) {
  std::string parameters, outputs, is_protected;
  for (const std::string& line : lines) {
    const auto [kind, rest] = std::pair(line.substr(0, line.find(' ')), line.substr(line.find(' ') + 1));
    if (kind == "parameter") {
      const std::size_t equals = std::min(rest.find('='), rest.size());
      parameters += member(tag("ParameterKey", rest.substr(0, equals)) +
                           tag("ParameterValue", rest.substr(std::min(equals + 1, rest.size()))));
    }
    if (kind == "protected") is_protected = tag("EnableTerminationProtection", "true");
    if (kind == "output") {
      outputs += member(tag("OutputKey", rest.substr(0, rest.find('='))) +
                        tag("OutputValue", rest.substr(rest.find('=') + 1)));
    }
  }
  return list("Stacks", member(tag("StackId", kStackArn) + tag("StackName", "users-dev") +
                               tag("StackStatus", status[1]) + tag("StackStatusReason", status[2]) + is_protected +
                               list("Parameters", parameters) + list("Outputs", outputs)));
}

std::string changesOf(const std::vector<std::string>& status, const std::vector<std::string>& lines) {
  std::string changes;
  for (const std::string& line : lines) {
    if (line.starts_with("next ")) continue;
    const auto word = words(line, 6);
    changes += member(list("ResourceChange", tag("Action", word[0]) + tag("LogicalResourceId", word[1]) +
                                                 tag("ResourceType", word[2]) + tag("Replacement", word[3]) +
                                                 tag("PolicyAction", word[4]) + tag("PhysicalResourceId", word[5])));
  }
  return tag("Status", status[1]) + tag("StatusReason", status[2]) + list("Changes", changes) + nextOf(lines);
}

std::string resourcesOf(const std::vector<std::string>& lines) {
  std::string resources;
  for (const std::string& line : lines) {
    if (line.starts_with("next ")) continue;
    const auto word = words(line, 4);
    resources +=
        member(tag("LogicalResourceId", word[0]) + tag("PhysicalResourceId", word[1]) + tag("ResourceType", word[2]) +
               tag("ResourceStatus", word[3].empty() ? "CREATE_COMPLETE" : word[3]));
  }
  return list("StackResourceSummaries", resources) + nextOf(lines);
}

std::string objectsOf(const std::vector<std::string>& lines) {
  std::string objects;
  for (const std::string& line : lines) objects += list("Contents", tag("Key", line));
  return list("ListBucketResult", objects);
}

}  // namespace

ScriptedCloud::ScriptedCloud(const std::vector<ScriptedCall>& calls)
    : calls_(calls), server_([this](aws::Peer& peer) {
        for (;;) {
          const std::string request = peer.readRequest();
          if (request.empty() || !peer.send(respond(request))) return;
        }
      }) {}

std::vector<std::string> ScriptedCloud::complaints() {
  MutexLock lock(mutex_);
  auto all = complaints_;
  if (next_ < calls_.size()) {
    all.push_back("line " + std::to_string(calls_[next_].line) + ": nobody asked for " + calls_[next_].operation);
  }
  return all;
}

std::string ScriptedCloud::respond(const std::string& request) {
  MutexLock lock(mutex_);
  const Answer answer = answerTo(request);
  return "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n" + answer.headers +
         "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
}

ScriptedCloud::Answer ScriptedCloud::answerTo(const std::string& request) {
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  const std::size_t target = request.find("X-Amz-Target: ");
  std::map<std::string, std::string> parameters;
  std::string operation;
  if (target != std::string::npos) {
    const std::size_t dot = request.find('.', target);
    operation = request.substr(dot + 1, request.find("\r\n", dot) - dot - 1);
  } else if (body.starts_with("Action=")) {
    parameters = parseForm(body);
    operation = parameters["Action"];
  } else {
    operation = request.substr(0, request.find(" HTTP/"));
  }
  if (operation == "GetCallerIdentity") {
    return {200,
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>",
            ""};
  }
  if (next_ == calls_.size() || calls_[next_].operation != operation) {
    complaints_.push_back("unexpected: " + operation +
                          (next_ < calls_.size() ? " instead of line " + std::to_string(calls_[next_].line) : ""));
    return {400, "<ErrorResponse><Error><Code>NotInTheScript</Code><Message>x</Message></Error></ErrorResponse>", ""};
  }
  const ScriptedCall& call = calls_[next_++];
  for (const auto& [name, value] : call.parameters) {
    if (parameters[name] != value) {
      complaints_.push_back("line " + std::to_string(call.line) + ": " + name + " is '" + parameters[name] + "'");
    }
  }
  if (!parameters["ClientRequestToken"].empty()) token_ = parameters["ClientRequestToken"];
  return scripted(call);
}

ScriptedCloud::Answer ScriptedCloud::scripted(const ScriptedCall& call) const {
  const std::string kind = call.answer.substr(0, call.answer.find(' '));
  const std::string rest = kind == call.answer ? "" : call.answer.substr(kind.size() + 1);
  const auto word = words(call.answer, 3);
  if (kind == "error" || kind == "absent") {
    const std::string type = kind == "absent" ? "ValidationError" : word[1];
    const std::string message = kind == "absent" ? "Stack with id users-dev does not exist" : word[2];
    return {400, list("ErrorResponse", list("Error", tag("Code", type) + tag("Message", message))),
            "x-amzn-ErrorType: " + type + "\r\n"};
  }
  if (kind == "status") return {std::stoi(word[1]), "", word[2].empty() ? "" : word[2] + "\r\n"};
  if (kind == "json" || kind == "raw") return {200, rest, ""};
  if (kind == "objects") return {200, objectsOf(call.lines), ""};
  std::string inner;
  if (kind == "xml") inner = rest;
  if (kind == "stack") inner = stackOf(word, call.lines);
  if (kind == "change-set") inner = tag("Id", kChangeSetArn) + tag("StackId", kStackArn);
  if (kind == "changes") inner = changesOf(word, call.lines);
  if (kind == "events") inner = eventsOf(call.lines);
  if (kind == "resources") inner = resourcesOf(call.lines);
  return {200, list(call.operation + "Response", list(call.operation + "Result", inner)), ""};
}

std::string ScriptedCloud::eventsOf(const std::vector<std::string>& lines) const {
  std::string events;
  for (const std::string& line : lines) {
    if (line.starts_with("next ")) continue;
    const auto word = words(line, 6);
    const bool is_stack = word[2] == "stack";
    std::string token = word[4] == "mine" ? token_ : word[4];
    if (token == "-") token.clear();
    events += member(tag("EventId", word[0]) + tag("ResourceStatus", word[1]) +
                     tag("LogicalResourceId", is_stack ? "users-dev" : word[2]) +
                     tag("PhysicalResourceId", is_stack ? kStackArn : word[2]) +
                     tag("ResourceType", is_stack ? "AWS::CloudFormation::Stack" : word[3]) +
                     tag("ClientRequestToken", token) + tag("ResourceStatusReason", word[5]));
  }
  return list("StackEvents", events) + nextOf(lines);
}

}  // namespace ddblog::deploy
