#include "core/io/export.hpp"

#include "core/base/version.hpp"
#include "core/formats/npz.hpp"
#include "core/formats/safetensors.hpp"
#include "core/io/config_json.hpp"

namespace latentscape {

Status export_safetensors(const std::string& path, const LoadedRun& run) {
  Safetensors file;
  file.metadata = {
      {"format", "pt"}, {"producer", fmt::format("latentscape {}", kVersion)}, {"config", json_from_config(run.checkpoint.config)}};
  const std::span<const float> parameters = run.checkpoint.state.parameters;
  for (const ParameterBlock& block : run.model->blocks())
    file.tensors.push_back(tensor_from(block.name, block.shape, torch_order(block, parameters.subspan(block.offset, block.size))));
  return write_safetensors(path, file);
}

Status export_npz(const std::string& path, const LoadedRun& run) {
  NamedArrays arrays;
  const std::span<const float> parameters = run.checkpoint.state.parameters;
  for (const ParameterBlock& block : run.model->blocks())
    arrays.emplace_back(block.name, NpyArray{block.shape, torch_order(block, parameters.subspan(block.offset, block.size))});
  LS_TRY(const Bytes bytes, npz_bytes(arrays));
  return atomic_write_file(path, bytes);
}

}  // namespace latentscape
