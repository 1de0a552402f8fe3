#include "unit/deploy/aws/stacks/stack_case.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/text.h"

namespace ddblog::deploy {
namespace {

// The first word of a text, which it loses.
std::string takeWord(std::string& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  std::string word = text.substr(0, end);
  text.erase(0, std::min(end + 1, text.size()));
  return word;
}

void readOption(StackCase& one, std::string text) {
  const std::string name = takeWord(text);
  if (name == "yes") {
    one.options.yes = true;
  } else if (name == "dry-run") {
    one.options.dry_run = true;
  } else if (name == "no-rollback") {
    one.options.rollback = false;
  } else if (name == "no-terminal") {
    one.has_terminal = false;
  } else if (name == "remove") {
    one.is_removal = true;
  } else if (name == "delete-data") {
    one.delete_data = true;
  } else if (name == "delete-archives") {
    one.delete_archives = true;
  } else if (name == "replaceable") {
    one.options.replaceable.insert(text);
  } else if (name == "role") {
    one.options.role_arn = text;
  } else if (name == "bucket") {
    one.options.bucket = text;
  } else if (name == "interrupt") {
    one.interrupted_by = text;
  } else if (name == "parameter") {
    one.options.parameters[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  } else {
    throw std::runtime_error("an unknown option: " + name);
  }
}

void readCall(StackCase& one, std::string text, int line) {
  ScriptedCall call;
  call.line = line;
  call.operation = takeWord(text);
  if (text.starts_with('/')) {
    call.operation += " " + takeWord(text);
  }
  while (!text.empty()) {
    const std::string parameter = takeWord(text);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string::npos) throw std::runtime_error("not NAME=VALUE: " + parameter);
    call.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  one.calls.push_back(std::move(call));
}

// Reads a line that begins at the margin; returns where indented lines below it belong.
std::vector<std::string>* readLine(StackCase& one, std::string text, int line) {
  const std::string kind = takeWord(text);
  if (kind == "given") {
    const std::string what = takeWord(text);
    if (what == "parameter") {
      one.parameters.push_back(text);
    } else if (what == "default") {
      one.defaults[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    } else if (what == "table") {
      one.tables.push_back(text);
    } else if (what == "artifact") {
      one.artifacts.push_back(text);
    } else {
      readOption(one, text);
    }
  } else if (kind == "answers") {
    while (!text.empty()) one.answers.push_back(takeWord(text));
  } else if (kind == ">") {
    readCall(one, text, line);
  } else if (kind == "<") {
    one.calls.at(one.calls.size() - 1).answer = text;
    return &one.calls.back().lines;
  } else if (kind == "times") {
    const ScriptedCall call = one.calls.at(one.calls.size() - 1);
    one.calls.insert(one.calls.end(), std::stoul(text) - 1, call);
  } else if (kind == "waits") {
    one.waits = text;
  } else if (kind == "shows") {
    return &one.shows;
  } else {
    throw std::runtime_error("unknown: " + kind);
  }
  return nullptr;
}

}  // namespace

std::vector<StackCase> readStackCases(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<StackCase> cases;
  std::vector<std::string>* below = nullptr;
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    try {
      if (text.empty() || text.front() == '#') continue;
      if (text.starts_with("case ")) {
        StackCase one;
        one.line = line;
        one.name = text.substr(5);
        one.options.stage = "dev";
        one.options.stack_name = "users-dev";
        cases.push_back(std::move(one));
        below = nullptr;
      } else if (text.starts_with("  ")) {
        if (!below) throw std::runtime_error("nothing that this line belongs to");
        below->push_back(text.substr(2));
      } else {
        below = readLine(cases.at(cases.size() - 1), text, line);
      }
    } catch (const std::exception& error) {
      throw std::runtime_error(file.string() + ":" + std::to_string(line) + ": " + error.what());
    }
  }
  return cases;
}

}  // namespace ddblog::deploy
