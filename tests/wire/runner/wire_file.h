// Wire tests are data: tests/wire/<service>/<operation>/<name>.wire, calls and the answers they must get, run over HTTP
// against our server and services in this process and, the same files, against any endpoint (see main.cc).
//
// A file is a list of steps, with comments (#) and blank lines between them:
//
//   # What it shows, and where the words come from when they are not certain.
//   @include ../../common/users_table.wire
//
//   > DynamoDB.PutItem
//   {"TableName": "users", "Item": {"pk": {"S": "a"}}}
//   < 200
//   {}
//
//   > DynamoDB.GetItem
//   {"TableName": "nobody", "Key": {"pk": {"S": "a"}}}
//   < 400 ResourceNotFoundException
//   "Requested resource not found"
//
//   > Lambda POST /2015-03-31/functions/hello/invocations
//   >> X-Amz-Invocation-Type: Event
//   {"a": 1}
//   < 202
//   << x-amzn-requestid: $string
//
//   ! clock +24h
//
// "> SERVICE.OPERATION" and the request's body, sent as it stands (it need not be JSON). SERVICE: DynamoDB,
// DynamoDBStreams, Events, SQS. "> SQSQuery POST PATH" sends the body as a form, in SQS's query protocol; the answer is
// the XML, as a JSON text. "> Lambda METHOD PATH" is a call of a REST service (Lambda, Scheduler); ">> NAME: VALUE" is a
// header of it and "<< NAME: VALUE" one of its answer (not of an error). "< STATUS [ERROR TYPE]" and the answer: after
// an error type a JSON string is the error's message, an object its members ("message" and others; not "__type";
// "Message" only to show that the message is spelled so). No answer text: it is not looked at. "! clock +N[s|m|h|d]"
// moves the clock, and "> LambdaProvisioning.OPERATION" makes the functions and mappings of a template: only our own
// cloud can do either, so elsewhere the file is skipped. "@include FILE" puts another file's steps here (relative to
// this file); files in common/ are not tests themselves.
//
// Answers are compared whole: members of objects in any order, no further ones, lists in order, numbers by value.
// In place of a value:
//   "$any"            anything that is there
//   "$string" "$number" "$bool" "$list" "$object"   anything of that type
//   "$absent"         the member is not there
//   "$match:REGEX"    a text that matches as a whole (ECMAScript)
//   "$save:NAME"      anything; a text or number is kept, and "${NAME}" stands for it in later bodies and answers
//   "...": "$any"     as a member of an object: further members do not matter
//   ["$unordered", …] the list's elements in any order
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "wire/runner/cloud.h"

namespace ddblog::wire {

struct Step {
  enum class Kind { kCall, kMoveClock };

  Kind kind = Kind::kCall;
  int line = 0;  // of the file, for messages
  Call call;
  int status = 200;
  std::string error_type;                                             // empty: an answer
  std::string expected;                                               // JSON; empty: not looked at
  std::vector<std::pair<std::string, std::string>> expected_headers;  // names in lower case
  long long seconds = 0;                                              // kMoveClock
};

// Throws std::runtime_error "FILE:LINE: what is wrong".
std::vector<Step> readWireFile(const std::filesystem::path& file);

}  // namespace ddblog::wire
