#include "aws/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "aws/credentials.h"

namespace ddblog::aws {
namespace {

constexpr std::size_t kLongestAnswer = 256;  // ours; a one-time password has six digits

// A terminal that shows nothing of what is typed while it exists.
class HiddenInput {
 public:
  HiddenInput() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal_, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() {
    if (terminal_ < 0) return;
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    ::close(terminal_);
  }
  HiddenInput(const HiddenInput&) = delete;

  bool isOpen() const { return terminal_ >= 0; }
  void write(const std::string& text) const { [[maybe_unused]] auto n = ::write(terminal_, text.data(), text.size()); }
  std::string readLine() const {
    std::string line;
    char c;
    while (line.size() < kLongestAnswer && ::read(terminal_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }

 private:
  const int terminal_;
  termios before_ = {};
};

}  // namespace

Prompt terminalPrompt() {
  return [](const std::string& question) {
    const HiddenInput terminal;
    if (!terminal.isOpen()) throw CredentialsError("There is no terminal to ask on: " + question);
    terminal.write(question + ": ");
    std::string answer = terminal.readLine();
    terminal.write("\n");
    return answer;
  };
}

}  // namespace ddblog::aws
