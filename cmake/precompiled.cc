// CMake wants a source to precompile a header for.
