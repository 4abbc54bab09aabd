# ls_embed(TARGET FILES...): compiles the files into TARGET as bytes, found by app/render/embedded.hpp under their path from the project's
# root ("shaders/points.vert"), so that an installed program needs nothing beside it. Run as a script, this file writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  file(STRINGS ${LIST} names)
  set(arrays "")
  set(rows "")
  set(index 0)
  foreach(name ${names})
    file(READ ${ROOT}/${name} hex HEX)
    string(LENGTH "${hex}" size)
    math(EXPR size "${size} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "constexpr unsigned char kFile${index}[] = {\n${bytes}0x00};\n")
    string(APPEND rows "    {\"${name}\", {reinterpret_cast<const char*>(kFile${index}), ${size}}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE ${OUT}
"// Generated from shaders/ and assets/.
#include \"app/render/embedded.hpp\"

#include <array>
#include <utility>

namespace latentscape {
namespace {
${arrays}
using Row = std::pair<std::string_view, std::string_view>;
const std::array<Row, ${index}>& rows() {
  static const std::array<Row, ${index}> all = {{
${rows}  }};
  return all;
}
}  // namespace

std::optional<std::string_view> embedded_file(std::string_view name) {
  for (const Row& row : rows())
    if (row.first == name) return row.second;
  return std::nullopt;
}

std::vector<std::string_view> embedded_names() {
  std::vector<std::string_view> names;
  for (const Row& row : rows()) names.push_back(row.first);
  return names;
}
}  // namespace latentscape
")
  return()
endif()

set(LS_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(ls_embed target)
  set(names "")
  set(paths "")
  foreach(file ${ARGN})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${file})
    list(APPEND names ${name})
    list(APPEND paths ${PROJECT_SOURCE_DIR}/${name})
  endforeach()
  list(SORT names)
  string(REPLACE ";" "\n" lines "${names}")
  set(listing ${PROJECT_BINARY_DIR}/generated/embedded.txt)
  file(CONFIGURE OUTPUT ${listing} CONTENT "${lines}\n" @ONLY)
  set(out ${PROJECT_BINARY_DIR}/generated/embedded.cpp)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DLIST=${listing} -DOUT=${out} -P ${LS_EMBED_SCRIPT}
    DEPENDS ${paths} ${listing} ${LS_EMBED_SCRIPT} COMMENT "Embedding shaders and assets" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
