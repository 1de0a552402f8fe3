#include "cli/terminal/questions.h"

#include <histedit.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <stdexcept>

#include "base/text.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kShownWords = 20;      // of those that a Tab could mean
constexpr std::size_t kLongestLine = 65536;  // ours; libedit's line grows as it is typed

}  // namespace

Completion completionOf(const std::string& begun, const std::vector<std::string>& words) {
  Completion completion;
  for (const std::string& word : words) {
    if (!word.starts_with(begun)) continue;
    const std::string rest = word.substr(begun.size());
    if (completion.words.empty()) {
      completion.rest = rest;
    } else {
      const auto differs = std::ranges::mismatch(completion.rest, rest);
      completion.rest.erase(differs.in1, completion.rest.end());
    }
    completion.words.push_back(word);
  }
  return completion;
}

struct Questions::Editor {
  Editor() : nowhere(std::fopen("/dev/null", "w")) {
    // So that a character of several bytes is one to the editor.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    // Its third file is for complaints about terminals that it does not know: it edits on those too.
    line = el_init("dynamodb-log", stdin, stdout, nowhere ? nowhere : stderr);
    if (!line) throw std::runtime_error("the terminal cannot be used");
    el_set(line, EL_CLIENTDATA, this);
    el_set(line, EL_PROMPT, &Editor::promptOf);
    el_set(line, EL_EDITOR, "emacs");
    el_set(line, EL_SIGNAL, 1);
    el_set(line, EL_ADDFN, "complete", "Completes what is typed", &Editor::completed);
    el_set(line, EL_BIND, "\t", "complete", nullptr);
  }
  ~Editor() {
    el_end(line);
    if (nowhere) std::fclose(nowhere);
  }
  Editor(const Editor&) = delete;

  static Editor& of(EditLine* line) {
    void* self = nullptr;
    el_get(line, EL_CLIENTDATA, &self);
    return *static_cast<Editor*>(self);
  }
  static char* promptOf(EditLine* line) { return of(line).prompt.data(); }
  static unsigned char completed(EditLine* line, int) { return of(line).complete(); }

  unsigned char complete() const {
    if (!help || !help->complete) return CC_ERROR;
    const LineInfo* info = el_line(line);
    const std::string begun(info->buffer, info->cursor);
    const Completion completion = completionOf(begun, help->complete(begun));
    if (completion.words.empty()) return CC_ERROR;
    if (!completion.rest.empty()) return el_insertstr(line, completion.rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    if (completion.words.size() == 1) return CC_NORM;
    std::string shown = "\n";
    for (std::size_t i = 0; i < std::min(kShownWords, completion.words.size()); ++i) {
      shown += "  " + printable(completion.words[i]) + "\n";
    }
    if (completion.words.size() > kShownWords) {
      shown += "  … " + withThousands(completion.words.size() - kShownWords) + " more\n";
    }
    std::fputs(shown.c_str(), stdout);
    return CC_REDISPLAY;
  }

  EditLine* line = nullptr;
  std::FILE* nowhere;
  std::string prompt;
  const Help* help = nullptr;  // of the question that is being asked
};

Questions::Questions() : editor_(std::make_unique<Editor>()) {}
Questions::~Questions() = default;

std::optional<std::string> Questions::ask(const std::string& question, const Help& help) {
  editor_->prompt = question + (help.preset.empty() ? "" : " [" + help.preset + "]") + ": ";
  editor_->help = &help;
  int length = 0;
  el_set(editor_->line, EL_PREP_TERM, 1);  // before the question is there: it may be answered at once
  const char* text = el_gets(editor_->line, &length);
  editor_->help = nullptr;
  if (!text || length <= 0) {
    std::fputs("\n", stdout);
    std::fflush(stdout);
    return std::nullopt;
  }
  const std::string answer(trim(std::string_view(text, std::min(static_cast<std::size_t>(length), kLongestLine))));
  return answer.empty() ? help.preset : answer;
}

}  // namespace ddblog::cli
