# Flags for every target of the project, carried by the interface library ls_flags.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Build type of the sanitizer builds: fast enough to run, asserts on, line numbers in reports and no more.
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1")

add_library(ls_flags INTERFACE)
target_include_directories(ls_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(ls_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -ffp-contract=fast -fno-math-errno -march=${LATENTSCAPE_ARCH})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns of overlaps within std::string that cannot be (GCC bug 105651).
  target_compile_options(ls_flags INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12
   AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12.3)
  # With AVX-512, g++ 12.2 stores the constant {x, x, 0, 0} as {x, x, x, x} (tests/base/compiler_test.cpp): constants go in narrow moves.
  target_compile_options(ls_flags INTERFACE -mmove-max=128 -mstore-max=128 -fno-tree-slp-vectorize)
endif()

if(LATENTSCAPE_ARCH STREQUAL "native" AND CCACHE)
  # A compiler cache keys on the flag's text; objects of one processor must never reach another.
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=native -E -dM -x c++ /dev/null OUTPUT_VARIABLE macros ERROR_QUIET)
  string(MD5 macros "${macros}")
  target_compile_definitions(ls_flags INTERFACE LS_NATIVE_${macros})
endif()
if(LATENTSCAPE_WERROR)
  target_compile_options(ls_flags INTERFACE -Werror)
endif()

if(LATENTSCAPE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "LATENTSCAPE_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  # The engine is instrumented with the same flags; only the targets of tests/fuzz link libFuzzer's main.
  target_compile_options(ls_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ls_flags INTERFACE -fsanitize=address,undefined)
elseif(LATENTSCAPE_SANITIZE)
  target_compile_options(ls_flags INTERFACE -fsanitize=${LATENTSCAPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ls_flags INTERFACE -fsanitize=${LATENTSCAPE_SANITIZE})
  target_compile_definitions(ls_flags INTERFACE LS_SANITIZED)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # These look at optimised code and guess wrongly where it is instrumented, inside the standard library and third-party templates.
    target_compile_options(ls_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()
