// What `latentscape bench --peer` measures beside its own: the same work in Python, where it is there.
#pragma once

#include <stop_token>
#include <string>

#include "app/cli/commands.hpp"
#include "core/models/model_config.hpp"

namespace latentscape {

/// The JSON object that a script prints where python3, or the system's, can run it; null: none can. No double quotes in the script, which
/// finds the arguments in sys.argv; `environment` as in "A=1 B=2".
Json python_json(const std::string& script, const std::string& arguments, const std::string& environment = "");

/// PyTorch's minibatches of the same network, forward, backward and Adam, on random bits: the best of one thread, of all, and of all with
/// one for its products, each as long as `seconds`, and with AVX-512 each also with the wide kernels of its OpenBLAS asked for. `note`: why
/// there are no numbers, or why they are poor.
Json bench_torch(const ModelConfig& model, size_t width, size_t batch, double seconds, size_t threads, const std::stop_token& stop);

}  // namespace latentscape
