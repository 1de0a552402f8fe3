#include "cli/cloud/checkup.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

// A port of loopback on which this process listens.
class Listener {
 public:
  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(descriptor_, 1), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(descriptor_); }
  Listener(const Listener&) = delete;
  int port() const { return port_; }

 private:
  const int descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
  int port_ = 0;
};

class CheckupTest : public testing::Test {
 protected:
  CheckupTest() {
    std::string name = (fs::temp_directory_path() / "checkup-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~CheckupTest() override { fs::remove_all(root_); }

  fs::path root_;
};

TEST_F(CheckupTest, APortThatAnotherProgramHasIsAProblem) {
  const Listener listener;
  EXPECT_TRUE(checkPort(listener.port(), false).isProblem());
  EXPECT_FALSE(checkPort(listener.port(), true).isProblem());
}

TEST_F(CheckupTest, ADirectoryNeedNotExistYet) {
  const auto checked = checkDirectory(root_ / "data");
  EXPECT_TRUE(checked.at(0).text.ends_with("does not exist yet"));
  EXPECT_FALSE(checked.at(0).isProblem());
  EXPECT_EQ(checked.at(1).what, "disk");
}

TEST_F(CheckupTest, AReadyFileOfAProcessThatIsGoneIsAProblem) {
  const fs::path file = root_ / "ready.json";
  EXPECT_TRUE(checkReadyFile(file).empty());
  std::ofstream(file) << R"({"pid": )" << ::getpid() << "}";
  EXPECT_FALSE(checkReadyFile(file).at(0).isProblem());
  std::ofstream(file) << R"({"pid": )" << std::numeric_limits<int>::max() << "}";
  EXPECT_TRUE(checkReadyFile(file).at(0).isProblem());
  std::ofstream(file) << "of something else";
  EXPECT_TRUE(checkReadyFile(file).empty());
}

TEST_F(CheckupTest, InterpretersAreLookedForIfFunctionsNeedThem) {
  EXPECT_TRUE(checkInterpreters({"provided.al2023"}).empty());
  EXPECT_EQ(checkInterpreters({"nodejs22.x"}).at(0).what, "node");
  EXPECT_EQ(checkInterpreters({"python3.13", "python3.12"}).at(0).what, "python3");
}

TEST_F(CheckupTest, TheMachineIsLookedAt) {
  const auto checked = checkMachine();
  ASSERT_FALSE(checked.empty());
  EXPECT_EQ(checked.back().what, "time");
  EXPECT_FALSE(checked.back().isProblem());
}

}  // namespace
}  // namespace ddblog::cli
