// Asks a person on the terminal, who types a line and can edit it; Tab completes it. (libedit.)
//
//   Questions questions;
//   const auto table = questions.ask("Table", {.complete = [&](const std::string&) { return names; }});
//
// Ctrl-C ends the program, with the terminal as it was. Thread safety: none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ddblog::cli {

class Questions {
 public:
  // What may stand on the line, of which `begun` is typed. It must not throw.
  using Complete = std::function<std::vector<std::string>(const std::string& begun)>;
  struct Help {
    Complete complete = {};
    std::string preset = {};  // the answer if the line is empty, which the question shows
  };

  // On standard input and output, which must be a terminal. Throws std::runtime_error.
  Questions();
  ~Questions();
  Questions(const Questions&) = delete;

  // The line without spaces around it. std::nullopt: Ctrl-D, or the terminal is gone.
  std::optional<std::string> ask(const std::string& question, const Help& help);
  std::optional<std::string> ask(const std::string& question) { return ask(question, Help()); }

 private:
  struct Editor;
  const std::unique_ptr<Editor> editor_;
};

// What completes `begun`: how it goes on in all of `words` that begin with it, and those words.
struct Completion {
  std::string rest;                // empty: they differ from here on
  std::vector<std::string> words;  // that begin with it
};
Completion completionOf(const std::string& begun, const std::vector<std::string>& words);

}  // namespace ddblog::cli
