// Reads the fields of a JSON request and rejects broken constraints, in AWS's order and with AWS's
// messages.
//
//   RequestReader request(api_request);              // SerializationException if the body is no JSON object
//   auto& fields = request.fields();
//   auto name = fields.string("TableName", {.required = true, .min = 1, .max = 1024});
//   auto limit = fields.integer("Limit", {.min = 1});
//   request.finish();                                // ValidationException with all broken constraints at once
//
// A value of the wrong JSON type is rejected at once (SerializationException). Broken constraints
// are collected; finish() reports them (the first ten, as AWS does) in one message, in the order in
// which the fields were read:
//
//   2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null;
//   Value …
//
// So an operation's constructor reads all its fields, calls finish(), and then checks combinations
// of fields. A JSON null counts as absent. Unknown fields are ignored, as in AWS.
//
// A REST request also has fields in its path, query and headers, which are read and rejected in the
// same way. Its body is parsed when fields() is called, because it need not be JSON.
//
// Thread safety: none; a reader belongs to one request on one thread. Readers of inner objects
// refer to the RequestReader.
#pragma once

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "rpc/request.h"

namespace ddblog::rpc {

struct StringRule {
  bool required = false;
  std::size_t min = 0;
  std::size_t max = std::numeric_limits<std::size_t>::max();
  std::string_view pattern = {};                     // shown in the error; an ECMAScript regular expression
  std::vector<std::string_view> one_of = {};         // an enum's values, in the order of AWS's error message
  bool length_first = false;                         // report a broken length before a broken pattern
  bool (*fits_pattern)(std::string_view) = nullptr;  // replaces the regular expression
};

struct IntegerRule {
  bool required = false;
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view type = "Integer";  // or "Long": shown in the error for another JSON type
};

struct ListRule {
  bool required = false;
  std::size_t min = 0;
  std::size_t max = std::numeric_limits<std::size_t>::max();
  std::string_view element = {};  // the Java class of its structures: shown in the error for a list in place of one
};

class RequestReader;

// One JSON object of the request: the request itself or a structure inside it.
class ObjectReader {
 public:
  bool has(std::string_view name) const;  // present and not null

  std::optional<std::string> string(std::string_view name, const StringRule& rule = {});
  std::optional<std::int64_t> integer(std::string_view name, const IntegerRule& rule = {});
  std::optional<double> timestamp(std::string_view name, bool required = false);  // seconds since the epoch
  std::optional<bool> boolean(std::string_view name, bool required = false);
  // `java_class`: the structure's class, shown in the error for a list in its place.
  std::optional<ObjectReader> object(std::string_view name, bool required = false, std::string_view java_class = {});
  // Absent lists and maps are std::nullopt; empty ones are empty (AWS often distinguishes them).
  std::optional<std::vector<std::string>> strings(std::string_view name, const ListRule& rule = {},
                                                  const StringRule& element = {});
  std::optional<std::vector<ObjectReader>> objects(std::string_view name, const ListRule& rule = {});
  std::optional<std::vector<std::pair<std::string, std::string>>> stringMap(std::string_view name,
                                                                            const ListRule& rule = {});
  std::optional<std::vector<std::pair<std::string, ObjectReader>>> objectMap(std::string_view name,
                                                                             const ListRule& rule = {});

  // A map of lists of structures (BatchWriteItem's RequestItems); `list` is the rule for each list.
  std::optional<std::vector<std::pair<std::string, std::vector<ObjectReader>>>> objectListMap(std::string_view name,
                                                                                              const ListRule& rule,
                                                                                              const ListRule& list);

  // The raw field, for values that the caller parses (items); nullptr if absent. Never a JSON null.
  const json::value* value(std::string_view name) const;
  // The same, but throws SerializationException unless it is an object. `java_class`: the class of
  // a map's members, shown in the error for a list in place of one.
  const json::object* jsonObject(std::string_view name, bool required = false, std::string_view java_class = {});

  // Only to look at while the RequestReader lives: the object is in its memory, and so is a copy that
  // is constructed from it.
  const json::object& json() const { return *object_; }
  // The same object in memory of its own, to keep.
  json::object copy() const { return json::object(*object_, json::storage_ptr()); }
  // The constraint path of a field of this object: "keySchema.1.member.keyType".
  std::string path(std::string_view name) const;
  // Collects a broken constraint of a field: "Value 'shown' at 'path' failed to satisfy constraint:
  // <constraint>". `shown` std::nullopt: "Value null at …".
  void refuse(std::string_view name, std::optional<std::string> shown, std::string_view constraint);
  // Runs `check` and keeps its error for finish(), which throws it before any broken constraint. So
  // a wrong JSON type anywhere in the request is reported first.
  template <class Check>
  void check(Check check);

 private:
  friend class RequestReader;
  ObjectReader(RequestReader& request, const json::object* object, std::string path)
      : request_(&request), object_(object), path_(std::move(path)) {}
  const json::value* find(std::string_view name, bool required);
  void checkString(const std::string& path, const std::string& text, const StringRule& rule);
  void checkInteger(std::string_view name, std::int64_t number, const IntegerRule& rule);
  void checkCount(std::string_view name, const json::value& shown, std::size_t count, const ListRule& rule);

  RequestReader* request_;
  const json::object* object_;
  std::string path_;  // "" or "keySchema.1.member."
};

class RequestReader {
 public:
  explicit RequestReader(const Request& request);  // keeps a reference to it
  RequestReader(const RequestReader&) = delete;
  ~RequestReader();

  // The fields of the body.
  ObjectReader& fields();
  const Request& request() const { return request_; }

  // A REST request's path parameter, which the route guarantees.
  std::string pathParameter(const std::string& name, const StringRule& rule = {});
  // A query parameter. An empty value counts as absent.
  std::optional<std::string> query(const std::string& name, const StringRule& rule = {});
  // The values of a query parameter that may be repeated and must be there. `field`: its name in the API
  // model.
  std::vector<std::string> queryList(const std::string& name, std::string_view field);
  std::optional<std::int64_t> queryInteger(const std::string& name, const IntegerRule& rule = {});
  // A header. `header`: its name in lower case; `field`: its name in the API model.
  std::optional<std::string> header(const std::string& header, std::string_view field, const StringRule& rule = {});

  // Collects a broken constraint, with the text as the error shows it. For operations that report
  // errors in another order than they read fields.
  void refuse(std::string broken);
  // Throws the error of ObjectReader::check, or the ValidationException for all constraints broken
  // so far, if any.
  void finish();

 private:
  friend class ObjectReader;
  using Fields = std::map<std::string, std::string>;
  void parseBody();
  std::optional<std::string> find(const Fields& of, const std::string& name, std::string_view field,
                                  const StringRule& rule);

  const Request& request_;
  // The request's tree is allocated here, in few pieces that are freed together.
  std::array<unsigned char, 4096> first_memory_;
  json::monotonic_resource memory_;
  json::value body_;
  ObjectReader fields_;
  std::vector<std::string> broken_;
  std::exception_ptr failed_check_;
};

template <class Check>
void ObjectReader::check(Check check) {
  try {
    check();
  } catch (...) {
    if (!request_->failed_check_) request_->failed_check_ = std::current_exception();
  }
}

}  // namespace ddblog::rpc
