#include "clients/cpp/src/thrown.h"

#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include <cxxabi.h>

namespace ddblog {
namespace {

std::string typeOf(const std::exception& thrown) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(thrown).name(), nullptr, nullptr, &status), std::free);
  std::string type = name ? name.get() : typeid(thrown).name();
  return type.substr(type.rfind(':') + 1);
}

}  // namespace

Thrown currentlyThrown() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return {typeOf(thrown), thrown.what()};
  } catch (...) {
    return {"Unknown", "The handler threw something that is not a std::exception."};
  }
}

}  // namespace ddblog
