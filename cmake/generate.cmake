# ls_registry(OUT FOLDER PREFIX HEADER TYPE): a function that calls PREFIX_<stem>(registry) for each .cpp of FOLDER.
# Static initialisers in a static library are silently dropped by linkers; a generated list is not.
function(ls_registry out folder prefix header type)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  list(SORT files)
  set(declarations "")
  set(calls "")
  foreach(file ${files})
    get_filename_component(stem ${file} NAME_WE)
    string(APPEND declarations "void ${prefix}_${stem}(${type}& registry);\n")
    string(APPEND calls "  ${prefix}_${stem}(registry);\n")
  endforeach()
  string(REPLACE "/" "_" name ${folder})
  set(path ${PROJECT_BINARY_DIR}/generated/${name}.cpp)
  file(CONFIGURE OUTPUT ${path} CONTENT
"// Generated from the files of ${folder}.
#include \"${header}\"

namespace latentscape {
${declarations}
void ${prefix}_all(${type}& registry);
void ${prefix}_all(${type}& registry) {
${calls}}
}  // namespace latentscape
" @ONLY)
  set(${out} ${path} PARENT_SCOPE)
endfunction()
