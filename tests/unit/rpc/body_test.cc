// A body that is passed on while it arrives.
#include "rpc/body.h"

#include <gtest/gtest.h>

#include <optional>

namespace ddblog::rpc {

namespace {

class Bodies : public testing::Test {
 protected:
  BodySource::State read() {
    read_.clear();
    return pipe_.read(read_, [this] { ++worth_reading_; });
  }
  bool write(std::string_view bytes) {
    return pipe_.write(bytes, [this] { ++rooms_; });
  }
  void receive(std::size_t most, std::size_t held) {
    pipe_.receive({most, held}, [this](BodyPipe::Ending ending) { ending_ = ending; });
  }

  BodyPipe pipe_;
  std::string read_;
  int worth_reading_ = 0;
  int rooms_ = 0;
  std::optional<BodyPipe::Ending> ending_;
};

}  // namespace

TEST_F(Bodies, WakeTheReaderThatWaits) {
  receive(100, 10);
  EXPECT_EQ(read(), BodySource::State::kWaits);
  EXPECT_TRUE(write("one"));
  EXPECT_EQ(worth_reading_, 1);
  EXPECT_EQ(read(), BodySource::State::kBytes);
  EXPECT_EQ(read_, "one");
  EXPECT_EQ(read(), BodySource::State::kWaits);
  pipe_.end({{"after", "all"}});
  EXPECT_EQ(ending_, BodyPipe::Ending::kComplete);
  EXPECT_EQ(pipe_.trailers().front().second, "all");
  EXPECT_EQ(worth_reading_, 2);
  EXPECT_EQ(read(), BodySource::State::kEnd);
  EXPECT_EQ(read(), BodySource::State::kEnd);
}

TEST_F(Bodies, MakeTheWriterWaitForASlowReader) {
  receive(100, 10);
  EXPECT_TRUE(write("12345"));
  EXPECT_FALSE(write("67890"));
  EXPECT_EQ(rooms_, 0);
  EXPECT_EQ(read(), BodySource::State::kBytes);
  EXPECT_EQ(read_, "1234567890");
  EXPECT_EQ(rooms_, 1);
}

TEST_F(Bodies, GoNowhereWithoutAReader) {
  receive(100, 10);
  EXPECT_FALSE(write("1234567890"));
  pipe_.drop();
  EXPECT_EQ(rooms_, 1);
  EXPECT_TRUE(write("1234567890"));
  pipe_.end({});
  EXPECT_EQ(ending_, BodyPipe::Ending::kComplete);
}

TEST_F(Bodies, EndWhenTheyAreTooLong) {
  receive(10, 100);
  EXPECT_TRUE(write("12345"));
  EXPECT_TRUE(write("67890"));
  EXPECT_FALSE(ending_);
  EXPECT_TRUE(write("x"));
  EXPECT_EQ(ending_, BodyPipe::Ending::kTooLong);
  EXPECT_EQ(read(), BodySource::State::kBytes);
  EXPECT_EQ(read_, "1234567890");
  EXPECT_EQ(read(), BodySource::State::kBroken);
}

TEST_F(Bodies, KeepWhatCameBeforeTheyBroke) {
  receive(10, 100);
  write("12345");
  pipe_.breakOff();
  EXPECT_EQ(ending_, BodyPipe::Ending::kBroken);
  write("678");
  EXPECT_EQ(read(), BodySource::State::kBytes);
  EXPECT_EQ(read_, "12345");
  EXPECT_EQ(read(), BodySource::State::kBroken);
}

}  // namespace ddblog::rpc
