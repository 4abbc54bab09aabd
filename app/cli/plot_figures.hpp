// The figures of `latentscape plot`, each made from a run on disk.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {

struct PlotOptions {
  size_t memory = 0;                                          // bytes, of data; 0: the default
  std::string run, what, out, data, split, colour = "label";  // split empty: train and held-out
  ProjectionConfig projection = {.method = ""};               // empty: raw for two latents, else pca
  std::vector<size_t> axes = {1, 2};
  double width = 1200;
  size_t rasterise_above = 20000;
  size_t size = 20;
  bool dark = false;
  std::optional<std::string> label;  // manifold: the class to decode as
};

Result<Report> plot(const PlotOptions& options, std::stop_token stop);

// The parts of plot(), by --what.
Result<Report> plot_latent(const PlotOptions& options, std::stop_token stop);
Result<Report> plot_losses(const PlotOptions& options);
Result<Report> plot_kl(const PlotOptions& options, std::stop_token stop);
Result<Report> plot_manifold(const PlotOptions& options, std::stop_token stop);

}  // namespace latentscape
