// Cases of deployments and removals as data: cases/<topic>.cases, what AWS answers and what the user sees.
//
//   # A comment.
//   case A first deployment
//   given parameter Stage               the template declares it
//   given default Color=red             what a file gives a parameter
//   given artifact users-dev/1.zip      the application has it
//   given table dev-orders              the application has it
//   given option yes                    also: dry-run, no-rollback, no-terminal, remove, delete-data, delete-archives,
//   given option replaceable LogTable         role ARN, parameter NAME=VALUE, bucket NAME, and interrupt with
//                                             the status of an event, "packaging", "wait", "changes" or "plan"
//   answers y n                         to the questions, in their order
//   > DescribeStacks StackName=users-dev
//   < absent
//   > CreateChangeSet ChangeSetType=CREATE
//   < change-set
//   > ExecuteChangeSet
//   < ok
//   times 3                             the call comes so often, with this answer; optional
//   > DescribeStackEvents
//   < events
//     2 CREATE_COMPLETE LogTable AWS::DynamoDB::Table mine reason of the event
//   waits 12                            seconds in all; optional
//   shows
//     event CREATE_COMPLETE LogTable
//     ends deployed
//
// The requests come in this order, with at least these parameters; the first one of all, GetCallerIdentity,
// is not written down. Requests of S3 are written as "> HEAD /bucket/key", those of JSON protocols by their
// operation. An answer is one of
//
//   ok                         an empty result            xml <A>…</A>      what the result holds
//   absent                     there is no such stack     json {…}          a JSON answer
//   stack STATUS [REASON]      DescribeStacks; lines "parameter NAME[=VALUE]", "output NAME=VALUE", "protected"
//   change-set                 of CreateChangeSet
//   changes STATUS [REASON]    DescribeChangeSet; lines "ACTION ID TYPE [REPLACEMENT [POLICY [PHYSICAL-ID]]]"
//   events                     DescribeStackEvents, the newest first; lines "ID STATUS RESOURCE TYPE TOKEN [REASON]"
//   resources                  ListStackResources; lines "ID NAME TYPE [STATUS]"
//   objects                    of a bucket; lines "KEY"   raw <A>…</A>      an answer of S3
//   error TYPE MESSAGE         status 400                 status N [HEADER: VALUE]   no body
//
// TOKEN is "mine" for the one of the operation that was last begun, "-" for none. The stack itself is the
// resource "stack". A line "next TOKEN" says that there is another page.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "deploy/aws/deployment.h"
#include "deploy/aws/removal.h"

namespace ddblog::deploy {

struct ScriptedCall {
  int line = 0;  // of the file
  std::string operation;
  std::map<std::string, std::string> parameters;
  std::string answer;              // "stack CREATE_COMPLETE"
  std::vector<std::string> lines;  // below it
};

struct StackCase {
  int line = 0;
  std::string name;
  std::vector<std::string> parameters;
  std::map<std::string, std::string> defaults;
  std::vector<std::string> artifacts;
  std::vector<std::string> tables;
  DeployOptions options;
  bool is_removal = false;
  bool delete_data = false;
  bool delete_archives = false;
  bool has_terminal = true;
  std::string interrupted_by;  // the moment at which Ctrl-C is pressed
  std::vector<std::string> answers;
  std::vector<ScriptedCall> calls;
  std::string waits;
  std::vector<std::string> shows;
};

// Throws std::runtime_error "FILE:LINE: what is wrong".
std::vector<StackCase> readStackCases(const std::filesystem::path& file);

}  // namespace ddblog::deploy
