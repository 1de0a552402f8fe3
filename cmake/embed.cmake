# embed_text(<target> <namespace> <constant> <file>): puts a text file into the binary as
#   namespace <namespace> { extern const std::string_view <constant>; }
# so that the one binary is all there is to install.
function(embed_text target namespace constant file)
  set(source ${CMAKE_BINARY_DIR}/embedded/${target}_${constant}.cc)
  file(READ ${file} EMBEDDED_TEXT)
  set(EMBEDDED_NAMESPACE ${namespace})
  set(EMBEDDED_CONSTANT ${constant})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/embedded.cc.in ${source} @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
