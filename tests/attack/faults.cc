// A library for LD_PRELOAD that makes the machine fail as the test says: fsync, write and open below the folder
// FAULTS_FOLDER return an error, and the time of day is wrong. The test and the program share the file FAULTS_CONTROL
// (`Control` below; faults.py writes it), so a fault begins and ends while the program runs.
//
// libfaketime could set the time, but it does not start together with jemalloc.
//
// Thread safety: the functions are called from any thread of the program.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Fault {
  std::atomic<std::int32_t> error;     // an errno; 0: calls succeed
  std::atomic<std::int32_t> times;     // how many more calls fail; negative: all
  std::atomic<std::int32_t> failures;  // calls that failed so far
};

struct Control {
  Fault fsync, write, open;
  std::atomic<std::int32_t> seconds_ahead;  // of the time of day; the steady clock is right
};

Control* control() {
  static Control* const shared = [] {
    const char* path = getenv("FAULTS_CONTROL");
    const int file = path ? static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC)) : -1;
    void* memory = file < 0 ? MAP_FAILED : mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<Control*>(memory);
  }();
  return shared;
}

bool isInFolder(const char* path) {
  static const char* const folder = getenv("FAULTS_FOLDER");
  return folder && strncmp(path, folder, strlen(folder)) == 0;
}

bool isInFolder(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return isInFolder(path);
}

// Whether this call fails; then errno is set.
template <class Place>
bool fails(Fault Control::*kind, Place place) {
  Control* shared = control();
  if (!shared) return false;
  Fault& fault = shared->*kind;
  const int error = fault.error.load();
  if (error == 0 || !isInFolder(place)) return false;
  std::int32_t left = fault.times.load();
  do {
    if (left == 0) return false;
  } while (left > 0 && !fault.times.compare_exchange_weak(left, left - 1));
  fault.failures.fetch_add(1);
  errno = error;
  return true;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int openAs(const char* name, const char* path, int flags, mode_t mode) {
  if (fails(&Control::open, path)) return -1;
  return next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t modeOf(int flags, va_list arguments) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) {
  const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  const bool is_time_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && is_time_of_day && control()) now->tv_sec += control()->seconds_ahead.load();
  return result;
}

int gettimeofday(timeval* now, void*) {
  timespec precise;
  const int result = clock_gettime(CLOCK_REALTIME, &precise);
  *now = {precise.tv_sec, precise.tv_nsec / 1000};
  return result;
}

time_t time(time_t* seconds) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}

int fsync(int file) {
  static const auto real = next<int (*)(int)>("fsync");
  return fails(&Control::fsync, file) ? -1 : real(file);
}

int fdatasync(int file) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return fails(&Control::fsync, file) ? -1 : real(file);
}

ssize_t write(int file, const void* bytes, size_t count) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return fails(&Control::write, file) ? -1 : real(file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return fails(&Control::write, file) ? -1 : real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  return pwrite(file, bytes, count, offset);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAs("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = modeOf(flags, arguments);
  va_end(arguments);
  return openAs("open64", path, flags, mode);
}

}  // extern "C"
