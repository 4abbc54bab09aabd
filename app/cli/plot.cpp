// `latentscape plot`: figures of a run as SVG, PDF or PNG.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/plot_figures.hpp"
#include "app/cli/signal_stop.hpp"

namespace latentscape {

Action add_plot(CLI::App& command) {
  auto o = std::make_shared<PlotOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--what", o->what, "latent, losses, kl or manifold")
      ->required()
      ->check(CLI::IsMember({"latent", "losses", "kl", "manifold"}))
      ->type_name("WHAT");
  command.add_option("--out", o->out, ".svg, .pdf or .png")->required()->type_name("FILE");
  command
      .add_option("--width", o->width, "pixels, or points in SVG and PDF; manifold: the largest whole multiple of its own width up to this")
      ->check(finite_number(200.0, 16384.0))
      ->capture_default_str();
  command.add_option("--color,--colour", o->colour, "latent: label, loss, reconstruction, kl, none or a column of the data")
      ->capture_default_str()
      ->type_name("BY");
  command.add_option("--method", o->projection.method, "latent: raw, pca or tsne (default: raw for 2-D latents, else pca)")
      ->type_name("NAME");
  command.add_option("--axes", o->axes, "latent, manifold: shown dimensions or components, from 1")
      ->expected(2)
      ->delimiter(',')
      ->check(whole_number(1, 1'000'000))
      ->type_name("I,J");
  command.add_option("--split", o->split, "latent: train, heldout, test or all (default: train and held-out)")->type_name("S");
  command.add_option("--rasterise-above", o->rasterise_above, "latent: points are one image inside SVG and PDF above this count")
      ->check(whole_number(0, 1'000'000'000))
      ->capture_default_str()
      ->type_name("COUNT");
  command.add_option("--size", o->size, "manifold: decodes a side")->check(whole_number(2, 100))->capture_default_str();
  command.add_option("--label", o->label, "manifold: the class to decode as, for models that are told it")->type_name("L");
  add_memory_option(command, o->memory);
  command.add_option("--data", o->data, "where the run's data is now")->type_name("DATA");
  command.add_flag("--dark", o->dark, "light on dark");
  return [o](const CommandSettings&) -> Result<Report> {
    SignalStop signals;
    return plot(*o, signals.token());
  };
}

}  // namespace latentscape
