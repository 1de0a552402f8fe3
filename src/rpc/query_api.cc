#include "rpc/query_api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "base/xml_text.h"

namespace ddblog::rpc {

namespace {

using std::string_view;

constexpr string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::size_t kMostElements = 1000;      // ours: of a list or map of a request
constexpr std::size_t kMostParameters = 10'000;  // ours: of a request

// Errors of AWS's front end, which has other codes for them here, and status 403.
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
struct FrontEndCode {
  string_view type;
  string_view code;
};
constexpr std::array kFrontEndCodes = {
    FrontEndCode{"ExpiredTokenException", "ExpiredToken"},
    FrontEndCode{"IncompleteSignatureException", "IncompleteSignature"},
    FrontEndCode{"InvalidSignatureException", "SignatureDoesNotMatch"},
    FrontEndCode{"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
    FrontEndCode{"UnrecognizedClientException", "InvalidClientTokenId"},
};

// A form's parameters, by name.
using Form = std::map<std::string, std::string, std::less<>>;

std::string formDecode(string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return percentDecode(plain);
}

ApiError malformed(std::string message) { return {"MalformedQueryString", std::move(message)}; }

Form readForm(string_view text) {
  Form form;
  while (!text.empty()) {
    const string_view parameter = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(parameter.size() + 1, text.size()));
    if (parameter.empty()) continue;
    if (form.size() == kMostParameters) throw malformed("The query string has too many parameters.");
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const string_view value = equals < parameter.size() ? parameter.substr(equals + 1) : string_view();
    form[formDecode(parameter.substr(0, equals))] = formDecode(value);
  }
  return form;
}

const std::string* find(const Form& form, string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? nullptr : &found->second;
}

bool hasPrefix(const Form& form, const std::string& prefix) {
  const auto found = form.lower_bound(prefix);
  return found != form.end() && found->first.starts_with(prefix);
}

// "MessageAttribute.3"; the shortest list ends where a number is missing.
std::string element(const std::string& name, std::size_t number) { return name + '.' + std::to_string(number); }

json::value numberOf(const std::string& name, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw malformed("Value (" + text + ") for parameter " + name + " is invalid. Must be an integer.");
  }
  return number;
}

json::object readMembers(const Form& form, const std::string& prefix, const std::vector<QueryMember>& members);

std::optional<json::value> readMember(const Form& form, const std::string& name, const QueryMember& member) {
  using Kind = QueryMember::Kind;
  if (member.kind == Kind::kText || member.kind == Kind::kNumber) {
    const std::string* text = find(form, name);
    if (!text) return std::nullopt;
    return member.kind == Kind::kText ? json::value(*text) : numberOf(name, *text);
  }
  json::array list;
  json::object map;
  for (std::size_t number = 1; number <= kMostElements; ++number) {
    const std::string at = element(name, number);
    if (member.kind == Kind::kTexts) {
      const std::string* text = find(form, at);
      if (!text) break;
      list.emplace_back(*text);
      continue;
    }
    if (!hasPrefix(form, at + '.')) break;
    if (member.kind == Kind::kStructures) {
      list.emplace_back(readMembers(form, at + '.', member.members));
      continue;
    }
    const std::string* key = find(form, at + '.' + member.key);
    if (!key) continue;
    if (member.kind == Kind::kTextMap) {
      const std::string* value = find(form, at + ".Value");
      map[*key] = value ? *value : std::string();
    } else {
      map[*key] = readMembers(form, at + ".Value.", member.members);
    }
  }
  if (member.kind == Kind::kTexts || member.kind == Kind::kStructures) {
    if (list.empty()) return std::nullopt;
    return list;
  }
  if (map.empty()) return std::nullopt;
  return map;
}

json::object readMembers(const Form& form, const std::string& prefix, const std::vector<QueryMember>& members) {
  json::object fields;
  for (const QueryMember& member : members) {
    if (auto value = readMember(form, prefix + member.query, member)) fields[member.json] = *std::move(value);
  }
  return fields;
}

template <class Content>
void appendElement(std::string& out, string_view name, Content content) {
  out.append("<").append(name).append(">");
  content();
  out.append("</").append(name).append(">");
}

void appendValue(std::string& out, string_view name, const json::value& value) {
  appendElement(out, name, [&] {
    if (const auto* text = value.if_string()) {
      out += escapeXml(string_view(text->data(), text->size()));
      return;
    }
    out += json::serialize(value);  // a number, true or false
  });
}

void writeMembers(std::string& out, const json::object& fields, const std::vector<QueryMember>& members) {
  using Kind = QueryMember::Kind;
  for (const QueryMember& member : members) {
    const json::value* value = fields.if_contains(member.json);
    if (!value) continue;
    if (const auto* list = value->if_array()) {
      for (const json::value& one : *list) {
        if (member.kind == Kind::kTexts) {
          appendValue(out, member.query, one);
        } else {
          appendElement(out, member.query, [&] { writeMembers(out, one.as_object(), member.members); });
        }
      }
    } else if (const auto* map = value->if_object()) {
      for (const auto& [key, one] : *map) {
        appendElement(out, member.query, [&, &entry = one, &name = key] {
          appendElement(out, member.key, [&] { out += escapeXml(string_view(name.data(), name.size())); });
          if (member.kind == Kind::kTextMap) return appendValue(out, "Value", entry);
          appendElement(out, "Value", [&] { writeMembers(out, entry.as_object(), member.members); });
        });
      }
    } else {
      appendValue(out, member.query, *value);
    }
  }
}

}  // namespace

const std::string& QueryProtocol::contentType() const {
  static const std::string content_type("text/xml");
  return content_type;
}

Response QueryProtocol::encodeError(const ApiError& error, string_view request_id) const {
  QueryError described = settings_.describe(error);
  Response response;
  response.status = error.status();
  const auto* front_end = std::find_if(kFrontEndCodes.begin(), kFrontEndCodes.end(),
                                       [&](const FrontEndCode& one) { return one.type == error.type(); });
  if (front_end != kFrontEndCodes.end()) {
    described.code = front_end->code;
    response.status = 403;
  }
  response.headers = error.headers();
  response.content_type = contentType();
  std::string& out = response.body;
  out = "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"" + settings_.xml_namespace + "\"><Error>";
  appendElement(out, "Type", [&] { out += error.status() >= 500 ? "Receiver" : "Sender"; });
  appendElement(out, "Code", [&] { out += escapeXml(described.code); });
  appendElement(out, "Message", [&] { out += escapeXml(described.message); });
  out += "<Detail/></Error>";
  appendElement(out, "RequestId", [&] { out += escapeXml(request_id); });
  out += "</ErrorResponse>";
  return response;
}

Response QueryProtocol::encodeAnswer(string_view action, const QueryOperation& operation, string_view json,
                                     string_view request_id) const {
  Response response;
  response.content_type = contentType();
  std::string& out = response.body;
  const std::string name(action);
  out = "<?xml version=\"1.0\"?><" + name + "Response xmlns=\"" + settings_.xml_namespace + "\">";
  if (operation.has_result) {
    const json::value parsed = json.empty() ? json::value(json::object()) : parseJson(json);
    appendElement(out, name + "Result", [&] { writeMembers(out, parsed.as_object(), operation.output); });
  }
  appendElement(out, "ResponseMetadata",
                [&] { appendElement(out, "RequestId", [&] { out += escapeXml(request_id); }); });
  out += "</" + name + "Response>";
  return response;
}

QueryApi::QueryApi(QueryProtocol protocol, const JsonApi& api, TakesPath takes_path, AddPath add_path)
    : protocol_(std::move(protocol)),
      api_(api),
      takes_path_(takes_path),
      add_path_(std::move(add_path)),
      handler_([this](Request request, Callback respond) { execute(std::move(request), std::move(respond)); }) {}

bool QueryApi::takes(string_view method, string_view path, string_view query, string_view media_type) const {
  if (!takes_path_(path)) return false;
  if (method == "POST") return media_type == kFormType;
  return method == "GET" && (query.starts_with("Action=") || query.find("&Action=") != string_view::npos);
}

// The operation's errors are encoded here, because they contain the request's id.
void QueryApi::execute(Request request, Callback respond) const {
  const std::string request_id = request.request_id;
  try {
    const Form form = readForm(request.body.empty() ? request.raw_query : request.body);
    const std::string* action = find(form, "Action");
    const auto found = action ? operations_.find(*action) : operations_.end();
    const Handler* handler = found == operations_.end() ? nullptr : api_.find(*action);
    if (!handler) {
      throw ApiError("InvalidAction",
                     "The action " + (action ? *action : std::string()) + " is not valid for this endpoint.");
    }
    json::object fields = readMembers(form, {}, found->second.input);
    add_path_(request, fields);
    request.operation = *action;
    request.body = json::serialize(fields);
    (*handler)(std::move(request),
               [this, respond, request_id, &action = found->first, &operation = found->second](Outcome outcome) {
                 try {
                   respond(protocol_.encodeAnswer(action, operation, outcome.response().body, request_id));
                 } catch (const ApiError& error) {
                   respond(protocol_.encodeError(error, request_id));
                 } catch (...) {
                   respond(std::current_exception());
                 }
               });
  } catch (const ApiError& error) {
    respond(protocol_.encodeError(error, request_id));
  } catch (...) {
    respond(std::current_exception());
  }
}

}  // namespace ddblog::rpc
