// `latentscape decode`: latent positions to examples.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"

namespace latentscape {
namespace {

struct DecodeOptions {
  std::string run, latents, out;
  size_t columns = 0;
  size_t threads = 0;
};

Result<Report> decode(const DecodeOptions& options) {
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_CHECK(check_examples_path(options.out, run.checkpoint.shape));
  LS_TRY(const FloatArray z, read_latents(options.latents));
  if (z.cols != run.model->latent())
    return fail(ErrorCode::invalid_argument, "{}: has {} numbers a row, expected {}, the latent dimensions of {}", options.latents, z.cols,
                run.model->latent(), options.run);
  ComputePool pool(options.threads);
  return decode_to_file(run, z, options.out, options.columns ? options.columns : square_columns(z.rows), pool, signals.token());
}

}  // namespace

Action add_decode(CLI::App& command) {
  auto o = std::make_shared<DecodeOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--z", o->latents, "n x latent")->required()->type_name("FILE.npy");
  command.add_option("--out", o->out, ".npy, .png (a grid, images) or .csv (tables)")->required()->type_name("FILE");
  command.add_option("--columns", o->columns, "of the grid (default: square)");
  command.add_option("--threads", o->threads, "0: all cores")->check(CLI::Range(size_t{0}, size_t{256}));
  return [o](const CommandSettings&) { return decode(*o); };
}

}  // namespace latentscape
